"""Machinery without OAuth in it: each module could stand in any Django project."""

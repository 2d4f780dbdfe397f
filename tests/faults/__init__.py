"""Faults of the things around the server: its database, its cache, its clock and its own processes."""

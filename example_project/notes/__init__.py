"""A small API worth protecting: each person's notes, behind two scopes."""

"""The people of the demo and the page where they sign in: Django's own views under two
templates."""

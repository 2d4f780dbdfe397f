"""For the tests of projects that use this app, and for its own: factories and a client that walks flows.

Nothing in the package imports it, and it needs factory-boy, which the package itself does not.
"""

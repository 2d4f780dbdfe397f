"""HOW A REQUEST TRAVELS: the steps of an authorization request and of a token request, top to bottom.

An endpoint calls one function here and renders what comes back. Everything a request needs is read once,
frozen, and handed to the rules.
"""

"""CLIENTS THAT MAKE THEMSELVES KNOWN: by registering (RFC 7591, RFC 7592), or by a document of their own.

Nobody has looked at such a client: it is never verified and never first-party, gets the scopes and the
profile the site leaves to strangers, and goes again when it is not used. `members` reads what it says of
itself, `rules/registration.py` judges it, `records` writes it down. Not here: the endpoints and what they
answer (`protocol/registration.py`), and what an administrator registers (`clients/registration.py`).
"""

"""THE MANAGEMENT API: clients, secrets, consents, grants, audit, keys and a person's own things, by HTTP.

What the admin does, by the same services, for programs. It is there only where a project includes
`django_oauthflows.api.urls`; so are its scopes (`own_scopes`). A view reads the request, calls one function
and answers. Who may what: `reach.py`; what it never gives, whoever asks: `limits.py`.
"""

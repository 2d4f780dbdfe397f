"""Another site, where people sign in with the demo's provider by OpenID Connect.

It shares nothing with the provider but this checkout: settings, database, cookies and process are its own,
and mozilla-django-oidc speaks the protocol. `manage.py demo` starts it twice, under two names.
"""

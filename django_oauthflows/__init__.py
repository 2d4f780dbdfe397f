"""An OAuth 2.0 authorization server for Django sites, on django-oauth-toolkit's tables."""

__version__ = "0.1.0"

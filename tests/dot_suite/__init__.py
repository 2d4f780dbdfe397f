"""The suite of django-oauth-toolkit against the endpoints of this app: an adapter, and what differs."""

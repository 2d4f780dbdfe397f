"""A site that runs django-oauth-toolkit and changed it in every way that it offers."""

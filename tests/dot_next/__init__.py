"""What django-oauth-toolkit's next release has, as a stand-in: an application with its new columns."""

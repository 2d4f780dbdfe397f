"""Contracts of django-oauth-toolkit that a running site may depend on: what is kept, and what is not.

Each module reads one place of the project (its settings, validator, code, URLs, rows) and returns system
check messages. `manage.py check` says them after the swap of the URLs, `manage.py oauthflows_adopt` before
it.
"""

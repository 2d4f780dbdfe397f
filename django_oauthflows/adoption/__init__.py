"""Contracts of django-oauth-toolkit that a running site may depend on: what is kept, and what is not.

Each module reads one place of the project: its settings, validator, code, URLs or rows. After the swap of the
URLs `manage.py check` says what matters from then on; before it, `manage.py oauthflows_adopt` says all of it.
"""

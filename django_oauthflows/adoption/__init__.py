"""Contracts of django-oauth-toolkit that a running site may depend on: what is kept, and what is not.

Each module reads one place of the project: its settings, validator, code, URLs or rows. `manage.py check` says
after the swap of the URLs what matters from then on; `manage.py oauthflows_adopt` says all of it before.
"""

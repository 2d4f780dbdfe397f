"""WHAT WAS ISSUED: codes, access tokens and refresh tokens, from their issue to their end.

The rows are django-oauth-toolkit's; beside them stands `Authorization`, the parent of everything that came
of one person's yes to one client in one sign-in. Values are stored as checksums only. Knows clients and the
audit log; knows nothing of HTTP pipelines or pages.
"""

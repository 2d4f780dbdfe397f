"""Signing keys in the admin: shown, and rotated by command."""

from django_oauthflows.audit.admin import ReadOnlyAdmin


class SigningKeyAdmin(ReadOnlyAdmin):
    list_display = ("kid", "algorithm", "state", "announced", "signing_since", "retired")
    list_filter = ("algorithm", "state")
    fields = ("kid", "algorithm", "state", "public", "announced", "signing_since", "retired")

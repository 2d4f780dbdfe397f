"""Form fields of a client that hold addresses: each names a host (RFC 7591 §2, RFC 1123 §2.1)."""

from collections.abc import Iterable

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from django_oauthflows.clients.uris import VALIDATORS, validate_web_address


class AddressFields(forms.Form):
    """Addresses that people are shown or sent to, and addresses that this server opens."""

    def clean_client_uri(self) -> str:
        return self._checked_address("client_uri")

    def clean_logo_uri(self) -> str:
        return self._checked_address("logo_uri")

    def clean_policy_uri(self) -> str:
        return self._checked_address("policy_uri")

    def clean_tos_uri(self) -> str:
        return self._checked_address("tos_uri")

    def clean_sector_identifier_uri(self) -> str:
        return self._checked_address("sector_identifier_uri")

    def clean_initiate_login_uri(self) -> str:
        # One that is older than the rule about it stands in the way of no other change.
        if "initiate_login_uri" not in self.changed_data:
            return str(self.cleaned_data["initiate_login_uri"])
        return self._checked_own_page("initiate_login_uri")

    def clean_backchannel_logout_uri(self) -> str:
        return self._checked_own_page("backchannel_logout_uri")

    def clean_frontchannel_logout_uri(self) -> str:
        return self._checked_own_page("frontchannel_logout_uri")

    def _checked_address(self, name: str) -> str:
        uri: str = self.cleaned_data[name]
        if uri:
            validate_web_address(uri)
        return uri

    def _checked_own_page(self, name: str) -> str:
        uri: str = self.cleaned_data[name]
        if uri:
            VALIDATORS[name](uri)
        return uri


def absolute_uris(values: Iterable[str]) -> list[str]:
    """Return the values, if each is an https URL. Raise `ValidationError`."""
    found = list(values)
    if bad := [uri for uri in found if not uri.startswith("https://")]:
        raise ValidationError(_("Not an https address: %(uri)s."), params={"uri": bad[0]})
    for uri in found:
        validate_web_address(uri)
    return found

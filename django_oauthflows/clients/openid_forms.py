"""What an administrator may set of a client that signs people in."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from django_oauthflows.clients import uris
from django_oauthflows.keys.algorithms import (
    ALGORITHMS,
    CONTENT_ENCRYPTION,
    HMACS,
    KEY_ENCRYPTION,
    NONE,
)

#: The columns of `OpenIDColumns` in the order of the page.
FIELDS = (
    "subject_type",
    "sector_identifier_uri",
    "allowed_claims",
    "default_max_age",
    "require_auth_time",
    "default_acr_values",
    "id_token_signed_response_alg",
    "id_token_encrypted_response_alg",
    "id_token_encrypted_response_enc",
    "userinfo_signed_response_alg",
    "userinfo_encrypted_response_alg",
    "userinfo_encrypted_response_enc",
    "request_object_signing_alg",
    "request_uris",
    "application_type",
    "initiate_login_uri",
    "backchannel_logout_uri",
    "backchannel_logout_session_required",
    "frontchannel_logout_uri",
    "frontchannel_logout_session_required",
)


class WordsField(forms.CharField):
    """Words with spaces between them; cleaned to a list, or to `None` where none is something else."""

    def __init__(self, *, none_is_no_limit: bool = False, **kwargs: Any) -> None:
        super().__init__(required=False, **kwargs)
        self.none_is_no_limit = none_is_no_limit

    def to_python(self, value: Any) -> list[str] | None:  # type: ignore[override]
        words = str(value or "").split()
        return words or (None if self.none_is_no_limit else [])

    def prepare_value(self, value: Any) -> str:
        return value if isinstance(value, str) else " ".join(value or ())

    def run_validators(self, value: Any) -> None:
        """The words are looked at by whoever knows what they stand for."""

    def has_changed(self, initial: Any, data: Any) -> bool:
        return self.to_python(self.prepare_value(initial)) != self.to_python(data)


def algorithm_field(label: Any, empty: Any, names: Iterable[str]) -> forms.ChoiceField:
    """One algorithm of those there are; `empty` says what goes without a choice."""
    choices = [("", empty), *((name, name) for name in names)]
    return forms.ChoiceField(label=label, choices=choices, required=False)


class OpenIDFields(forms.Form):
    """The fields of `OpenIDColumns` that are more than their columns' own."""

    id_token_signed_response_alg = algorithm_field(
        _("ID token signature"), _("the server's default"), (*ALGORITHMS, *HMACS, NONE)
    )
    id_token_encrypted_response_alg = algorithm_field(
        _("ID token key encryption"), _("not encrypted"), KEY_ENCRYPTION
    )
    id_token_encrypted_response_enc = algorithm_field(
        _("ID token content encryption"), CONTENT_ENCRYPTION[0], CONTENT_ENCRYPTION
    )
    userinfo_signed_response_alg = algorithm_field(
        _("Userinfo signature"), _("plain JSON"), (*ALGORITHMS, *HMACS)
    )
    userinfo_encrypted_response_alg = algorithm_field(
        _("Userinfo key encryption"), _("not encrypted"), KEY_ENCRYPTION
    )
    userinfo_encrypted_response_enc = algorithm_field(
        _("Userinfo content encryption"), CONTENT_ENCRYPTION[0], CONTENT_ENCRYPTION
    )
    request_object_signing_alg = algorithm_field(
        _("Request object signature"), _("any of a public key"), (*ALGORITHMS, *HMACS, NONE)
    )
    allowed_claims = WordsField(
        label=_("Claims"),
        none_is_no_limit=True,
        help_text=_("The claims it may be told of people. Empty: all that its scopes stand for."),
    )
    default_acr_values = WordsField(label=_("Authentication contexts it prefers"))
    request_uris = WordsField(
        label=_("Request objects"),
        help_text=_("The addresses its request objects may be fetched from."),
    )

    def clean_backchannel_logout_uri(self) -> str:
        return self._checked_logout_uri("backchannel_logout_uri")

    def clean_frontchannel_logout_uri(self) -> str:
        return self._checked_logout_uri("frontchannel_logout_uri")

    def _checked_logout_uri(self, name: str) -> str:
        uri: str = self.cleaned_data[name]
        if uri:
            uris.validate_logout_uri(uri)
        return uri


def wrong_choices(cleaned: dict[str, Any], *, redirect_uris: Iterable[str]) -> dict[str, Any]:
    """What of the cleaned fields does not go together, by field."""
    wrong: dict[str, Any] = {}
    if cleaned.get("id_token_signed_response_alg") == NONE and cleaned.get("profile") != "legacy":
        wrong["id_token_signed_response_alg"] = _(
            "Unsigned ID tokens are for clients of the legacy profile."
        )
    for kind in ("id_token", "userinfo"):
        enc, alg = f"{kind}_encrypted_response_enc", f"{kind}_encrypted_response_alg"
        if cleaned.get(enc) and not cleaned.get(alg):
            wrong[enc] = _("Say how the key is encrypted, too.")
    hosts = {uris.shown_host(uri) for uri in redirect_uris}
    is_pairwise = cleaned.get("subject_type") == "pairwise"
    if is_pairwise and len(hosts) > 1 and not cleaned.get("sector_identifier_uri"):
        wrong["sector_identifier_uri"] = _(
            "Its redirect URIs are on several hosts: say which sector it belongs to."
        )
    return wrong


def absolute_uris(values: Iterable[str]) -> list[str]:
    """The values, if each is an https URL. Raises `ValidationError`."""
    found = list(values)
    if bad := [uri for uri in found if not uri.startswith("https://")]:
        raise ValidationError(_("Not an https address: %(uri)s."), params={"uri": bad[0]})
    return found

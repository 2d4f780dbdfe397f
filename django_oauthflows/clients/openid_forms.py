"""What an administrator may set of a client that signs people in."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from django_oauthflows.clients.address_forms import AddressFields
from django_oauthflows.clients.fields import LinesField
from django_oauthflows.keys.algorithms import (
    ALGORITHMS,
    CONTENT_ENCRYPTION,
    HMACS,
    KEY_ENCRYPTION,
    NONE,
)
from django_oauthflows.rules.sectors import names_one_sector

#: The columns of `OpenIDColumns` in the order of the page.
FIELDS = (
    "subject_type",
    "sector_identifier_uri",
    "allowed_claims",
    "claims_in_id_token",
    "visible_groups",
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


class OpenIDFields(AddressFields):
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
    visible_groups = LinesField(
        label=_("Groups it is told of"),
        required=False,
        help_text=_(
            "The names of groups of this site that the claim groups may tell it of people, one per line. "
            "Empty: none."
        ),
    )
    default_acr_values = WordsField(label=_("Authentication contexts it prefers"))
    request_uris = WordsField(
        label=_("Request objects"),
        help_text=_("The addresses its request objects may be fetched from."),
    )


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
    said = cleaned.get("subject_type"), cleaned.get("sector_identifier_uri")
    if sentence := wrong_sector(*said, redirect_uris=redirect_uris):
        wrong["sector_identifier_uri"] = sentence
    return wrong


def wrong_sector(
    subject_type: str | None, sector_identifier_uri: str | None, *, redirect_uris: Iterable[str]
) -> Any:
    """Return what is wrong with the sector of pairwise subjects (Core §8.1); `None` where nothing is."""
    if subject_type != "pairwise" or sector_identifier_uri or names_one_sector(redirect_uris):
        return None
    return _("Its redirect URIs are not on one host of the web: say which sector it belongs to.")

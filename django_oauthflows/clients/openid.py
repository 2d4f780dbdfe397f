"""What a client is registered with as an OpenID Connect relying party.

The columns bear the names of OpenID Connect Dynamic Client Registration 1.0 §2 and of RP-Initiated,
Back-Channel and Front-Channel Logout 1.0: the admin, registration and the metadata say the same words.
"""

from dataclasses import fields
from typing import Any

from django.core.validators import URLValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from django_oauthflows.rules.requests import OpenIDFacts

_web_address = URLValidator(schemes=["https", "http"])


def _algorithm(label: Any, help_text: Any = "") -> "models.CharField[str, str]":
    return models.CharField(label, max_length=30, blank=True, help_text=help_text)


def _address(
    label: Any, help_text: Any = "", *, is_asked_by_us: bool = False
) -> "models.CharField[str, str]":
    """An address of the web. Django's validator knows no host of a private network, as `app` of Docker's.

    One that `is_asked_by_us`, this server alone, may be on such a host; the forms and services look at it.
    """
    validators = [] if is_asked_by_us else [_web_address]
    return models.CharField(
        label, max_length=500, blank=True, validators=validators, help_text=help_text
    )


class OpenIDColumns(models.Model):
    """The part of a client's policy that only OpenID Connect reads."""

    application_type = models.CharField(
        _("application type"),
        max_length=10,
        default="web",
        choices=[("web", _("web")), ("native", _("native"))],
    )
    subject_type = models.CharField(
        _("what it knows people by"),
        max_length=10,
        default="public",
        choices=[
            ("public", _("the id every client sees")),
            ("pairwise", _("an id of its own: clients cannot compare notes about people")),
        ],
    )
    sector_identifier_uri = _address(
        _("sector identifier"), _("Clients of one sector see the same pairwise ids.")
    )
    id_token_signed_response_alg = _algorithm(_("ID token signature"))
    id_token_encrypted_response_alg = _algorithm(_("ID token key encryption"))
    id_token_encrypted_response_enc = _algorithm(_("ID token content encryption"))
    userinfo_signed_response_alg = _algorithm(
        _("userinfo signature"), _("Empty: plain JSON, unsigned.")
    )
    userinfo_encrypted_response_alg = _algorithm(_("userinfo key encryption"))
    userinfo_encrypted_response_enc = _algorithm(_("userinfo content encryption"))
    request_object_signing_alg = _algorithm(_("request object signature"))
    request_object_encryption_alg = _algorithm(_("request object key encryption"))
    request_object_encryption_enc = _algorithm(_("request object content encryption"))
    request_uris = models.JSONField(_("request objects"), default=list, blank=True)
    default_max_age = models.PositiveIntegerField(
        _("longest since sign-in"),
        null=True,
        blank=True,
        help_text=_("Seconds; who signed in longer ago signs in again. Empty: no limit."),
    )
    require_auth_time = models.BooleanField(_("always told when people signed in"), default=False)
    default_acr_values = models.JSONField(
        _("authentication contexts it prefers"), default=list, blank=True
    )
    initiate_login_uri = _address(_("where a sign-in is begun for it"))
    allowed_claims = models.JSONField(
        _("claims"),
        null=True,
        blank=True,
        help_text=_("The claims it may be told of people. Empty: all that its scopes stand for."),
    )
    claims_in_id_token = models.BooleanField(
        _("claims in the ID token"),
        default=False,
        help_text=_(
            "Its ID tokens say what its scopes stand for, as name and email. For programs that never ask "
            "userinfo."
        ),
    )
    visible_groups = models.JSONField(
        _("groups it is told of"),
        default=list,
        blank=True,
        help_text=_(
            "The names of groups of this site that the claim groups may tell it of people. Empty: none."
        ),
    )
    backchannel_logout_uri = _address(_("told of sign-outs at"), is_asked_by_us=True)
    backchannel_logout_session_required = models.BooleanField(
        _("is told which session ended"), default=False
    )
    frontchannel_logout_uri = _address(_("shown at sign-outs"))
    frontchannel_logout_session_required = models.BooleanField(
        _("the shown address names the session"),
        null=True,
        blank=True,
        help_text=_("With iss and sid. Left open: yes."),
    )

    class Meta:
        abstract = True


def openid_facts_of(policy: OpenIDColumns | None, *, algorithm: str = "") -> OpenIDFacts:
    """What the policy's columns say, frozen.

    For a client without one the defaults. The `algorithm` that django-oauth-toolkit signs with for it goes on
    where the policy names none.
    """
    if policy is None:
        return OpenIDFacts(id_token_signed_response_alg=algorithm)
    values: dict[str, Any] = {
        column.name: _frozen(getattr(policy, column.name)) for column in fields(OpenIDFacts)
    }
    values["id_token_signed_response_alg"] = values["id_token_signed_response_alg"] or algorithm
    return OpenIDFacts(**values)


def _frozen(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value

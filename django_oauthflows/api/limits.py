"""What this API never gives, whoever asks: a client that manages others must not be able to raise itself.

1. No scope of this API is given by this API. An administrator writes it on the client, in the admin.
2. A client that holds a management scope is changed in the admin alone: whoever could give it a secret or
   an address could act as it. What only takes away is possible: to disable it, retire a secret, end a grant.
3. Marks of trust (`TRUST`), the legacy profile and further targets of exchange are given in the admin alone:
   with them a client acts for people who were not asked.
   They can be taken away here. A client that gets another name here, or leads elsewhere, loses them, unless
   it is changed by a person who may give them (`clients.trust_marks`).
   What is left is much: with `clients:write` or `secrets:write` one can act as any client that manages
   nothing, as one that was trusted before too.
4. A scope that was taken from the calling client opens nothing any more, whatever its token says.
"""

from collections.abc import Collection, Mapping
from typing import Any

from django.utils.translation import gettext as _
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request

from django_oauthflows import own_scopes
from django_oauthflows.api.refusing import Refused
from django_oauthflows.clients import access
from django_oauthflows.clients.changing import POLICY_COLUMNS
from django_oauthflows.clients.facts import client_of
from django_oauthflows.clients.models import ClientPolicy
from django_oauthflows.errors import Code, Refusal
from django_oauthflows.resource_server.challenges import InsufficientScope
from django_oauthflows.resource_server.permissions import needed_scopes

#: What says that somebody knows this client, and lets it do things nobody is asked about: the columns of the
#: policy that are named so, those still to come among them.
TRUST = tuple(name for name in POLICY_COLUMNS if name.startswith(("is_", "may_", "skips_")))


def must_still_hold(request: Request) -> None:
    """Raises `InsufficientScope` where the client has lost what the token still says."""
    token: Any = request.auth
    client = client_of(token.application.client_id)
    lost = needed_scopes(request) - (client.scopes if client else frozenset())
    if lost:
        raise InsufficientScope(request, lost)


def must_be_ordinary(request: Request, application: Any) -> None:
    """Raises `Refused` for a client that manages others."""
    if access.manages_others(application):
        raise Refused(
            request,
            Refusal(
                Code.ACCESS_DENIED,
                "This client may manage the server: it is changed in the admin alone.",
                rule="managing_client_must_be_changed_in_the_admin",
                spec="RFC 6819 §5.1.5.1",
                status=403,
            ),
        )


def must_not_be_given(request: Request, policy: Mapping[str, Any], application: Any = None) -> None:
    """Raises `Refused` for scopes of this API, and `ValidationError` for the marks of trust."""
    held = _held(application)
    _must_not_gain_own_scopes(request, policy.get("scopes", ()), held.get("scopes", ()))
    wrong: dict[str, list[str]] = {}
    for name in TRUST:
        if policy.get(name) and not held.get(name):
            wrong[name] = [_("This is given in the admin alone.")]
    if policy.get("profile") == "legacy" and held.get("profile") != "legacy":
        wrong["profile"] = [_("The legacy profile is chosen in the admin alone.")]
    known = held.get("exchange_targets", ())
    if more := set(policy.get("exchange_targets", ())) - set(known):
        names = " ".join(sorted(more))
        wrong["exchange_targets"] = [_("Added in the admin alone: %s.") % names]
    if wrong:
        raise ValidationError({"policy": wrong} if application is not None else wrong)


def _must_not_gain_own_scopes(
    request: Request, wanted: Collection[str], held: Collection[str]
) -> None:
    gained = set(wanted) - own_scopes.without(wanted) - set(held)
    if gained:
        raise Refused(
            request,
            Refusal(
                Code.ACCESS_DENIED,
                "The scopes of this API are given in the admin alone.",
                rule="own_scopes_must_be_given_in_the_admin",
                spec="RFC 6819 §5.1.5.1",
                status=403,
            ),
        )


def _held(application: Any) -> dict[str, Any]:
    policy: ClientPolicy | None = getattr(application, "oauthflows_policy", None)
    names = ("scopes", "profile", "exchange_targets", *TRUST)
    return {name: getattr(policy, name) for name in names} if policy is not None else {}

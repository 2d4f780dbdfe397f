"""The exception from PKCE and nonce for one client (RFC 9700 §2.1.1): who may have it, and what ends it.

It is given to a client with a secret, whose answers go to certain places. These places are kept beside it.
Each client and each policy is looked at when it is saved, by the admin, an API or a project's own code. An
exception that does not fit the client any more is cleared.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models.signals import post_save
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from django_oauthflows import dot
from django_oauthflows.audit import recorder
from django_oauthflows.audit.actors import SERVER
from django_oauthflows.audit.events import Event
from django_oauthflows.clients.models import ClientPolicy
from django_oauthflows.clients.uris import is_private_scheme
from django_oauthflows.core.model_signals import listen_to_rows
from django_oauthflows.flows import catalogue
from django_oauthflows.rules.requests import BY_HAND, ClientFacts
from django_oauthflows.rules.uri_origins import leads_to_device, origin_of_uri

COLUMN = "may_omit_pkce_and_nonce"
_PLACES = "pkce_exempt_origins"

#: The profiles that know the exception. One that is added later does not, until it stands here.
PROFILES = ("standard", "legacy")

#: The message to somebody whose change ended it.
ENDED = _(
    "The client is another one now, so it may no longer leave out PKCE and nonce. Somebody who may change "
    "its policy can allow it again."
)


def why_not(
    *, is_confidential: bool, source: str, profile: str, redirect_uris: Sequence[str]
) -> str | Promise:
    """Return why a client cannot have the exception; empty where it can."""
    if not is_confidential:
        return _("Only for clients with a secret or key: nothing but PKCE protects the others.")
    if source != BY_HAND:
        return _("Not for clients that registered themselves.")
    if profile not in PROFILES:
        return _("Not under this security profile: PKCE has no exception there.")
    if not redirect_uris:
        return _("Not for a client without redirect URIs: it is given for the places they lead to.")
    if any(is_private_scheme(uri) or leads_to_device(uri) for uri in redirect_uris):
        return _("Not for redirect URIs on a person's own device: any program there can wait.")
    return ""


def is_in_force(application: Any, policy: ClientPolicy) -> bool:
    """Return whether the exception was given to the client as it is now (RFC 9700 §2.1.1)."""
    return _is_for_places(application, policy, policy.pkce_exempt_origins)


def _is_for_places(application: Any, policy: ClientPolicy, places: Iterable[str]) -> bool:
    """Return whether it was given to such a client, for places that hold all that it has now."""
    if not policy.may_omit_pkce_and_nonce or why_not(**_known_of(application, policy)):
        return False
    return set(_origins_of(application)) <= set(places)


def needs_pkce(client: ClientFacts) -> bool:
    """Return whether the client gets codes and has no exception, so that PKCE has to be on at its side."""
    kinds = [
        kind
        for flow in catalogue.FLOWS
        if flow.slug in client.flows
        for kind in flow.response_types
    ]
    gets_codes = any("code" in kind.split() for kind in kinds if kind)
    return gets_codes and not client.may_omit_pkce_and_nonce


def is_given(application: Any) -> bool:
    """Return whether the exception stands in the client's row as it is stored."""
    return ClientPolicy.objects.filter(application_id=application.pk, **{COLUMN: True}).exists()


def has_ended(application: Any, formsets: Iterable[Any]) -> bool:
    """Return whether an exception ended by itself while these forms were saved."""
    taken = any(COLUMN in form.changed_data for formset in formsets for form in formset.forms)
    return not taken and not is_given(application)


def listen() -> None:
    """Look at each client and each policy that is saved."""
    for model, receiver in (
        (dot.application_model(), _client_saved),
        (ClientPolicy, _policy_saved),
    ):
        listen_to_rows(post_save, receiver, model, uid="oauthflows-pkce-exception")


def _client_saved(instance: Any, *, created: bool, raw: bool = False, **_: Any) -> None:
    if created or raw:
        return
    policy = ClientPolicy.objects.filter(application_id=instance.pk, **{COLUMN: True}).first()
    if policy is not None:
        _settle(instance, policy, places=policy.pkce_exempt_origins)


def _policy_saved(instance: ClientPolicy, *, raw: bool = False, **_: Any) -> None:
    if raw or not (instance.may_omit_pkce_and_nonce or instance.pkce_exempt_origins):
        return
    stored = ClientPolicy.objects.filter(pk=instance.pk).first()
    if stored is not None:
        application = dot.applications().get(pk=instance.application_id)
        # Without places it is being given, for those that the client has now.
        _settle(application, stored, places=stored.pkce_exempt_origins or _origins_of(application))
        for column in (COLUMN, _PLACES):
            setattr(instance, column, getattr(stored, column))


def _settle(application: Any, policy: ClientPolicy, *, places: Iterable[str]) -> None:
    """Keep the places with an exception that is in force, and clear one that is not."""
    if _is_for_places(application, policy, places):
        values: dict[str, Any] = {COLUMN: True, _PLACES: _origins_of(application)}
    else:
        values = {COLUMN: False, _PLACES: []}
    changed = [name for name, value in values.items() if getattr(policy, name) != value]
    if not changed:
        return
    for name, value in values.items():
        setattr(policy, name, value)
    # Saved as any row is, so that all who remember the client hear of it.
    policy.save(update_fields=[*changed, "updated"])
    if COLUMN in changed:
        recorder.record(
            Event.CLIENT_CHANGED,
            application=application,
            by=SERVER,
            detail={"changed": [COLUMN], "pkce_exception": "ended"},
        )


def _known_of(application: Any, policy: ClientPolicy) -> dict[str, Any]:
    return {
        "is_confidential": application.client_type == "confidential",
        "source": application.registration_source,
        "profile": policy.profile,
        "redirect_uris": application.redirect_uris.split(),
    }


def _origins_of(application: Any) -> list[str]:
    return sorted({origin_of_uri(uri) for uri in application.redirect_uris.split()})

"""A client in plain words: what it is, whom it acts for, and where it leads people."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from django_oauthflows import dot
from django_oauthflows.clients import presets
from django_oauthflows.clients.policy import profile_of
from django_oauthflows.clients.presentation import presented
from django_oauthflows.clients.secret_list import Listed
from django_oauthflows.clients.uris import shown_host
from django_oauthflows.flows import catalogue
from django_oauthflows.rules.requests import BY_HAND, AuthMethod, ClientFacts


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """What a client's page begins with. `may` are its scopes in the server's words for people.

    `by_default` are those of them that a client which registered itself gets where it asks for none; empty
    where that is all of them.
    """

    kind: str | Promise
    summary: str | Promise
    is_enabled: bool
    acts: str
    may: tuple[str, ...]
    by_default: tuple[str, ...]
    has_a_page: bool
    places: tuple[str, ...]
    unverified: tuple[str, ...]
    proof: str
    uses_an_old_secret: bool
    profile: str | Promise
    strictness: str | Promise


def overview_of(client: ClientFacts, secrets: Sequence[Listed]) -> Overview:
    kind = presets.BY_SLUG.get(client.preset)
    profile = profile_of(client)
    return Overview(
        kind=kind.title if kind else _("A client that was made by django-oauth-toolkit"),
        summary=kind.summary if kind else _("Fill in All settings to say what it may do."),
        is_enabled=client.is_enabled,
        acts=_acts(client),
        may=_described(client.scopes),
        by_default=_described(_registered(client)),
        has_a_page=not client.skips_consent,
        places=tuple(dict.fromkeys(shown_host(uri) for uri in client.redirect_uris)),
        unverified=tuple(shown.uri for shown in presented(client).unverified.values()),
        proof=_proof(client, secrets),
        uses_an_old_secret=any(secret.is_still_used for secret in secrets),
        profile=profile.title,
        strictness=profile.why,
    )


def _described(scopes: Collection[str]) -> tuple[str, ...]:
    described = dot.all_scopes()
    return tuple(str(described.get(scope) or scope) for scope in sorted(scopes))


def _registered(client: ClientFacts) -> frozenset[str]:
    is_less = client.default_scopes & client.scopes != client.scopes
    registered_itself = client.registration_source != BY_HAND
    return client.default_scopes & client.scopes if registered_itself and is_less else frozenset()


def _acts(client: ClientFacts) -> str:
    """Whom it acts for. A refresh goes on with what another flow began."""
    flows = [flow for flow in catalogue.FLOWS if flow.slug in client.flows - {"refresh-token"}]
    kind = presets.BY_SLUG.get(client.preset)
    if not flows and kind is not None and kind.is_resource_server:
        return _("For nobody: it is called with tokens and asks this site about them.")
    if not flows:
        return _("It may not do anything: it has no flow.")
    if not any(flow.has_person for flow in flows):
        return _("For itself. Nobody signs in.")
    agrees = (
        _("For people who sign in. They are not asked: it is one of the site's own.")
        if client.skips_consent
        else _("For people who sign in and agree to it.")
    )
    acts_for_itself = not all(flow.has_person for flow in flows)
    return _("%(people)s And for itself.") % {"people": agrees} if acts_for_itself else agrees


def _proof(client: ClientFacts, secrets: Sequence[Listed]) -> str:
    """How the server knows that it is this client."""
    if not client.is_confidential:
        return _("Nothing it could lose: it runs where no secret can be kept.")
    if client.authentication_method is AuthMethod.PRIVATE_KEY_JWT:
        return _("A signature with a key of its own.")
    live = sum(listed.secret.is_live for listed in secrets)
    if live:
        return ngettext("Its secret.", "One of its %(count)d secrets.", live) % {"count": live}
    if client.dot_secret or client.plain_dot_secret:
        return _("Its secret.")
    return _("Nothing: it has no secret, so it cannot get in. Add one.")

"""What whoever registers a client on the command line is told beside its id and its secret."""

from django.urls import NoReverseMatch

from django_oauthflows.clients import presets
from django_oauthflows.clients.audiences import Audience, audience_of
from django_oauthflows.clients.facts import facts_of
from django_oauthflows.clients.pkce_exception import needs_pkce
from django_oauthflows.clients.programs.base import KnownProgram
from django_oauthflows.clients.programs.catalogue import known_programs
from django_oauthflows.clients.programs.configuration import (
    NO_HOST,
    configuration_of,
    issuer_without_host,
)
from django_oauthflows.clients.registration import RegisteredClient
from django_oauthflows.issuer import configured_issuer, configured_resource, path_of

NO_ISSUER = f'Put the host of this site where {NO_HOST} stands, or set OAUTHFLOWS["ISSUER"].'
_ASKING = "docs/how-to/api-elsewhere.md of django-oauthflows shows how it asks about a token."


def program_of(registered: RegisteredClient) -> KnownProgram | None:
    """Return the known program that it is."""
    return known_programs().get(registered.policy.program)


def configuration_for(registered: RegisteredClient, program: KnownProgram) -> str:
    """Return the text to paste, with the secret; empty where a value could not stand in it as it is."""
    return configuration_of(
        program,
        configured_issuer() or issuer_without_host(),
        client_id=registered.client_id,
        client_secret=registered.client_secret,
        redirect_uris=registered.redirect_uris,
        scopes=registered.scopes,
    )


def should_switch_on_pkce(registered: RegisteredClient) -> bool:
    """Return whether that is still to be said; the configuration of a known program has it switched on."""
    program = program_of(registered)
    has_it = program is not None and bool(configuration_for(registered, program))
    return not has_it and needs_pkce(facts_of(registered.application))


def audience_for(registered: RegisteredClient) -> Audience:
    return audience_of(facts_of(registered.application), configured_resource())


def audience_in_words(audience: Audience) -> str:
    other = "the resource that is asked for" if audience.may_be_another else ""
    own = ", ".join(audience.names) or "this site's own URL (set ISSUER or RESOURCE)"
    return f"{own}, or {other}" if other else own


def lines_for_an_api(registered: RegisteredClient) -> list[str]:
    """Return where an API asks about tokens (RFC 7662 §2), and where that is described."""
    if not presets.BY_SLUG[registered.preset].is_resource_server:
        return []
    try:
        path = path_of("introspect")
    except NoReverseMatch:
        return [_ASKING]
    issuer = configured_issuer() or issuer_without_host()
    url = "/".join(issuer.split("/")[:3]) + path
    about_host = [] if configured_issuer() else [NO_ISSUER]
    return [f"introspection: {url}", *about_host, _ASKING]

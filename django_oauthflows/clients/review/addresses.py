"""Where a client is answered: its redirect URIs, and the other addresses it registered."""

from urllib.parse import urlsplit

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from django_oauthflows.clients import presets
from django_oauthflows.clients.presentation import is_known_to_site
from django_oauthflows.clients.review.base import Reviewed, Severity, few, question
from django_oauthflows.clients.uris import is_dangerous, is_private_scheme
from django_oauthflows.rules.requests import ClientFacts
from django_oauthflows.rules.uri_origins import leads_to_device


@question(
    Severity.HIGH,
    spec="RFC 6749 §3.1.2.1",
    fix=gettext_lazy("Let the client answer by https, register that address, and remove this one."),
)
def redirect_uris_should_be_https(reviewed: Reviewed) -> str | None:
    """A code or token that is sent in the clear can be read by everybody between the person and the app."""
    plain = [uri for uri in _uris(reviewed.client) if _is_plain(uri)]
    return _("Not https: %s") % few(plain) if plain else None


@question(
    Severity.HIGH,
    spec="RFC 9700 §2.1",
    fix=gettext_lazy("Register each address in full, and remove the one with the asterisk."),
)
def redirect_uris_should_be_exact(reviewed: Reviewed) -> str | None:
    """Whoever controls one page below a wildcard, as by taking a forgotten subdomain, gets every code."""
    wild = [uri for uri in _uris(reviewed.client) if "*" in uri]
    return _("Not one exact address: %s") % few(wild) if wild else None


@question(
    Severity.HIGH,
    spec="RFC 9700 §4.1",
    fix=gettext_lazy("Remove the address: it leads to no app."),
)
def redirect_uris_should_lead_to_an_app(reviewed: Reviewed) -> str | None:
    """An address that runs a script or reads a file lets the answer act in the person's own browser."""
    bad = [uri for uri in _uris(reviewed.client) if is_dangerous(uri)]
    return _("Leads to no app: %s") % few(bad) if bad else None


@question(
    Severity.MEDIUM,
    spec="RFC 6749 §3.1.2",
    fix=gettext_lazy("Register the address without what follows its #."),
)
def redirect_uris_should_have_no_fragment(reviewed: Reviewed) -> str | None:
    """What follows the # never reaches the app's server, and mixes with an answer that is put there."""
    marked = [uri for uri in _uris(reviewed.client) if "#" in uri]
    return _("Has a fragment: %s") % few(marked) if marked else None


@question(
    Severity.MEDIUM,
    spec="RFC 8252 §7.3",
    fix=gettext_lazy(
        "Register a client of its own for development, and remove the address from this one."
    ),
)
def web_apps_should_not_answer_on_the_persons_device(reviewed: Reviewed) -> str | None:
    """A web app is elsewhere: any program on the person's device can wait at that port for the code."""
    local = [uri for uri in _uris(reviewed.client) if leads_to_device(uri)]
    if not local or presets.is_native(reviewed.client):
        return None
    return _("A web app's answer goes to the person's own device: %s") % few(local)


@question(
    Severity.LOW,
    spec="RFC 8252 §8.3",
    fix=gettext_lazy("Register http://127.0.0.1/… instead; its port may be any."),
)
def installed_apps_should_name_loopback_by_number(reviewed: Reviewed) -> str | None:
    """The name localhost may lead to another interface than the app listens on, depending on the system."""
    if not presets.is_native(reviewed.client):
        return None
    named = [uri for uri in _uris(reviewed.client) if _host(uri) == "localhost"]
    return _("Loopback by name: %s") % few(named) if named else None


@question(
    Severity.MEDIUM,
    spec="RFC 8252 §8.6",
    fix=gettext_lazy("Find out who runs it, then mark it verified; or ask for an https address."),
)
def private_schemes_should_be_known_apps(reviewed: Reviewed) -> str | None:
    """Any app on a device can claim a scheme and pose as this one, and nobody knows who this is."""
    client = reviewed.client
    private = [uri for uri in _uris(client) if is_private_scheme(uri)]
    if not private or is_known_to_site(client):
        return None
    return _("It registered itself, and comes back by a scheme of its own: %s") % few(private)


@question(
    Severity.LOW,
    spec="RFC 9700 §4.1",
    fix=gettext_lazy("Register one client for each place it runs in."),
)
def redirect_uris_should_be_on_one_host(reviewed: Reviewed) -> str | None:
    """The weakest of the hosts gets codes of the same client; a test site is seldom as well kept."""
    hosts = sorted(
        {
            _host(uri)
            for uri in _uris(reviewed.client)
            if not is_private_scheme(uri) and not leads_to_device(uri)
        }
    )
    return _("Answers go to several hosts: %s") % few(hosts) if len(hosts) > 1 else None


@question(
    Severity.MEDIUM,
    spec="RFC 7591 §5",
    fix=gettext_lazy("Register these addresses with https."),
)
def other_addresses_should_be_https(reviewed: Reviewed) -> str | None:
    """Keys and sign-outs that travel in the clear can be replaced on their way."""
    client = reviewed.client
    openid = client.openid
    plain = [
        uri
        for uri in (
            client.jwks_uri,
            *client.post_logout_redirect_uris,
            *client.allowed_origins,
            *openid.request_uris,
            openid.backchannel_logout_uri,
            openid.frontchannel_logout_uri,
            openid.sector_identifier_uri,
            openid.initiate_login_uri,
        )
        if _is_plain(uri)
    ]
    return _("Not https: %s") % few(plain) if plain else None


QUESTIONS = (
    redirect_uris_should_be_https,
    redirect_uris_should_be_exact,
    redirect_uris_should_lead_to_an_app,
    redirect_uris_should_have_no_fragment,
    web_apps_should_not_answer_on_the_persons_device,
    installed_apps_should_name_loopback_by_number,
    private_schemes_should_be_known_apps,
    redirect_uris_should_be_on_one_host,
    other_addresses_should_be_https,
)


def comes_back_by_the_device(client: ClientFacts) -> bool:
    """Can another app on a person's device wait for the answer in its place (RFC 8252 §8.6)?"""
    return any(is_private_scheme(uri) or leads_to_device(uri) for uri in _uris(client))


def _uris(client: ClientFacts) -> list[str]:
    """Its redirect URIs that can be taken apart; an older row may hold others, which match nothing."""
    return [uri for uri in client.redirect_uris if _is_uri(uri)]


def _is_uri(uri: str) -> bool:
    try:
        return bool(urlsplit(uri).scheme)
    except ValueError:
        return False


def _is_plain(uri: str) -> bool:
    return _scheme(uri) == "http" and not leads_to_device(uri)


def _scheme(uri: str) -> str:
    return uri.partition(":")[0].lower()


def _host(uri: str) -> str:
    try:
        return urlsplit(uri).hostname or ""
    except ValueError:
        return ""

"""Questions about what people see of a client, and where its addresses lead (RFC 7591 §5)."""

from collections.abc import Iterator

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from django_oauthflows.clients.presentation import is_known_to_site, is_on, own_host
from django_oauthflows.clients.review.base import Reviewed, Severity, few, question
from django_oauthflows.core import hosts
from django_oauthflows.core.text import cleaned
from django_oauthflows.rules.requests import ClientFacts


@question(
    Severity.MEDIUM,
    spec="RFC 7591 §5",
    fix=gettext_lazy("Give the client a name that people can read."),
)
def names_should_be_legible(reviewed: Reviewed) -> str | None:
    """A name with invisible characters, or characters that turn the text around, passes for another one."""
    if reviewed.name_is_legible:
        return None
    return _("Its name holds what people cannot see. They are shown: %s") % reviewed.client.name


@question(
    Severity.MEDIUM,
    spec="RFC 3986 §3.2.2",
    fix=gettext_lazy(
        "Write the host of the address as a domain name in letters, digits and hyphens, or as an IP address."
    ),
)
def addresses_should_name_hosts(reviewed: Reviewed) -> str | None:
    """Browsers and servers read such a host in different ways, so it may lead to another place."""
    wrong = [uri for uri in _addresses(reviewed.client) if _names_no_host(uri)]
    return _("Names no host: %s") % few([cleaned(uri) for uri in wrong]) if wrong else None


@question(
    Severity.LOW,
    spec="RFC 7591 §5",
    fix=gettext_lazy(
        "Find out who runs it, then mark it verified; until then people see a remark."
    ),
)
def strangers_should_show_their_own_addresses(reviewed: Reviewed) -> str | None:
    """Anybody can register a client under the home page and the logo of somebody else."""
    client = reviewed.client
    if is_known_to_site(client):
        return None
    host = own_host(client.client_id, client.registration_source, client.redirect_uris)
    shown = (client.client_uri, client.logo_uri, client.policy_uri, client.tos_uri)
    foreign = [uri for uri in shown if uri and not is_on(host, uri)]
    return _("On another host than its own: %s") % few(foreign) if foreign else None


QUESTIONS = (
    names_should_be_legible,
    addresses_should_name_hosts,
    strangers_should_show_their_own_addresses,
)


def _addresses(client: ClientFacts) -> Iterator[str]:
    openid = client.openid
    yield from client.redirect_uris
    yield from client.post_logout_redirect_uris
    yield from client.allowed_origins
    yield from openid.request_uris
    yield from (client.client_uri, client.logo_uri, client.policy_uri, client.tos_uri)
    yield from (client.jwks_uri, openid.sector_identifier_uri, openid.initiate_login_uri)
    yield from (openid.backchannel_logout_uri, openid.frontchannel_logout_uri)


def _names_no_host(uri: str) -> bool:
    """Of addresses of the web; a star is another question's."""
    is_web = uri.lower().startswith(("http:", "https:"))
    return is_web and "*" not in uri and hosts.web_parts(uri) is None

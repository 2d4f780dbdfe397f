"""What a snippet is, and what it is filled in with."""

from dataclasses import dataclass

from django.http import HttpRequest
from django.utils.functional import Promise

from django_oauthflows.issuer import issuer_of, own_resource_of, url_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """Where this server answers, as its clients reach it."""

    issuer: str
    authorize_url: str
    token_url: str
    device_url: str
    resource: str
    introspection_url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Language:
    """One tool or library a snippet is written for; `installs` and `runs` are what a shell is told."""

    slug: str
    title: str | Promise
    folder: str
    file_name: str
    runs: str
    installs: str = ""
    installs_for_keys: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Snippet:
    """A whole program for one client by one flow, to be copied as it is."""

    language: Language
    text: str
    installs: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """One flow of a client: what the shell has to know first, and the same program in each language.

    One that `reads_secret` wants the client's secret in `CLIENT_SECRET` besides (`secret_line`).
    """

    flow: str
    title: str
    why: str | Promise
    reads_secret: bool
    preparation: tuple[str, ...]
    snippets: tuple[Snippet, ...]


def server_of(request: HttpRequest) -> Server:
    return Server(
        issuer=issuer_of(request),
        authorize_url=url_of(request, "authorize"),
        token_url=url_of(request, "token"),
        device_url=url_of(request, "device-authorization"),
        resource=own_resource_of(request),
        introspection_url=url_of(request, "introspect"),
    )

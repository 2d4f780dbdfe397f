"""MCP servers that no agent could use: named by another URL, or behind scopes that nobody can be given."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from django.core.checks import CheckMessage, Error, Warning
from django.urls import NoReverseMatch

from django_oauthflows import dot
from django_oauthflows.core import hosts
from django_oauthflows.core.url_patterns import url_patterns
from django_oauthflows.issuer import path_of
from django_oauthflows.protocol import site_pages as pages
from django_oauthflows.resource_server.mcp.views import MCPView


def check_mcp_servers(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Look at each MCP server in the project's URLs."""
    servers = list(_servers())
    return [*_misnamed(servers), *_closed(servers)]


def _misnamed(servers: list[type[MCPView]]) -> Iterator[CheckMessage]:
    for server in servers:
        if server.resource and not _stands_at(server, server.resource):
            yield Error(
                f"The MCP server {_name_of(server)} does not stand at its resource, {server.resource!r}: "
                "agents compare that with the URL they call, to the letter (RFC 9728 §3.3).",
                hint="As resource, write the https URL that agents are given, with its slash at the end if "
                "its path in urls.py has one.",
                id="oauthflows.E163",
            )


def _closed(servers: list[type[MCPView]]) -> Iterator[CheckMessage]:
    try:
        path_of("authorize")
    except NoReverseMatch:
        return  # another server gives the tokens, and knows its scopes
    for server in servers:
        if unknown := sorted(server.scopes_supported - dot.all_scopes().keys()):
            yield Warning(
                f"No token opens every tool of the MCP server {_name_of(server)}: nobody can be given the "
                f"scope {' or '.join(unknown)}.",
                hint='Add what is missing to "SCOPES" in OAUTH2_PROVIDER, or correct its name.',
                id="oauthflows.W163",
            )


def _stands_at(server: type[MCPView], resource: str) -> bool:
    parts = hosts.web_parts(resource)
    if parts is None or parts.query or parts.fragment:
        return False
    return getattr(pages.view_of(urlsplit(resource).path or "/"), "cls", None) is server


def _servers() -> Iterator[type[MCPView]]:
    for _, pattern in url_patterns():
        view = getattr(pattern.callback, "cls", None)
        if isinstance(view, type) and issubclass(view, MCPView):
            yield view


def _name_of(server: type[MCPView]) -> str:
    return server.resource_name or server.__name__

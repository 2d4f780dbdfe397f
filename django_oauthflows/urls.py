"""One table: path → endpoint → specification.

A project includes it once, at its root: `path("", include("django_oauthflows.urls"))`. The documents under
`/.well-known/` have to stand at the root of a site; the endpoints stand below `OAUTHFLOWS["URL_PREFIX"]`.
"""

from typing import Any, NamedTuple
from urllib.parse import urlsplit

from django.urls import URLPattern, include, path

from django_oauthflows import dot
from django_oauthflows.conf import conf
from django_oauthflows.endpoints.authorize import authorize
from django_oauthflows.endpoints.connected_apps import (
    connected_app_end_sign_in,
    connected_app_withdraw,
    connected_apps,
)
from django_oauthflows.endpoints.device import (
    device,
    device_confirm,
    device_consent,
    device_done,
)
from django_oauthflows.endpoints.device_authorization import device_authorization
from django_oauthflows.endpoints.dot_pages import (
    application_detail,
    application_list,
    application_register,
)
from django_oauthflows.endpoints.dot_people import (
    authorized_token_delete,
    authorized_tokens,
    device_code_filled_in,
    device_grant_status,
)
from django_oauthflows.endpoints.explain import explain
from django_oauthflows.endpoints.introspect import introspect
from django_oauthflows.endpoints.jwks import jwks
from django_oauthflows.endpoints.logout import logout
from django_oauthflows.endpoints.openid_configuration import openid_configuration
from django_oauthflows.endpoints.registration import client_configuration, register_client
from django_oauthflows.endpoints.resource_metadata import resource_metadata
from django_oauthflows.endpoints.revoke import revoke
from django_oauthflows.endpoints.server_metadata import server_metadata
from django_oauthflows.endpoints.sessions import (
    session_end,
    sessions,
    sessions_end_all,
    sessions_end_others,
)
from django_oauthflows.endpoints.sign_in import sign_in
from django_oauthflows.endpoints.token import token
from django_oauthflows.endpoints.userinfo import userinfo
from django_oauthflows.endpoints.without_slash import without_slash
from django_oauthflows.protocol.explained import explained
from django_oauthflows.protocol.unavailable import answers_outages

_o = conf.URL_PREFIX

#: The path of the endpoints below this include, as `/o`.
_own = f"/{_o.strip('/')}".rstrip("/")
#: The path of the issuer: clients put it behind the well-known path (RFC 8414 §3.1).
_of_issuer = urlsplit(conf.ISSUER).path.rstrip("/") if conf.ISSUER else _own
#: The same below this include. A server or another `urls.py` takes away what an issuer has before it.
_below = _own if _of_issuer.endswith(_own) else ""


class Row(NamedTuple):
    """One URL: `name` is ours, `dot_name` DOT's own, where DOT has it too."""

    path: str
    endpoint: Any
    name: str = ""
    dot_name: str = ""
    specification: str = ""


TABLE = (
    Row(f"{_o}authorize/", authorize, "authorize", "authorize", "RFC 6749 §3.1"),
    Row(f"{_o}token/", token, "token", "token", "RFC 6749 §3.2"),
    Row(f"{_o}revoke_token/", revoke, "revoke", "revoke-token", "RFC 7009 §2"),
    Row(f"{_o}introspect/", introspect, "introspect", "introspect", "RFC 7662 §2"),
    Row(
        f"{_o}device-authorization/",
        device_authorization,
        "device-authorization",
        "device-authorization",
        "RFC 8628 §3.1",
    ),
    Row(f"{_o}device/", device, "device", "device", "RFC 8628 §3.3"),
    Row(f"{_o}device/confirm/", device_confirm, "device-confirm", "", "RFC 8628 §3.3.1"),
    Row(f"{_o}device/consent/", device_consent, "device-consent"),
    Row(f"{_o}device/done/", device_done, "device-done"),
    Row(f"{_o}connected-apps/", connected_apps, "connected-apps"),
    Row(
        f"{_o}connected-apps/<int:application_id>/withdraw/",
        connected_app_withdraw,
        "connected-app-withdraw",
    ),
    Row(f"{_o}.well-known/jwks.json", jwks, "jwks", "jwks-info", "RFC 7517 §5"),
    Row(
        f"{_o}connected-apps/sign-ins/<uuid:authorization_id>/end/",
        connected_app_end_sign_in,
        "connected-app-end-sign-in",
    ),
    Row(
        f".well-known/oauth-authorization-server{_of_issuer}",
        server_metadata,
        "server-metadata",
        "oauth-server-metadata-issuer",
        "RFC 8414 §3.1",
    ),
    Row(
        f"{_o}.well-known/oauth-authorization-server",
        server_metadata,
        "server-metadata-below-issuer",
        "oauth-server-metadata",
        "RFC 8414 §5",
    ),
    Row(
        f"{_below}/.well-known/openid-configuration".lstrip("/"),
        openid_configuration,
        "openid-configuration",
        "oidc-connect-discovery-info",
        "OpenID Connect Discovery 1.0 §4",
    ),
    Row(
        f".well-known/openid-configuration{_of_issuer}",
        openid_configuration,
        "openid-configuration-by-rfc-8414",
        "",
        "RFC 8414 §5",
    ),
    # For a site below a prefix, which is known when the request is here.
    Row(
        ".well-known/oauth-authorization-server/<path:issuer_path>",
        server_metadata,
        "server-metadata-of-path",
        "oauth-server-metadata-issuer",
        "RFC 8414 §3.1",
    ),
    Row(
        ".well-known/openid-configuration/<path:path>",
        openid_configuration,
        "openid-configuration-of-path",
        "",
        "RFC 8414 §5",
    ),
    Row(f"{_o}userinfo/", userinfo, "userinfo", "user-info", "OpenID Connect Core §5.3"),
    Row(
        f"{_o}logout/",
        logout,
        "logout",
        "rp-initiated-logout",
        "OpenID Connect RP-Initiated Logout 1.0 §2",
    ),
    Row(f"{_o}sign-in/", sign_in, "sign-in"),
    Row(f"{_o}sessions/", sessions, "sessions"),
    Row(f"{_o}sessions/<int:session_id>/end/", session_end, "session-end"),
    Row(f"{_o}sessions/end-others/", sessions_end_others, "sessions-end-others"),
    Row(f"{_o}sessions/end-all/", sessions_end_all, "sessions-end-all"),
    Row(
        ".well-known/oauth-protected-resource",
        resource_metadata,
        "resource-metadata",
        "oauth-resource-metadata",
        "RFC 9728 §3.1",
    ),
    Row(
        ".well-known/oauth-protected-resource/<path:resource_path>",
        resource_metadata,
        "resource-metadata-of-path",
        "oauth-resource-metadata-path",
        "RFC 9728 §3.1",
    ),
    # Where a site of django-oauth-toolkit has it; RFC 9728 wants it at the root.
    Row(
        f"{_o}.well-known/oauth-protected-resource",
        resource_metadata,
        "resource-metadata-below-prefix",
        "",
        "RFC 9728 §3.1",
    ),
    Row(f"{_o}register/", register_client, "register-client", "dcr-register", "RFC 7591 §3"),
    Row(
        f"{_o}register/<str:client_id>/",
        client_configuration,
        "client-configuration",
        "dcr-register-management",
        "RFC 7592 §2",
    ),
    Row(f"{_o}explain/<str:reference>/", explain, "explain", "", "RFC 6749 §5.2"),
    Row(f"{_o}authorized_tokens/", authorized_tokens, dot_name="authorized-token-list"),
    Row(
        f"{_o}authorized_tokens/<slug:pk>/delete/",
        authorized_token_delete,
        dot_name="authorized-token-delete",
    ),
    Row(
        f"{_o}device-confirm/<slug:client_id>/<slug:user_code>",
        device_code_filled_in,
        dot_name="device-confirm",
    ),
    Row(
        f"{_o}device-grant-status/<slug:client_id>/<slug:user_code>",
        device_grant_status,
        dot_name="device-grant-status",
    ),
    Row(f"{_o}applications/", application_list, dot_name="list"),
    Row(f"{_o}applications/register/", application_register, dot_name="register"),
    Row(f"{_o}applications/<slug:pk>/", application_detail, dot_name="detail"),
    Row(f"{_o}applications/<slug:pk>/update/", application_detail, dot_name="update"),
    Row(f"{_o}applications/<slug:pk>/delete/", application_detail, dot_name="delete"),
)


def _view_of(row: Row) -> Any:
    """The endpoint, and the last look at what it answers; a look at a reference needs no other one."""
    if not dot.is_installed():
        return dot.not_installed
    name = row.name or _DOTS
    view = row.endpoint if row.endpoint is explain else explained(row.endpoint, name)
    return answers_outages(view, name, is_page=row.endpoint not in _FOR_CLIENTS)


#: The endpoints that clients call, and no browser shows.
_FOR_CLIENTS = {
    token,
    revoke,
    introspect,
    device_authorization,
    jwks,
    server_metadata,
    openid_configuration,
    resource_metadata,
    userinfo,
    register_client,
    client_configuration,
}


#: What the record calls DOT's own pages.
_DOTS = "applications"
_ours: list[URLPattern] = [
    path(row.path, _view_of(row), name=row.name) for row in TABLE if row.name
]
#: Documents that some clients ask for with a slash at the end of the path.
_with_slash: list[URLPattern] = [
    path(f"{row.path}/", _view_of(row))
    for row in TABLE
    if row.endpoint in (server_metadata, openid_configuration) and "<" not in row.path
]
#: The endpoints of clients by their paths without the slash, which answer what the right URL is.
_without_slash: list[URLPattern] = [
    path(row.path[:-1], answers_outages(without_slash(row.name), row.name, is_page=False))
    for row in TABLE
    if row.endpoint in _FOR_CLIENTS and row.path.endswith("/")
]
_by_dot_name: list[URLPattern] = [
    path(row.path, _view_of(row), name=row.dot_name) for row in TABLE if row.dot_name
]

urlpatterns = [
    path("", include((_ours, "oauthflows"))),
    path("", include(_with_slash)),
    path("", include(_without_slash)),
    # DOT's own names for the same URLs, for code that reverses `oauth2_provider:authorize`.
    path("", include((_by_dot_name, "oauth2_provider"))),
]

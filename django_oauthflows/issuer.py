"""Who this server says it is: the issuer identifier (RFC 8414 §2) and the URLs made from it.

A site may stand below a prefix: of its server (`SCRIPT_NAME`, `root_path`, `FORCE_SCRIPT_NAME`), or of its
own `urls.py`. The issuer, the documents and every address that is handed out have it.
"""

from functools import lru_cache
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest
from django.http.request import split_domain_port, validate_host
from django.urls import NoReverseMatch, get_script_prefix, get_urlconf, reverse
from django.utils.encoding import escape_uri_path

from django_oauthflows import dot
from django_oauthflows.conf import conf

#: The hosts that Django lets through with DEBUG where ALLOWED_HOSTS is empty.
_LOCAL_HOSTS = (".localhost", "127.0.0.1", "[::1]")
#: The end of the path by which the endpoints are found.
_AUTHORIZE = "authorize/"


def host_is_named(request: HttpRequest) -> bool:
    """Did the project name this server: by an issuer, or by the request's host in ALLOWED_HOSTS?

    The Host header is anybody's to choose, so a `*` names no host, and `.example.com` none of those below it:
    another server may stand there. An assertion for another server must not count here because the request
    says that this is the other one (RFC 7523 §3).
    """
    return bool(configured_issuer()) or _is_allowed_by_name(request)


def _is_allowed_by_name(request: HttpRequest) -> bool:
    named = [host for host in settings.ALLOWED_HOSTS if not host.startswith(("*", "."))]
    domain, _port = split_domain_port(request.get_host())
    return validate_host(domain, [*named, *(_LOCAL_HOSTS if settings.DEBUG else ())])


def issuer_of(request: HttpRequest) -> str:
    """The issuer: `OAUTHFLOWS["ISSUER"]`, DOT's `OIDC_ISS_ENDPOINT`, or made of the request's host."""
    configured = configured_issuer()
    if configured:
        return configured
    return request.build_absolute_uri(_script() + path_within_site() or "/").rstrip("/")


def configured_issuer() -> str:
    """Return the issuer that the project wrote down; empty where it wrote none."""
    return str(conf.ISSUER or dot.setting("OIDC_ISS_ENDPOINT") or "")


def is_path_of_issuer(path: str, request: HttpRequest) -> bool:
    """Return whether a path is that of the issuer, as it stands behind a well-known path (RFC 8414 §3.1)."""
    return path.strip("/") == urlsplit(issuer_of(request)).path.strip("/")


def origin_of(request: HttpRequest) -> str:
    """The issuer's scheme and host, on which all the server's URLs stand."""
    parts = urlsplit(issuer_of(request))
    return f"{parts.scheme}://{parts.netloc}"


def site_of(request: HttpRequest) -> str:
    """Return the URL of the site's own root, without a slash at its end."""
    return origin_of(request) + path_of_site()


def url_of(request: HttpRequest, name: str, *values: str) -> str:
    """The absolute URL of one of the app's endpoints, by its name in `urls.py`, and values in its path."""
    return origin_of(request) + path_of(name, *values)


def path_of(name: str, *values: str) -> str:
    """Return the path of one of the app's endpoints from the root of the host."""
    return path_of_site() + _without_script(reverse(f"oauthflows:{name}", args=values))


def own_resource_of(request: HttpRequest) -> str:
    """This site as a protected resource: configured here or in DOT, else the site's own root."""
    return _named_resource() or site_of(request)


def named_resource_of(request: HttpRequest) -> str:
    """Return the same where the project named it; empty where the Host header alone would (RFC 8707 §2)."""
    return _named_resource() or (site_of(request) if host_is_named(request) else "")


def configured_resource() -> str:
    """Return the same where no request tells the site's host; empty where the project named none either."""
    if named := _named_resource():
        return named
    parts = urlsplit(configured_issuer())
    return f"{parts.scheme}://{parts.netloc}{path_of_site()}" if parts.netloc else ""


def _named_resource() -> str:
    return str(conf.RESOURCE or dot.setting("OAUTH2_PROTECTED_RESOURCE_IDENTIFIER") or "")


def url_of_request(request: HttpRequest) -> str:
    """Return the URL of the path that was asked for, without its query, on the issuer's host."""
    return origin_of(request) + escape_uri_path(request.path)


def named_urls_of(request: HttpRequest) -> tuple[str, ...]:
    """Return the URLs by which the project knows the path that was asked for (RFC 8707 §2).

    On the issuer's host, and on the host of the request where ALLOWED_HOSTS names it. A token for another
    site must not count here because the request says that this is the other one.
    """
    path = escape_uri_path(request.path)
    named = [origin_of(request)] if configured_issuer() else []
    if _is_allowed_by_name(request):
        named.append(f"{request.scheme}://{request.get_host()}")
    return tuple(dict.fromkeys(origin + path for origin in named))


def userinfo_url_of(request: HttpRequest) -> str:
    """Return the exact URL of the userinfo endpoint; empty at an API that runs apart from its server."""
    try:
        return url_of(request, "userinfo")
    except NoReverseMatch:
        return ""


def path_within_site() -> str:
    """Return the issuer's path below the site's root, as `/o`: where `urls.py` has the endpoints."""
    return _path_within(get_urlconf() or settings.ROOT_URLCONF, conf.URL_PREFIX)


@lru_cache(maxsize=64)
def _path_within(urlconf: str, prefix: str) -> str:
    try:
        path = _without_script(reverse("oauthflows:authorize", urlconf=urlconf))
    except NoReverseMatch:  # an API that runs apart from its authorization server
        return f"/{prefix}".rstrip("/")
    return path.removesuffix(_AUTHORIZE).rstrip("/")


def path_of_site() -> str:
    """Return the path of the site's root, as `/app`; empty for the root of the host.

    A server tells it with each request. A command is told by nobody, and takes what the issuer has before the
    site's own part of the path.
    """
    script, within = _script(), path_within_site()
    path = urlsplit(configured_issuer()).path.rstrip("/")
    if script or not within or not path.endswith(within):
        return script
    return path.removesuffix(within)


def _script() -> str:
    return get_script_prefix().rstrip("/")


def _without_script(path: str) -> str:
    return path.removeprefix(_script())

"""Who this server says it is: the issuer identifier (RFC 8414 §2) and the URLs made from it."""

from urllib.parse import urlsplit

from django.http import HttpRequest
from django.urls import reverse

from django_oauthflows import dot
from django_oauthflows.conf import conf


def issuer_of(request: HttpRequest) -> str:
    """The issuer: `OAUTHFLOWS["ISSUER"]`, DOT's `OIDC_ISS_ENDPOINT`, or made of the request's host."""
    configured = conf.ISSUER or dot.setting("OIDC_ISS_ENDPOINT")
    if configured:
        return str(configured)
    return request.build_absolute_uri("/" + conf.URL_PREFIX.strip("/")).rstrip("/")


def origin_of(request: HttpRequest) -> str:
    """The issuer's scheme and host, on which all the server's URLs stand."""
    parts = urlsplit(issuer_of(request))
    return f"{parts.scheme}://{parts.netloc}"


def url_of(request: HttpRequest, name: str, *values: str) -> str:
    """The absolute URL of one of the app's endpoints, by its name in `urls.py`, and values in its path."""
    return origin_of(request) + reverse(f"oauthflows:{name}", args=values)


def own_resource_of(request: HttpRequest) -> str:
    """This site as a protected resource: configured here or in DOT, else the site's own root."""
    configured = conf.RESOURCE or dot.setting("OAUTH2_PROTECTED_RESOURCE_IDENTIFIER")
    return str(configured or origin_of(request))

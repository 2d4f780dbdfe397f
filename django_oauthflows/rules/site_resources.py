"""Resources of the site itself, which an access without a resource is for (RFC 8707 §2, RFC 9068 §3)."""

from collections.abc import Collection

from django_oauthflows.rules.uri_origins import exact_origin_of_uri


def are_of_site(resources: Collection[str], *, issuer: str, own_resource: str) -> bool:
    """Tell whether every resource is this site's own API, or stands at its origin.

    A request without a resource asks for an access to this site: a token for it names `own_resource` as its
    audience, or no other API accepts it. So it is wider than any one resource here, and is nothing elsewhere.
    Without `own_resource` nobody but the Host header named this site, and nothing is of it.
    """
    if not own_resource:
        return False
    written = {exact_origin_of_uri(own) for own in (issuer, own_resource)}
    origins = {origin for origin in written if "://" in origin}
    return all(uri == own_resource or exact_origin_of_uri(uri) in origins for uri in resources)


def names_same_resource(name: str, own_resource: str) -> bool:
    """Tell whether a name stands for this site's own API.

    A root with a slash at its end and one without are the same address (RFC 3986 §6.2.3).
    """
    return _rooted(name) == _rooted(own_resource)


def _rooted(uri: str) -> str:
    """Return a URI of the web whose path is empty with the slash that it stands for."""
    scheme, separator, rest = uri.partition("://")
    is_bare = scheme in ("http", "https") and rest and not set(rest) & set("/?")
    return f"{scheme}{separator}{rest}/" if is_bare else uri

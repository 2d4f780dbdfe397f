"""Redirect URIs: which may be registered, and whether one that was sent is one of them."""

import re
from ipaddress import ip_address
from urllib.parse import SplitResult, urlsplit, urlunsplit

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from django_oauthflows import dot

#: Schemes that run or read something instead of going somewhere.
_DANGEROUS = frozenset(
    {"javascript", "data", "vbscript", "file", "blob", "about", "ws", "wss", "ftp"}
)
_SCHEME = re.compile(r"[a-z][a-z0-9+.\-]*\Z")


def is_loopback(uri: str) -> bool:
    """Does a URI lead back to the person's own device by a loopback address (RFC 8252 §7.3)?"""
    try:
        return ip_address(urlsplit(uri).hostname or "").is_loopback
    except ValueError:
        return False


def is_private_scheme(uri: str) -> bool:
    """Is it a scheme of an app's own, as `com.example.app:/callback` (RFC 8252 §7.1)?"""
    return urlsplit(uri).scheme not in ("http", "https")


def is_dangerous(uri: str) -> bool:
    """Does it run or read something instead of going somewhere?"""
    return urlsplit(uri).scheme.lower() in _DANGEROUS


def matches(sent: str, registered: tuple[str, ...], *, any_port: bool = False) -> bool:
    """Is `sent` a registered URI, character by character (RFC 9700 §2.1)?

    With `any_port` a loopback address may come with another port (RFC 8252 §7.3): an installed app is given
    one by its system.
    """
    if sent in registered:
        return True
    if (
        any_port
        and is_loopback(sent)
        and any(_same_but_for_port(sent, known) for known in registered)
    ):
        return True
    return dot.wildcard_redirect_uri_matches(sent, registered)


def validate_redirect_uri(uri: str, *, takes_private_schemes: bool) -> None:
    """Raise `ValidationError` with a sentence a person understands unless `uri` may be registered."""
    parts = _split(uri)
    if "#" in uri:
        raise ValidationError(_("%(uri)s must not have a fragment (#…)."), params={"uri": uri})
    if "*" in parts.netloc and not dot.setting("ALLOW_URI_WILDCARDS"):
        raise ValidationError(
            _("%(uri)s must be one exact address, without *."), params={"uri": uri}
        )
    if parts.scheme in ("http", "https"):
        _validate_web(uri, parts)
    elif parts.scheme in _DANGEROUS or not _SCHEME.match(parts.scheme):
        raise ValidationError(_("%(uri)s does not lead to an app."), params={"uri": uri})
    elif not _private_scheme_is_allowed(parts.scheme, takes_private_schemes=takes_private_schemes):
        raise ValidationError(
            _(
                "%(uri)s must begin with https://. Only installed apps come back by a scheme of their own."
            ),
            params={"uri": uri},
        )
    elif "." not in parts.scheme and not _listed(parts.scheme):
        raise ValidationError(
            _(
                "The scheme of %(uri)s must be a domain name of yours in reverse, as com.example.app."
            ),
            params={"uri": uri},
        )


def validate_logout_uri(uri: str) -> None:
    """Raise `ValidationError` unless `uri` may be called or shown when people sign out.

    OpenID Connect Back-Channel Logout 1.0 §2.2, Front-Channel Logout 1.0 §2.
    """
    parts = _split(uri)
    if "#" in uri:
        raise ValidationError(_("%(uri)s must not have a fragment (#…)."), params={"uri": uri})
    if parts.scheme not in ("http", "https"):
        raise ValidationError(_("%(uri)s must begin with https://."), params={"uri": uri})
    _validate_web(uri, parts)


def validate_resource(uri: str) -> None:
    """Raise `ValidationError` unless `uri` may identify a resource (RFC 8707 §2)."""
    parts = _split(uri)
    if not parts.netloc or "#" in uri:
        raise ValidationError(
            _("%(uri)s must be a whole address without a fragment (#…)."), params={"uri": uri}
        )


def validate_target(name: str) -> None:
    """Raise `ValidationError` unless `name` may be a resource or an audience (RFC 8693 §2.1)."""
    if "://" in name:
        validate_resource(name)
    if not name or not name.isprintable() or " " in name:
        raise ValidationError(
            _("%(name)s must be an address or a name without spaces."), params={"name": name}
        )


def _validate_web(uri: str, parts: SplitResult) -> None:
    if not parts.hostname:
        raise ValidationError(_("%(uri)s names no host."), params={"uri": uri})
    if "@" in parts.netloc:
        raise ValidationError(
            _("%(uri)s must not hold a user name or password."), params={"uri": uri}
        )
    is_local = is_loopback(uri) or parts.hostname == "localhost"
    plain_is_allowed = is_local or (
        dot.project_says("ALLOWED_REDIRECT_URI_SCHEMES") and _listed("http")
    )
    if parts.scheme == "http" and not plain_is_allowed:
        raise ValidationError(
            _(
                "%(uri)s must begin with https://: codes sent in the clear can be read on their way."
            ),
            params={"uri": uri},
        )


def _private_scheme_is_allowed(scheme: str, *, takes_private_schemes: bool) -> bool:
    return takes_private_schemes or (
        dot.project_says("ALLOWED_REDIRECT_URI_SCHEMES") and _listed(scheme)
    )


def _listed(scheme: str) -> bool:
    return scheme in dot.setting("ALLOWED_REDIRECT_URI_SCHEMES")


def _split(uri: str) -> SplitResult:
    if any(character.isspace() or not character.isprintable() for character in uri):
        raise ValidationError(
            _("%(uri)s holds a space or an invisible character."), params={"uri": uri}
        )
    if not uri.isascii():
        raise ValidationError(
            _("%(uri)s holds a letter outside ASCII: write its host as xn--…, its path as %%C3…."),
            params={"uri": uri},
        )
    try:
        parts = urlsplit(uri)
        _port = parts.port
    except ValueError:
        raise ValidationError(_("%(uri)s is not a URI."), params={"uri": uri}) from None
    if not parts.scheme:
        raise ValidationError(_("%(uri)s must begin with https://."), params={"uri": uri})
    return parts


def _same_but_for_port(sent: str, registered: str) -> bool:
    try:
        one, other = urlsplit(sent), urlsplit(registered)
        hosts_are_equal = one.hostname == other.hostname and is_loopback(registered)
        _ports = one.port, other.port
    except ValueError:
        return False
    if "@" in one.netloc or "#" in sent:
        return False
    # Compared as text: taking a URI apart forgives spaces, line ends and capitals.
    return hosts_are_equal and sent == urlunsplit(other._replace(netloc=one.netloc))


def shown_host(uri: str) -> str:
    """Where a redirect URI leads, in the few words a person is shown."""
    parts = urlsplit(uri)
    if is_private_scheme(uri):
        return _("the app on this device (%(scheme)s)") % {"scheme": parts.scheme}
    if is_loopback(uri) or parts.hostname == "localhost":
        return _("a program on this device (%(host)s)") % {"host": parts.netloc}
    return parts.netloc

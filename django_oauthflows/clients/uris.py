"""Redirect URIs: which may be registered, and whether one that was sent is one of them."""

import re
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from urllib.parse import SplitResult, urlsplit, urlunsplit

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from django_oauthflows import dot
from django_oauthflows.clients import presets
from django_oauthflows.clients.fetching import is_private_by_choice
from django_oauthflows.core import hosts, text
from django_oauthflows.rules.addresses import DANGEROUS_SCHEMES
from django_oauthflows.rules.requests import ClientFacts
from django_oauthflows.rules.resource_uris import is_resource_uri
from django_oauthflows.rules.uri_origins import leads_to_device

_SCHEME = re.compile(r"[a-z][a-z0-9+.\-]*\Z")
_OPENED_IN_THE_CLEAR = gettext_noop(
    "%(uri)s must begin with https://: a page that is opened in the clear can be changed on its way."
)
#: Why an address has to be https, by the field it is registered in.
_NOT_IN_THE_CLEAR: Mapping[str, str] = {
    "redirect_uris": gettext_noop(
        "%(uri)s must begin with https://: codes sent in the clear can be read on their way."
    ),
    "post_logout_redirect_uris": _OPENED_IN_THE_CLEAR,
    "frontchannel_logout_uri": _OPENED_IN_THE_CLEAR,
    "initiate_login_uri": _OPENED_IN_THE_CLEAR,
    "backchannel_logout_uri": gettext_noop(
        "%(uri)s must begin with https://, unless FETCH_PRIVATE_HOSTS lists its host: the news of a sign-out "
        "can be read on its way in the clear."
    ),
}


def is_loopback(uri: str) -> bool:
    """Does a web address lead to the person's own device, by number or as localhost (RFC 8252 §7.3, §8.3)?"""
    try:
        parts = urlsplit(uri)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and hosts.is_loopback(parts.hostname or "")


def is_private_scheme(uri: str) -> bool:
    """Is it a scheme of an app's own, as `com.example.app:/callback` (RFC 8252 §7.1)?"""
    return _scheme_of(uri) not in ("http", "https")


def are_of_device(uris: Sequence[str]) -> bool:
    """Do all of these lead to a program on the person's own device (RFC 8252 §7.1, §7.3)?"""
    return all(is_private_scheme(uri) or is_loopback(uri) for uri in uris)


def is_readable(uri: str) -> bool:
    """Can the URI be taken apart into scheme, host, path and query (RFC 3986 §3)?"""
    try:
        urlsplit(uri)
    except ValueError:
        return False
    return True


def is_dangerous(uri: str) -> bool:
    """Does it run or read something instead of going somewhere?"""
    return _scheme_of(uri) in DANGEROUS_SCHEMES


def matches(sent: str, registered: tuple[str, ...], *, any_port: bool = False) -> bool:
    """Is `sent` a registered URI, character by character (RFC 9700 §2.1)?

    With `any_port` a loopback address of http may come with another port (RFC 8252 §7.3): an installed app is
    given one by its system. One name of the device never stands for another.
    """
    if sent in registered or (any_port and registered_form(sent, registered)):
        return True
    return dot.wildcard_redirect_uri_matches(sent, registered)


def belongs_to(client: ClientFacts, sent: str) -> bool:
    """Is `sent` a redirect URI of the client, with any port where the client may come back by any?"""
    return matches(sent, client.redirect_uris, any_port=_takes_any_port(client, sent))


def registered_form(sent: str, registered: Sequence[str]) -> str | None:
    """Return the registered URI that `sent` is, whatever its port on the device; `None` for another."""
    if sent in registered:
        return sent
    return next((known for known in registered if _is_same_but_for_port(sent, known)), None)


def _takes_any_port(client: ClientFacts, sent: str) -> bool:
    """Is it a program on the person's device, by its registration or by all of its addresses (RFC 8252 §7.3)?

    Of an application without a policy nobody said what it is: its ports are as free as they were under
    django-oauth-toolkit, which frees those of numbers alone.
    """
    if are_of_device(client.redirect_uris):
        return True
    if not client.has_policy:
        return not sent.startswith("http://localhost")
    return presets.is_native(client)


def validate_redirect_uri(
    uri: str, *, takes_private_schemes: bool, field: str = "redirect_uris"
) -> None:
    """Raise `ValidationError` with a sentence a person understands unless `uri` may be registered.

    `field` is `redirect_uris` or `post_logout_redirect_uris`.
    """
    parts = _split(uri)
    if "#" in uri:
        raise ValidationError(_("%(uri)s must not have a fragment (#…)."), params={"uri": uri})
    if "*" in parts.netloc and not dot.setting("ALLOW_URI_WILDCARDS"):
        raise ValidationError(
            _("%(uri)s must be one exact address, without *."), params={"uri": uri}
        )
    if parts.scheme in ("http", "https"):
        _validate_web(uri, parts, field)
    elif parts.scheme in DANGEROUS_SCHEMES or not _SCHEME.match(parts.scheme):
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
                "The scheme of %(uri)s must be a domain name of yours in reverse, as com.example.app. The "
                "scheme of a tool you know is allowed by adding %(scheme)s to ALLOWED_REDIRECT_URI_SCHEMES "
                "in OAUTH2_PROVIDER."
            ),
            params={"uri": uri, "scheme": parts.scheme},
        )
    if field == "redirect_uris":
        dot.validate_address("REDIRECT_URI_VALIDATOR", uri)


def _validate_own_page(uri: str, *, field: str) -> None:
    """Raise `ValidationError` unless `uri` may be the page of a client that `field` stands for."""
    parts = _split(uri)
    if "#" in uri:
        raise ValidationError(_("%(uri)s must not have a fragment (#…)."), params={"uri": uri})
    if parts.scheme not in ("http", "https"):
        raise ValidationError(_("%(uri)s must begin with https://."), params={"uri": uri})
    _validate_web(uri, parts, field)


#: The addresses of a client's own pages, and how each is judged: one that is called or shown when people sign
#: out (OpenID Connect Back-Channel Logout 1.0 §2.2, Front-Channel Logout 1.0 §2), and one at which they begin
#: a sign-in (Core §4).
VALIDATORS: Mapping[str, Callable[[str], None]] = {
    field: partial(_validate_own_page, field=field)
    for field in ("backchannel_logout_uri", "frontchannel_logout_uri", "initiate_login_uri")
}


def validate_web_address(uri: str) -> None:
    """Raise `ValidationError` unless `uri` is an http or https URL that people may be shown (RFC 7591 §2)."""
    parts = _split(uri)
    if parts.scheme not in ("http", "https"):
        raise ValidationError(_("%(uri)s must begin with https://."), params={"uri": uri})
    _validate_host(uri, parts)


def validate_origin(origin: str) -> None:
    """Raise `ValidationError` unless `origin` is a scheme, a host and a port alone (RFC 6454 §7)."""
    parts = _split(origin)
    _validate_host(origin, parts)
    if parts.path not in ("", "/") or parts.query or parts.fragment:
        raise ValidationError(
            _("%(uri)s must be an origin: its scheme, its host and its port alone."),
            params={"uri": origin},
        )
    dot.validate_address("ALLOWED_ORIGIN_VALIDATOR", origin)


def validate_resource(uri: str) -> None:
    """Raise `ValidationError` unless `uri` may identify a resource (RFC 8707 §2)."""
    if not is_resource_uri(uri):
        raise ValidationError(
            _(
                "%(uri)s must be a whole URI, as https://api.example/ or urn:example:notes, without a "
                "fragment (#…), blanks, a user name or a password."
            ),
            params={"uri": uri},
        )


def validate_target(name: str) -> None:
    """Raise `ValidationError` unless `name` may be a resource or an audience (RFC 8693 §2.1)."""
    if "://" in name:
        validate_resource(name)
    if not name or not name.isprintable() or " " in name:
        raise ValidationError(
            _("%(name)s must be an address or a name without spaces."), params={"name": name}
        )


def _validate_host(uri: str, parts: SplitResult) -> None:
    """RFC 1123 §2.1: a host is compared with others and stands in headers, so it is nothing but a host."""
    if not parts.hostname:
        raise ValidationError(_("%(uri)s names no host."), params={"uri": uri})
    if "@" in parts.netloc:
        raise ValidationError(
            _("%(uri)s must not hold a user name or password."), params={"uri": uri}
        )
    # A star stands for part of a name where the project allows one.
    named = parts.netloc
    if dot.setting("ALLOW_URI_WILDCARDS"):
        named = named.replace("*", "a")
    if not hosts.is_authority(named) or "\\" in uri:
        raise ValidationError(
            _(
                "The host of %(uri)s must be a domain name of letters, digits and hyphens, or an IP "
                "address, with a port or without one."
            ),
            params={"uri": uri},
        )


def _validate_web(uri: str, parts: SplitResult, field: str) -> None:
    _validate_host(uri, parts)
    if parts.scheme == "http" and not _may_be_plain(uri, parts, field):
        raise ValidationError(_(_NOT_IN_THE_CLEAR[field]), params={"uri": uri})


def _may_be_plain(uri: str, parts: SplitResult, field: str) -> bool:
    """Return whether an address may be http: on this device, or where the project says so."""
    if is_loopback(uri):
        return True
    if field == "initiate_login_uri":
        return False  # people follow it as a link of this site
    if field == "backchannel_logout_uri" and is_private_by_choice(parts):
        return True  # asked by this server, as the project says
    return bool(dot.project_says("ALLOWED_REDIRECT_URI_SCHEMES") and _listed("http"))


def _private_scheme_is_allowed(scheme: str, *, takes_private_schemes: bool) -> bool:
    return takes_private_schemes or (
        dot.project_says("ALLOWED_REDIRECT_URI_SCHEMES") and _listed(scheme)
    )


def _scheme_of(uri: str) -> str:
    """Return the scheme in small letters, of an address that cannot be taken apart as well."""
    return uri.partition(":")[0].lower() if ":" in uri else ""


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


def _is_same_but_for_port(sent: str, registered: str) -> bool:
    """Is `sent` a registered loopback address of http at another port (RFC 8252 §7.3)?"""
    try:
        one, other = urlsplit(sent), urlsplit(registered)
        hosts_are_equal = _without_port(one) == _without_port(other) and is_loopback(registered)
    except ValueError:
        return False
    if other.scheme != "http" or not hosts.is_authority(one.netloc) or "#" in sent:
        return False
    # Compared as text: taking a URI apart forgives spaces, line ends and capitals.
    return hosts_are_equal and sent == urlunsplit(other._replace(netloc=one.netloc))


def _without_port(parts: SplitResult) -> str:
    """Return the host as it is written. Raises `ValueError` for a port that is none."""
    return parts.netloc if parts.port is None else parts.netloc.removesuffix(f":{parts.port}")


def shown_host(uri: str) -> str:
    """Where a redirect URI leads, in the few words a person is shown."""
    try:
        parts = urlsplit(uri)
    except ValueError:  # a row that is older than the checks
        return text.cleaned(uri)
    if parts.scheme not in ("http", "https"):
        return _("the app on this device (%(scheme)s)") % {"scheme": parts.scheme}
    if leads_to_device(uri):
        return _("a program on this device (%(host)s)") % {"host": text.cleaned(parts.netloc)}
    return text.cleaned(parts.netloc)

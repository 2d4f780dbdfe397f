"""What a known program is."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from django_oauthflows.clients.uris import validate_web_address

#: What signs a person in, and tells their name and address.
SIGNS_IN = ("openid", "profile", "email")


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownProgram:
    """A program, and what it is registered with.

    `preset` is the kind of client that it is. `callbacks` and `after_sign_out` are paths below the address
    where it runs; an empty path is that address without a slash. A program that people run themselves has
    `redirect_uris` instead, and no address. `template` is the text of its configuration, which belongs into
    `file_name`. `scopes` are those of OpenID Connect that it asks for; one that `refreshes` its tokens asks
    for `offline_access` too, where refresh tokens need that. `note` is what an administrator has to know
    besides.
    """

    slug: str
    title: str
    template: str
    file_name: str
    documentation: str
    callbacks: tuple[str, ...] = ()
    redirect_uris: tuple[str, ...] = ()
    after_sign_out: tuple[str, ...] = ()
    preset: str = "web-app"
    scopes: tuple[str, ...] = SIGNS_IN
    refreshes: bool = False
    note: str | Promise = ""

    @property
    def has_address(self) -> bool:
        """Return whether it runs at an address of its own."""
        return bool(self.callbacks)

    def registration(self, *, name: str, address: str, scopes: Sequence[str]) -> dict[str, Any]:
        """Return the arguments of `register_client` for it. Raises `ValidationError`, keyed by field."""
        address = self._checked(address)
        return {
            "preset": self.preset,
            "program": self.slug,
            "name": name,
            "redirect_uris": [*self.redirect_uris, *(address + path for path in self.callbacks)],
            "post_logout_redirect_uris": [address + path for path in self.after_sign_out],
            "scopes": list(scopes),
        }

    def _checked(self, address: str) -> str:
        """Return the address without a slash at its end."""
        address = address.strip().rstrip("/")
        if not self.has_address:
            if address:
                raise ValidationError(
                    {"address": _("People run it themselves: it has no address.")}
                )
            return ""
        if not address:
            raise ValidationError({"address": _("Say where it runs, as https://app.example.com.")})
        try:
            validate_web_address(address)
        except ValidationError as error:
            raise ValidationError({"address": error.messages}) from None
        parts = urlsplit(address)
        if parts.query or parts.fragment:
            raise ValidationError({"address": _("Leave out the query and the fragment.")})
        return address

    def address_of(self, redirect_uris: Sequence[str]) -> str:
        """Return where it runs, by the redirect URIs that it was registered with; empty if that is lost."""
        for path in self.callbacks:
            for uri in redirect_uris:
                if uri.endswith(path):
                    return uri.removesuffix(path)
        return ""

"""A recorded request in a person's words."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from django_oauthflows.clients.dry_run.running import Recorded
from django_oauthflows.clients.dry_run.shapes import Shape
from django_oauthflows.flows import catalogue

_ENDPOINTS = {
    "authorize": lambda: _("sends people to sign in"),
    "device-authorization": lambda: _("asks for a device's codes"),
    "token": lambda: _("asks for tokens"),
    "introspect": lambda: _("asks what a token is"),
    "revoke": lambda: _("revokes a token"),
}


def described(one: Recorded) -> str:
    """What it did, by which flow, and what of it rules look at."""
    flow = catalogue.BY_SLUG.get(one.flow)
    did = _ENDPOINTS[one.endpoint]()
    parts = [f"{flow.name}: {did}" if flow else did, *_of_shape(one.shape)]
    return ", ".join(parts)


def _of_shape(shape: Shape) -> Iterator[str]:
    if "code" in str(shape.get("response_type")):
        yield _challenge(shape)
    if shape.get("response_type"):
        yield _("with a nonce") if shape["nonce"] else _("without a nonce")
    if shape.get("object") == "unsigned":
        yield _("an unsigned request object")
    origin = catalogue.BY_SLUG.get(shape.get("origin", ""))
    if origin and origin.grant_type != shape["grant_type"]:
        yield _("of a grant by %s") % origin.name
    if shape.get("method"):
        yield _("authenticated by %s") % shape["method"]
    if scopes := shape.get("scopes") or shape.get("granted"):
        yield _("scope %s") % " ".join(scopes)
    if shape.get("redirect_uri"):
        yield _("answered at %s") % shape["redirect_uri"]


def _challenge(shape: Shape) -> str:
    if not shape["challenge"]:
        return _("no code_challenge")
    return _("code_challenge_method %s") % (shape["challenge_method"] or "plain")

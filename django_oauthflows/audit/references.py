"""How the refused is told the reference of a refusal: in a header always, and where `REFERENCE_IN` says."""

from typing import Any

from django.http import HttpRequest
from django.urls import NoReverseMatch

from django_oauthflows.conf import conf
from django_oauthflows.errors import Refusal
from django_oauthflows.issuer import url_of

#: Where a client finds the reference of a refusal, whatever `REFERENCE_IN` says.
REFERENCE_HEADER = "X-OAuth-Reference"
#: What `REFERENCE_IN` may be.
PLACES = ("description", "error_uri", "header")


def members_of(request: HttpRequest, refusal: Refusal, reference: str) -> dict[str, str]:
    """`error`, `error_description` and `error_uri` of an answer (RFC 6749 §4.1.2.1 and §5.2)."""
    return {"error": str(refusal.code), **told(request, refusal.sentence, reference)}


def told(request: Any, sentence: str, reference: str) -> dict[str, str]:
    """The sentence and the reference, as clients of this site are told them."""
    place = conf.REFERENCE_IN
    if place == "error_uri" and (page := _page_of(request, reference)):
        return {"error_description": sentence, "error_uri": page}
    if place == "header":
        return {"error_description": sentence}
    return {"error_description": f"{sentence} (reference {reference})"}


def _page_of(request: HttpRequest, reference: str) -> str:
    """The page that explains it; empty on an API that runs apart from its server."""
    try:
        return url_of(request, "explain", reference)
    except NoReverseMatch:
        return ""

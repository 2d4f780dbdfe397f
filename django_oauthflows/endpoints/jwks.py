"""The public keys this server signs with (RFC 7517 §5)."""

from hashlib import sha256

from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.cache import get_conditional_response

from django_oauthflows.conf import conf
from django_oauthflows.keys import adopted, ring
from django_oauthflows.protocol.documents import public_document

#: Longest a copy may be kept, in seconds.
_HOUR = 3600


@transaction.non_atomic_requests
@public_document
def jwks(request: HttpRequest) -> HttpResponse:
    """The key set. Public; kept for no longer than half of what a new key is announced before it signs."""
    keys = [*ring.published(), *adopted.published()]
    etag = sha256(" ".join(str(key["kid"]) for key in keys).encode()).hexdigest()[:32]
    response = JsonResponse({"keys": keys})
    response["Content-Type"] = "application/jwk-set+json"
    response["Cache-Control"] = f"public, max-age={min(_HOUR, conf.KEY_ANNOUNCED_SECONDS // 2)}"
    response["ETag"] = f'"{etag}"'
    return get_conditional_response(request, etag=response["ETag"], response=response) or response

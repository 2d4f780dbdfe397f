"""DOT's pages for people, which lead to our own: the tokens they allowed, and the device they confirm.

Links in old mails, and forms in a project's own templates, go on leading somewhere. Nothing ends or is
allowed by them: each leads to the page that asks (RFC 7009 §2.1, RFC 8628 §3.3.1).
"""

from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from django_oauthflows import dot
from django_oauthflows.consent.connections import connections_of

#: Forms of DOT's templates post to these addresses.
_TAKES = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
def authorized_tokens(request: HttpRequest) -> HttpResponse:
    """Lead to the connected apps."""
    return _go("connected-apps")


@csrf_exempt
@login_required
@_TAKES
def authorized_token_delete(request: HttpRequest, pk: str) -> HttpResponse:
    """Lead to the page that asks whether the client of one's own token is to lose its access."""
    key = _client_of_own_token(request.user, pk)
    if any(one.application_id == key for one in connections_of(request.user)):
        return _go("connected-app-withdraw", key)
    return _go("connected-apps")


@csrf_exempt
@_TAKES
def device_code_filled_in(request: HttpRequest, client_id: str, user_code: str) -> HttpResponse:
    """Lead to the page that takes the code of a device, with the code filled in (RFC 8628 §3.3.1)."""
    return _go("device", query={"user_code": user_code})


@require_safe
def device_grant_status(request: HttpRequest, client_id: str, user_code: str) -> HttpResponse:
    """Lead to the page that says how it ended, for whoever decided in this session."""
    return _go("device-done")


def _client_of_own_token(person: Any, pk: str) -> Any:
    """Return the key of a token's client. Raises `Http404` for a token that is not this person's."""
    model = dot.access_token_model()
    try:
        key = model._meta.pk.to_python(pk)
    except ValidationError:
        raise Http404 from None
    found = model._default_manager.filter(pk=key, user=person).values_list("application_id")
    row = found.first()
    if row is None:
        raise Http404
    return row[0]


def _go(name: str, *arguments: Any, query: dict[str, str] | None = None) -> HttpResponse:
    """Lead there by GET, whatever came: what a form held is not taken along (RFC 9110 §15.4.4)."""
    url = reverse(f"oauthflows:{name}", args=arguments)
    return HttpResponseRedirect(f"{url}?{urlencode(query)}" if query else url, status=303)

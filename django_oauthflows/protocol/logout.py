"""A request to sign out, step by step (OpenID Connect RP-Initiated Logout 1.0).

read the parameters → know the client and whom the hint is about → the rules, else a page → nobody signed in,
or the hint names this very sign-in: do it; else ask the person. Asking it twice changes nothing.
"""

from dataclasses import dataclass
from typing import Any

from django.contrib import auth
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from django_oauthflows import dot
from django_oauthflows.clients.facts import client_of
from django_oauthflows.errors import Code, Refusal
from django_oauthflows.identity.hints import Hint, hint_of
from django_oauthflows.identity.participants import frames_of, participants_of
from django_oauthflows.issuer import issuer_of
from django_oauthflows.keys.jwt import NotGenuine
from django_oauthflows.protocol import headers, languages, posted_logouts
from django_oauthflows.protocol import logout_pages as pages
from django_oauthflows.protocol.parameters import Parameters, from_body, from_query
from django_oauthflows.rules.base import enforce
from django_oauthflows.rules.logout import LOGOUT_RULES, LogoutRequest
from django_oauthflows.tokens.sessions import current_sid
from django_oauthflows.tokens.subjects import subject_of

#: What the form of the page sends, and whoever else sends it has to be that page (`endpoints/logout.py`).
DECISION, SIGN_OUT, STAY = "decision", "sign-out", "stay"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A request to sign out that passed every rule."""

    request: LogoutRequest
    hint: Hint | None
    locales: tuple[str, ...]


def answer(http: HttpRequest) -> HttpResponse:
    """Answer a request that came in the URL, and the form of the page it led to."""
    parameters: Parameters | None = None
    try:
        carried = posted_logouts.opened(http)
        parameters = carried[0] if carried else from_query(http)
        asked = _asked(*carried) if carried else _read(http, parameters)
    except Refusal as refusal:
        return pages.refused(http, refusal, parameters)
    with languages.spoken(asked.locales):
        return _proceed(http, asked)


def keep(http: HttpRequest) -> HttpResponse:
    """Take a request that came by POST, and have it asked for again in a way that brings the cookie along.

    Browsers send the session's cookie with no form of another site (SameSite=Lax): everybody would seem to be
    signed out already.
    """
    parameters: Parameters | None = None
    try:
        parameters = from_body(http)
        asked = _read(http, parameters)
    except Refusal as refusal:
        return pages.refused(http, refusal, parameters)
    url = f"{reverse('oauthflows:logout')}?{posted_logouts.query_for(parameters, asked.hint)}"
    return headers.no_store(HttpResponseRedirect(url, status=303))


def _read(http: HttpRequest, parameters: Parameters) -> Asked:
    sent = parameters.text("id_token_hint")
    return _asked(parameters, _genuine(sent, issuer_of(http)) if sent else None)


def _asked(parameters: Parameters, hint: Hint | None) -> Asked:
    """Know whom the request is from and about. Raises `Refusal`."""
    client_id = parameters.text("client_id")
    named = client_id or (hint.client_id if hint else "")
    request = LogoutRequest(
        client=client_of(named) if named else None,
        client_id=client_id,
        hinted_client_id=hint.client_id if hint else "",
        return_to=parameters.text("post_logout_redirect_uri"),
        state=parameters.text("state"),
    )
    enforce(LOGOUT_RULES, request)
    return Asked(request=request, hint=hint, locales=parameters.ordered("ui_locales"))


def _genuine(sent: str, issuer: str) -> Hint:
    try:
        return hint_of(sent, issuer=issuer)
    except NotGenuine:
        raise Refusal(
            Code.INVALID_REQUEST,
            "The id_token_hint is not an ID token of this server.",
            rule="id_token_hint_must_be_an_id_token_of_ours",
            spec="OpenID Connect RP-Initiated Logout 1.0 §4",
        ) from None


def _proceed(http: HttpRequest, asked: Asked) -> HttpResponse:
    decision = http.POST.get(DECISION) if http.method == "POST" else None
    if not http.user.is_authenticated:
        return pages.signed_out(http, asked.request)
    if decision == STAY:
        return pages.stayed(http, asked.request)
    if decision == SIGN_OUT or _is_about_this_sign_in(http, asked):
        return _sign_out(http, asked)
    return pages.ask(http, asked.request)


def _is_about_this_sign_in(http: HttpRequest, asked: Asked) -> bool:
    """Does the hint name who is signed in here? Then their client asks, and not some web page (§2)."""
    hint, client = asked.hint, asked.request.client
    if hint is None or client is None or _asks_always():
        return False
    same_session = hint.sid in ("", current_sid(http))
    return same_session and hint.subject == subject_of(client, http.user.pk)


def _asks_always() -> bool:
    """Does the project say so, in django-oauth-toolkit's own setting? Its default is no choice of theirs."""
    name = "OIDC_RP_INITIATED_LOGOUT_ALWAYS_PROMPT"
    return dot.project_says(name) and bool(dot.setting(name))


def _sign_out(http: HttpRequest, asked: Asked) -> HttpResponse:
    """Django's own sign-out, whose signal ends and tells all the rest; then the front channel's frames."""
    person: Any = http.user
    sid, issuer = current_sid(http), issuer_of(http)
    frames = frames_of(participants_of(sid, person), issuer=issuer, sid=sid)
    with transaction.atomic(using=dot.token_database()):
        auth.logout(http)
    return pages.signed_out(http, asked.request, frames=frames)

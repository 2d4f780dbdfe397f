"""A request to sign out, step by step (OpenID Connect RP-Initiated Logout 1.0).

read the parameters → know the client and whom the hint is about → the rules, else a page → nobody signed in,
or the hint names this very sign-in: do it; else ask the person. Asking it twice changes nothing.
Where nobody is signed in, a page offers to go on to a client that the site does not know.
Where the hint is genuine, a return address that may not be used is dropped: the person is asked, and stays.
"""

from dataclasses import dataclass, replace
from typing import Any

from django.contrib import auth
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from django_oauthflows import dot
from django_oauthflows.audit import recorder
from django_oauthflows.audit.redaction import redacted
from django_oauthflows.clients.facts import client_of
from django_oauthflows.conf import project_settings
from django_oauthflows.core import clock
from django_oauthflows.errors import Code, Refusal
from django_oauthflows.flows.device_code import DEVICE_CODE
from django_oauthflows.identity.hints import Hint, hint_of
from django_oauthflows.identity.participants import frames_of, participants_of
from django_oauthflows.issuer import issuer_of
from django_oauthflows.keys.foreign import peek
from django_oauthflows.keys.jwt import NotGenuine
from django_oauthflows.protocol import headers, languages, posted_logouts
from django_oauthflows.protocol import logout_pages as pages
from django_oauthflows.protocol.answers import is_trusted_by_somebody
from django_oauthflows.protocol.parameters import Parameters, from_body, from_query
from django_oauthflows.rules.base import enforce
from django_oauthflows.rules.logout import LOGOUT_RULES, RETURN_RULES, LogoutRequest
from django_oauthflows.tokens import families
from django_oauthflows.tokens.sessions import current_sid
from django_oauthflows.tokens.subjects import sid_of, subject_of

#: What the form of the page sends, and whoever else sends it has to be that page (`endpoints/logout.py`).
DECISION, SIGN_OUT, STAY = "decision", "sign-out", "stay"

_DELETE_TOKENS = "OIDC_RP_INITIATED_LOGOUT_DELETE_TOKENS"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A request to sign out that passed every rule.

    `refused_address` is why its return address was dropped: nothing after the rules knows the address then.
    """

    request: LogoutRequest
    hint: Hint | None
    locales: tuple[str, ...]
    refused_address: Refusal | None = None


def answer(http: HttpRequest) -> HttpResponse:
    """Answer a request that came in the URL, and the form of the page it led to."""
    parameters: Parameters | None = None
    try:
        carried = posted_logouts.opened(http)
        parameters = carried[0] if carried else from_query(http)
        asked = _asked(*carried) if carried else _read(http, parameters)
    except Refusal as refusal:
        return pages.refused(http, refusal, parameters)
    reference = _recorded(http, asked, parameters)
    with languages.spoken(asked.locales):
        return pages.with_reference(_proceed(http, asked, reference), reference)


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
        needs_tls=dot.is_switched_on("OIDC_RP_INITIATED_LOGOUT_STRICT_REDIRECT_URIS"),
        state=parameters.text("state"),
    )
    enforce(LOGOUT_RULES, request)
    refused_address = None
    try:
        enforce(RETURN_RULES, request)
    except Refusal as refusal:
        if hint is None:
            raise
        request, refused_address = replace(request, return_to="", state=""), refusal
    return Asked(
        request=request,
        hint=hint,
        locales=parameters.ordered("ui_locales"),
        refused_address=refused_address,
    )


def _recorded(http: HttpRequest, asked: Asked, parameters: Parameters) -> str:
    """Record a return address that was dropped, once for each visit. Return its reference, empty for none."""
    if asked.refused_address is None or http.method == "POST":
        return ""
    client = asked.request.client
    return recorder.refuse(
        asked.refused_address,
        http,
        endpoint="logout",
        application_key=client.key if client else None,
        client_id=asked.request.client_id or asked.request.hinted_client_id,
        detail=redacted(parameters.plain()),
    )


def _genuine(sent: str, issuer: str) -> Hint:
    try:
        hint = hint_of(sent, issuer=issuer)
    except NotGenuine:
        raise _wrong_hint(
            "The id_token_hint is not an ID token of this server.",
            "id_token_hint_must_be_an_id_token_of_ours",
        ) from None
    if dot.is_switched_off("OIDC_RP_INITIATED_LOGOUT_ACCEPT_EXPIRED_TOKENS") and _is_over(sent):
        raise _wrong_hint("The id_token_hint has expired.", "id_token_hint_must_not_be_expired")
    return hint


def _is_over(id_token: str) -> bool:
    """Return whether a genuine ID token has expired."""
    end = peek(id_token).claims.get("exp")
    return not isinstance(end, int | float) or end < clock.now().timestamp()


def _wrong_hint(sentence: str, rule: str) -> Refusal:
    spec = "OpenID Connect RP-Initiated Logout 1.0 §4"
    return Refusal(Code.INVALID_REQUEST, sentence, rule=rule, spec=spec)


def _proceed(http: HttpRequest, asked: Asked, reference: str) -> HttpResponse:
    decision = http.POST.get(DECISION) if http.method == "POST" else None
    if not http.user.is_authenticated:
        return pages.signed_out(http, asked.request, asks_first=not _may_lead_on(http, asked))
    if decision == STAY:
        return pages.stayed(http, asked.request)
    if decision == SIGN_OUT or _is_about_this_sign_in(http, asked):
        return _sign_out(http, asked)
    return pages.ask(http, asked.request, reference=reference)


def _may_lead_on(http: HttpRequest, asked: Asked) -> bool:
    """Return whether the client may have somebody back at once who is not signed in.

    Anybody can register a client, and let a link of this site lead to it (RFC 9700 §4.11.2). An ID token in
    that link shows that somebody signed in to the client before, and not that it was this person.
    """
    client = asked.request.client
    return client is None or is_trusted_by_somebody(http, client)


def _is_about_this_sign_in(http: HttpRequest, asked: Asked) -> bool:
    """Does the hint name this very sign-in? Then their client asks, and not some web page (§2).

    An ID token that names no session, as those of django-oauth-toolkit, says who and not which sign-in.
    Where the return address was dropped, the request is not wholly their client's as it is registered.
    """
    hint, client = asked.hint, asked.request.client
    if asked.refused_address is not None or _asks_always():
        return False
    if hint is None or client is None or not hint.sid:
        return False
    here = current_sid(http)
    # Before each sector had a name of its own, all clients were told the same.
    same_session = bool(here) and hint.sid in (here, sid_of(client, here))
    try:
        return same_session and hint.subject == subject_of(client, http.user.pk, user=http.user)
    except Refusal:
        return False  # whom the hint names is not known: the person is asked


def _asks_always() -> bool:
    """Does the project say so, in django-oauth-toolkit's own setting? Its default is no choice of theirs."""
    return dot.is_switched_on("OIDC_RP_INITIATED_LOGOUT_ALWAYS_PROMPT")


def _ends_everything() -> bool:
    """Does all that the person granted end, in whichever sign-in, as on django-oauth-toolkit?

    Where the project wrote nothing of that, our own setting goes before DOT's default.
    """
    if "REVOKE_ON_LOGOUT" in project_settings() and not dot.project_says(_DELETE_TOKENS):
        return False
    return bool(dot.deletes_tokens_at_logout())


def _devices() -> Any:
    """Return the keys of the applications that DOT leaves their tokens: those of its device grant."""
    rows = dot.applications().filter(authorization_grant_type=DEVICE_CODE.grant_type)
    return rows.order_by().values("pk")


def _sign_out(http: HttpRequest, asked: Asked) -> HttpResponse:
    """Django's own sign-out, whose signal ends and tells all the rest; then the front channel's frames."""
    person: Any = http.user
    sid, issuer = current_sid(http), issuer_of(http)
    with transaction.atomic(using=dot.token_database()):
        if _ends_everything():
            families.revoke_all(person=person, reason="signed_out", spared=_devices(), request=http)
        auth.logout(http)
        # Afterwards, so that a client which redeems its code at this moment is among them.
        frames = frames_of(participants_of(sid, person), issuer=issuer, sid=sid)
    return pages.signed_out(http, asked.request, frames=frames)

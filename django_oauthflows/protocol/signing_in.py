"""Who is in front of the browser, and where they are sent before they are asked anything.

A sign-in page, sign-up page or page for a second factor is the project's own: it is called with `next`, and
leads back to the same authorization request. What it was called for is an errand (`errands.py`), so that
coming back without having been there does not count.
"""

from dataclasses import replace
from typing import Any
from urllib.parse import urlencode, urlsplit, urlunsplit

from django.contrib.auth import REDIRECT_FIELD_NAME, get_user_model, logout
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render, resolve_url

from django_oauthflows import dot
from django_oauthflows.clients.presentation import presented
from django_oauthflows.conf import conf
from django_oauthflows.consent.decision import NOBODY, Next, Presence, took_too_long
from django_oauthflows.core import clock, text, users
from django_oauthflows.protocol import errands, headers, kept_requests
from django_oauthflows.protocol.errands import Errand
from django_oauthflows.protocol.sending import Asked
from django_oauthflows.protocol.sign_in_page import login_url
from django_oauthflows.rules.contexts import satisfied_by
from django_oauthflows.rules.requests import AuthorizationRequest
from django_oauthflows.sessions import engine, noting
from django_oauthflows.tokens.sessions import SignIn, current_sid, sign_in_of
from django_oauthflows.tokens.subjects import subject_of

#: What the forms of these pages send.
CONTINUE, ANOTHER = "continue", "another-account"


def presence_of(http: HttpRequest, request: AuthorizationRequest, errand: Errand) -> Presence:
    """Who is there, as far as a decision needs to know it."""
    person: Any = http.user
    is_there = person.is_authenticated and users.is_active(person)
    return presence(person, sign_in_of(http) if is_there else None, request, errand)


def presence(
    person: Any, sign_in: SignIn | None, request: AuthorizationRequest, errand: Errand
) -> Presence:
    """The same of a person and how they signed in; of nobody who may, without a sign-in."""
    if sign_in is None:
        return replace(NOBODY, was_sent_to_sign_up=errand.was_sent_to_sign_up)
    since = sign_in.auth_time.timestamp() if sign_in.auth_time else None
    sent = errand.sent_to_sign_in
    age = None if since is None else clock.now().timestamp() - since
    for_it = sent is not None and since is not None and since > sent
    is_over = for_it and age is not None and took_too_long(request.max_age, age)
    return Presence(
        is_signed_in=True,
        age=age,
        acr=sign_in.acr,
        weaker=frozenset(satisfied_by(sign_in.acr, conf.ACR_LADDER)),
        is_expected=not request.subjects
        or request.subjects <= {subject_of(request.client, person.pk, user=person)},
        signed_in_for_it=for_it and not is_over,
        took_too_long=is_over,
        has_agreed=bool(errand.agreed_by) and errand.agreed_by == str(person.pk),
        was_sent_to_sign_up=errand.was_sent_to_sign_up,
        was_sent_to_step_up=errand.was_sent_to_step_up,
        has_chosen=errand.has_chosen,
        can_step_up_to=_contexts_of_site() if conf.STEP_UP_URL else frozenset(),
    )


def _contexts_of_site() -> frozenset[str]:
    """Return the contexts that a person can step up to. The lowest step is everybody's."""
    return frozenset((*conf.ACR_LADDER[1:], *conf.ACR_VALUES_SUPPORTED))


def read_again(http: HttpRequest) -> None:
    """Look once more at who is signed in, after something of it changed while the answer was made.

    Read from the database that is written to. A session that has ended, or that began with an older password,
    is nobody's; Django says the same of it at the next request.
    """
    people, person = get_user_model()._base_manager.using(dot.token_database()), None
    if http.user.is_authenticated:
        person = people.filter(pk=http.user.pk).first()
    session: Any = http.session
    if person and engine.belongs_to(session, person) and not noting.has_ended(current_sid(http)):
        http.user = person
        return
    session.flush()
    http.user = AnonymousUser()


def send_away(http: HttpRequest, asked: Asked, errand: Errand, where: Next) -> HttpResponse:
    """To the page the decision names, and back here."""
    if where is Next.SIGN_IN_AGAIN and errand.sent_to_sign_in is not None:
        return _sign_in_again(http, asked)
    if where is Next.CHOOSE_ACCOUNT and not conf.ACCOUNT_CHOOSER_URL:
        return _choose_account(http, asked)
    page, errand = road(where, errand)
    wishes = asked.request.acr_required or asked.request.acr_values
    query = {
        "login_hint": _hint_for(where, asked.request.login_hint),
        "ui_locales": " ".join(asked.request.ui_locales),
        **({"acr_values": " ".join(wishes)} if where is Next.STEP_UP else {}),
    }
    response = HttpResponseRedirect(_with(http, page, query))
    return errands.keep(headers.no_store(response), http, asked.address.name, errand)


def _hint_for(where: Next, hint: str) -> str:
    """Return the name that the client expects, for the page to show; none that could deceive there."""
    return "" if where is Next.STEP_UP or text.flaw_of(hint, is_name=False) else hint


def road(where: Next, errand: Errand) -> tuple[str, Errand]:
    """The project's page that a decision leads to, and the errand of whoever was sent there."""
    page, errand = _ROADS[where](errand)
    return page, errand


#: Where the project's own page is, and what is remembered of having sent somebody there.
_ROADS: dict[Next, Any] = {
    Next.SIGN_IN: lambda errand: (login_url(), errand.to_sign_in()),
    Next.SIGN_IN_AGAIN: lambda errand: (
        conf.REAUTHENTICATION_URL or login_url(),
        errand.to_sign_in(),
    ),
    # Whoever signs up is signed in by it.
    Next.CREATE_ACCOUNT: lambda errand: (
        conf.REGISTRATION_URL,
        replace(errand.to_sign_in(), was_sent_to_sign_up=True),
    ),
    # Coming back from the project's chooser is the choice.
    Next.CHOOSE_ACCOUNT: lambda errand: (
        conf.ACCOUNT_CHOOSER_URL,
        replace(errand, has_chosen=True),
    ),
    Next.STEP_UP: lambda errand: (conf.STEP_UP_URL, replace(errand, was_sent_to_step_up=True)),
}


def take_choice(http: HttpRequest, asked: Asked, errand: Errand) -> HttpResponse:
    """Take what somebody pressed on a page of this module: go on as they are, or sign out first."""
    if http.POST.get("account") == ANOTHER:
        kept_requests.leave_sign_in(http)
        logout(http)
        errand = replace(errand, sent_to_sign_in=clock.now().timestamp())
        response = HttpResponseRedirect(_with(http, login_url(), {}), status=303)
    else:
        errand = replace(errand, has_chosen=True)
        response = HttpResponseRedirect(http.get_full_path(), status=303)
    return errands.keep(headers.no_store(response), http, asked.address.name, errand)


def _sign_in_again(http: HttpRequest, asked: Asked) -> HttpResponse:
    """They came back without having signed in: many sign-in pages let nobody in who is signed in already."""
    context = {
        "person": http.user,
        "is_other": bool(asked.request.subjects),
        "another": ANOTHER,
    }
    return _page(http, "oauthflows/sign_in_again.html", context, asked)


def _choose_account(http: HttpRequest, asked: Asked) -> HttpResponse:
    context = {
        "person": http.user,
        "continue": CONTINUE,
        "another": ANOTHER,
    }
    return _page(http, "oauthflows/choose_account.html", context, asked)


def _page(http: HttpRequest, template: str, context: dict[str, Any], asked: Asked) -> HttpResponse:
    client = presented(asked.request.client, redirect_uri=asked.request.redirect_uri).client
    return headers.page(
        render(http, template, {"client": client, **context}),
        leads_to=asked.request.redirect_uri,
        images_from=[client.logo_uri],
    )


def _with(http: HttpRequest, page: str, query: dict[str, str]) -> str:
    """The page with what it is told, and the way back here: an absolute URL where it is on another host."""
    parts, here = urlsplit(resolve_url(page)), http.build_absolute_uri()
    is_elsewhere = parts.netloc not in ("", http.get_host())
    told = {name: value for name, value in query.items() if value}
    told[REDIRECT_FIELD_NAME] = here if is_elsewhere else http.get_full_path()
    joined = "&".join(part for part in (parts.query, urlencode(told, safe="/")) if part)
    return urlunsplit(parts._replace(query=joined))

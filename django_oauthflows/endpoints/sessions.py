"""The person's own page of where they are signed in, and how to end it."""

from django.contrib import auth, messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.http import require_http_methods, require_safe

from django_oauthflows.endpoints.confirmation import Question, ask_first, moment_of
from django_oauthflows.identity.logout import end_session
from django_oauthflows.protocol import headers
from django_oauthflows.protocol.sign_in_page import sign_in_required
from django_oauthflows.sessions import agents, engine
from django_oauthflows.sessions.listing import open_sessions, places_of
from django_oauthflows.sessions.models import ProviderSession
from django_oauthflows.tokens.sessions import current_sid, note_use

_BY_PERSON = "ended_by_person"
_METHODS = ("GET", "HEAD", "POST")


@sign_in_required
@require_safe
def sessions(request: HttpRequest) -> HttpResponse:
    """List every browser the person is signed in with."""
    if request.method == "GET":
        note_use(request)
    context = {
        "places": places_of(request.user, current_sid=current_sid(request)),
        "can_be_ended": engine.sessions_can_be_ended(),
    }
    return headers.page(render(request, "oauthflows/sessions.html", context))


@csrf_protect
@sign_in_required
@require_http_methods(_METHODS)
def session_end(request: HttpRequest, session_id: int) -> HttpResponse:
    """Ask first, then sign the person out of another browser."""
    row = next((row for row in open_sessions(request.user) if row.pk == session_id), None)
    if row is None or row.sid == current_sid(request):
        raise Http404
    if request.method != "POST":
        return ask_first(request, _about_browser(row))
    if end_session(row, reason=_BY_PERSON, request=request):
        messages.success(request, _("That browser was signed out."))
    else:
        messages.error(request, _("That browser could not be signed out from here."))
    return headers.no_store(redirect("oauthflows:sessions"))


@csrf_protect
@sign_in_required
@require_http_methods(_METHODS)
def sessions_end_others(request: HttpRequest) -> HttpResponse:
    """Ask first, then sign the person out of every browser but this one."""
    if request.method != "POST":
        return ask_first(request, _about_browsers(request, with_this=False))
    count = _end_others(request)
    said = ngettext("%d other browser was signed out.", "%d other browsers were signed out.", count)
    messages.success(request, said % count)
    return headers.no_store(redirect("oauthflows:sessions"))


@csrf_protect
@sign_in_required
@require_http_methods(_METHODS)
def sessions_end_all(request: HttpRequest) -> HttpResponse:
    """Ask first, then sign the person out everywhere, here last."""
    if request.method != "POST":
        return ask_first(request, _about_browsers(request, with_this=True))
    _end_others(request)
    auth.logout(request)
    return headers.page(render(request, "oauthflows/logout/signed_out.html", {"everywhere": True}))


def _others(request: HttpRequest) -> list[ProviderSession]:
    here = current_sid(request)
    return [row for row in open_sessions(request.user) if row.sid != here]


def _end_others(request: HttpRequest) -> int:
    others = _others(request)
    return sum(end_session(row, reason=_BY_PERSON, request=request) for row in others)


def _about_browser(row: ProviderSession) -> Question:
    seen = moment_of(row.last_seen)
    return Question(
        heading=_("Sign out %(browser)s?") % {"browser": agents.described(row.user_agent)},
        sentences=(
            _("That browser is signed out at once."),
            _told_apps(),
            _("Last seen: %(date)s") % {"date": seen},
        ),
        yes=_("Sign out"),
        no=_("No, leave it"),
        back="sessions",
    )


def _about_browsers(request: HttpRequest, *, with_this: bool) -> Question:
    count = len(_others(request))
    ends = ngettext(
        "%d other browser is signed out at once.",
        "%d other browsers are signed out at once.",
        count,
    )
    return Question(
        heading=_("Sign out everywhere?") if with_this else _("Sign out the others?"),
        sentences=(
            ends % count,
            *([_("You are signed out of this one too.")] if with_this else []),
            _told_apps(),
        ),
        yes=_("Sign out everywhere") if with_this else _("Sign out the others"),
        no=_("No, leave them"),
        back="sessions",
    )


def _told_apps() -> str:
    return _("Apps that were opened there with your account are told, and may sign you out too.")

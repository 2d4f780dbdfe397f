"""The person's own page of where they are signed in, and how to end it."""

from django.contrib import auth, messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.http import require_POST, require_safe

from django_oauthflows.identity.logout import end_session
from django_oauthflows.protocol import headers
from django_oauthflows.sessions import engine
from django_oauthflows.sessions.listing import open_sessions, places_of
from django_oauthflows.tokens.sessions import current_sid, note_use

_BY_PERSON = "ended_by_person"


@login_required
@require_safe
def sessions(request: HttpRequest) -> HttpResponse:
    """List every browser the person is signed in with."""
    note_use(request)
    context = {
        "places": places_of(request.user, current_sid=current_sid(request)),
        "can_be_ended": engine.sessions_can_be_ended(),
    }
    return headers.page(render(request, "oauthflows/sessions.html", context))


@csrf_protect
@login_required
@require_POST
def session_end(request: HttpRequest, session_id: int) -> HttpResponse:
    """Sign the person out of another browser."""
    row = next((row for row in open_sessions(request.user) if row.pk == session_id), None)
    if row is None or row.sid == current_sid(request):
        raise Http404
    if end_session(row, reason=_BY_PERSON, request=request):
        messages.success(request, _("That browser was signed out."))
    else:
        messages.error(request, _("That browser could not be signed out from here."))
    return headers.no_store(redirect("oauthflows:sessions"))


@csrf_protect
@login_required
@require_POST
def sessions_end_others(request: HttpRequest) -> HttpResponse:
    """Sign the person out of every browser but this one."""
    count = _end_others(request)
    said = ngettext("%d other browser was signed out.", "%d other browsers were signed out.", count)
    messages.success(request, said % count)
    return headers.no_store(redirect("oauthflows:sessions"))


@csrf_protect
@login_required
@require_POST
def sessions_end_all(request: HttpRequest) -> HttpResponse:
    """Sign the person out everywhere, here last."""
    _end_others(request)
    auth.logout(request)
    return headers.page(render(request, "oauthflows/logout/signed_out.html", {"everywhere": True}))


def _end_others(request: HttpRequest) -> int:
    here = current_sid(request)
    others = [row for row in open_sessions(request.user) if row.sid != here]
    return sum(end_session(row, reason=_BY_PERSON, request=request) for row in others)

"""The person's own page: what they connected, and how to end it."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.http import require_POST, require_safe

from django_oauthflows import dot
from django_oauthflows.consent import sign_ins
from django_oauthflows.consent.connections import connections_of
from django_oauthflows.consent.memory import withdraw
from django_oauthflows.protocol import headers


@login_required
@require_safe
def connected_apps(request: HttpRequest) -> HttpResponse:
    """List every client with access to the person's data."""
    connections = connections_of(request.user)
    page = render(request, "oauthflows/connected_apps.html", {"connections": connections})
    return headers.page(page, images_from=[connection.logo_uri for connection in connections])


@csrf_protect
@login_required
@require_POST
def connected_app_withdraw(request: HttpRequest, application_id: int) -> HttpResponse:
    """End a client's access; nothing is lost that the person could not give again."""
    application = get_object_or_404(dot.application_model()._default_manager, pk=application_id)
    withdraw(application, request.user, request=request)
    messages.success(request, _("%(name)s no longer has access.") % {"name": application})
    return headers.no_store(redirect("oauthflows:connected-apps"))


@csrf_protect
@login_required
@require_POST
def connected_app_end_sign_in(request: HttpRequest, authorization_id: UUID) -> HttpResponse:
    """End one sign-in of an app; its others go on, and so does what the person agreed to."""
    ended = sign_ins.end(request.user, authorization_id, request=request)
    if ended is None:
        raise Http404
    messages.success(request, _("One sign-in of %(name)s was ended.") % {"name": ended.application})
    return headers.no_store(redirect("oauthflows:connected-apps"))

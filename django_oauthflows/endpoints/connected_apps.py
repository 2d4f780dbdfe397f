"""The person's own page: what they connected, and how to end it."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.http import require_http_methods, require_safe

from django_oauthflows import dot
from django_oauthflows.clients.presentation import name_of
from django_oauthflows.consent import sign_ins
from django_oauthflows.consent.connections import Connection, connections_of
from django_oauthflows.consent.memory import withdraw
from django_oauthflows.endpoints.confirmation import Question, ask_first, moment_of
from django_oauthflows.issuer import issuer_of
from django_oauthflows.protocol import headers
from django_oauthflows.protocol.sign_in_page import sign_in_required


@sign_in_required
@require_safe
def connected_apps(request: HttpRequest) -> HttpResponse:
    """List every client with access to the person's data."""
    connections = connections_of(request.user, issuer=issuer_of(request))
    page = render(request, "oauthflows/connected_apps.html", {"connections": connections})
    return headers.page(page, images_from=[connection.logo_uri for connection in connections])


@csrf_protect
@sign_in_required
@require_http_methods(["GET", "HEAD", "POST"])
def connected_app_withdraw(request: HttpRequest, application_id: int) -> HttpResponse:
    """Ask first, then end a client's access; nothing is lost that the person could not give again."""
    if request.method != "POST":
        return ask_first(request, _about_withdrawal(_connection(request, application_id)))
    application = get_object_or_404(dot.application_model()._default_manager, pk=application_id)
    withdraw(application, request.user, request=request)
    messages.success(request, _("%(name)s no longer has access.") % {"name": name_of(application)})
    return headers.no_store(redirect("oauthflows:connected-apps"))


@csrf_protect
@sign_in_required
@require_http_methods(["GET", "HEAD", "POST"])
def connected_app_end_sign_in(request: HttpRequest, authorization_id: UUID) -> HttpResponse:
    """Ask first, then end one sign-in of an app; its others go on, and so does what was agreed to."""
    if request.method != "POST":
        return ask_first(request, _about_sign_in(request, authorization_id))
    ended = sign_ins.end(request.user, authorization_id, request=request)
    if ended is None:
        raise Http404
    messages.success(
        request, _("One sign-in of %(name)s was ended.") % {"name": name_of(ended.application)}
    )
    return headers.no_store(redirect("oauthflows:connected-apps"))


def _connection(request: HttpRequest, application_id: int) -> Connection:
    """One of the person's own apps. Raises `Http404` for any other: nobody learns what clients there are."""
    found = (one for one in connections_of(request.user) if one.application_id == application_id)
    connection = next(found, None)
    if connection is None:
        raise Http404
    return connection


def _about_withdrawal(connection: Connection) -> Question:
    count = len(connection.sign_ins)
    ends = ngettext(
        "It is signed out at once: %d sign-in ends.",
        "It is signed out at once: %d sign-ins end.",
        count,
    )
    return Question(
        heading=_("Withdraw the access of %(name)s?") % {"name": connection.name},
        sentences=(
            _(
                "The app can no longer use your account, nor can any app it handed its access on to."
            ),
            *([ends % count] if count else []),
            _("It asks you again if you use it again. What it has copied already stays with it."),
        ),
        yes=_("Withdraw access"),
        no=_("No, keep it"),
        back="connected-apps",
        name=connection.name,
        logo_uri=connection.logo_uri,
    )


def _about_sign_in(request: HttpRequest, authorization_id: UUID) -> Question:
    """Raises `Http404` for what is no open sign-in of the person's."""
    for connection in connections_of(request.user):
        for sign_in in connection.sign_ins:
            if sign_in.id == authorization_id and not sign_in.is_on_behalf:
                since = moment_of(sign_in.since)
                return Question(
                    heading=_("End this sign-in of %(name)s?") % {"name": connection.name},
                    sentences=(
                        _("It ends at once. The other sign-ins of the app go on."),
                        _("Signed in since: %(date)s") % {"date": since},
                    ),
                    yes=_("End the sign-in"),
                    no=_("No, keep it"),
                    back="connected-apps",
                    name=connection.name,
                    logo_uri=connection.logo_uri,
                )
    raise Http404

"""What a person sees of a sign-out: the question, that it is done, and where it goes on."""

from collections.abc import Sequence
from urllib.parse import urlencode, urlsplit, urlunsplit

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.encoding import iri_to_uri
from django.utils.translation import gettext as _

from django_oauthflows.audit.redaction import redacted
from django_oauthflows.audit.references import REFERENCE_HEADER
from django_oauthflows.clients import uris
from django_oauthflows.clients.presentation import presented
from django_oauthflows.errors import Refusal
from django_oauthflows.identity.participants import Frame
from django_oauthflows.protocol import headers
from django_oauthflows.protocol.answers import error_page
from django_oauthflows.protocol.parameters import Parameters
from django_oauthflows.rules.logout import LogoutRequest


def ask(http: HttpRequest, request: LogoutRequest, *, reference: str = "") -> HttpResponse:
    """Ask whether the person means it: any page on the web can lead here.

    `reference` is that of a return address which was dropped; the page says that there was one.
    """
    client = presented(request.client).client if request.client else None
    context = {"client": client, "person": http.user, "reference": reference}
    logos = [client.logo_uri] if client else []
    page = render(http, "oauthflows/logout/confirm.html", context)
    return headers.page(page, leads_to=request.return_to, images_from=logos)


def stayed(http: HttpRequest, request: LogoutRequest) -> HttpResponse:
    """They did not mean it. Nobody is sent anywhere, since nothing was done (§3)."""
    page = render(http, "oauthflows/logout/stayed.html", {"client": request.client})
    return headers.page(page)


def signed_out(
    http: HttpRequest,
    request: LogoutRequest,
    *,
    frames: Sequence[Frame] = (),
    asks_first: bool = False,
) -> HttpResponse:
    """It is done, now or before: back to the client if there is a way, after the frames have loaded.

    `asks_first` says that a person has to agree to go there.
    """
    onward = _return_address(request)
    if onward and not frames and not asks_first:
        return _redirect(http, onward)
    context = {
        "frames": frames,
        "onward": onward,
        "asks_first": asks_first,
        "onward_host": uris.shown_host(request.return_to) if onward else "",
    }
    page = render(http, "oauthflows/logout/signed_out.html", context)
    return headers.page(
        page, runs_our_scripts=bool(frames), frames_from=[frame.origin for frame in frames]
    )


def with_reference(response: HttpResponse, reference: str) -> HttpResponse:
    """Name the reference of a return address that was dropped, where there is one."""
    if reference:
        response[REFERENCE_HEADER] = reference
    return response


def refused(http: HttpRequest, refusal: Refusal, parameters: Parameters | None) -> HttpResponse:
    """A request that is none: nobody was signed out, and nobody is sent anywhere."""
    return error_page(
        http,
        refusal,
        endpoint="logout",
        template="oauthflows/logout/error.html",
        title=_("You were not signed out"),
        client_id=parameters.text("client_id") if parameters else "",
        detail=redacted(parameters.plain()) if parameters else {},
    )


def _return_address(request: LogoutRequest) -> str:
    """The registered address with the client's `state` (§3); empty where there is none to go to."""
    uri = request.return_to
    if not uri or uris.is_dangerous(uri) or not uris.is_readable(uri):
        return ""
    parts = urlsplit(uri)
    state = urlencode({"state": request.state}) if request.state else ""
    query = "&".join(part for part in (parts.query, state) if part)
    return iri_to_uri(urlunsplit(parts._replace(query=query)))


def _redirect(http: HttpRequest, onward: str) -> HttpResponse:
    response = HttpResponse(status=303 if http.method == "POST" else 302)
    # Not HttpResponseRedirect: it knows no scheme of an app's own, and this URI was registered.
    response["Location"] = onward
    response["Referrer-Policy"] = "no-referrer"
    return headers.no_store(response)

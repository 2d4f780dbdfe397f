"""The admin's page for an incident: say what, see how much that is, confirm, and watch it end."""

from contextlib import closing
from time import monotonic
from typing import Any, cast

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.signing import BadSignature
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_post_parameters

from django_oauthflows import dot, long_lists, screens
from django_oauthflows.clients import access
from django_oauthflows.clients.access import Deed
from django_oauthflows.clients.admin_pages import page_of
from django_oauthflows.tokens import blast
from django_oauthflows.tokens.forms import RadiusForm, packed, unpacked
from django_oauthflows.tokens.radius import Counts, Radius

#: Seconds a request goes on revoking before it tells how far it came.
_PATIENCE = 8

_NAMES = {
    "grants": gettext_lazy("Grants"),
    "exchanged": gettext_lazy("Grants made of those by exchange"),
    "refresh_tokens": gettext_lazy("Refresh tokens"),
    "access_tokens": gettext_lazy("Access tokens"),
    "codes": gettext_lazy("Codes"),
    "device_codes": gettext_lazy("Devices that wait"),
}


class MassRevocation:
    """For the screen of grants: one more page, for whoever has the permission to revoke in bulk.

    A leaked token comes by POST and goes no further: the pages after it carry the keys of what it belongs to,
    signed.
    """

    admin_site: Any
    opts: Any

    def get_urls(self) -> list[URLPattern]:
        # One transaction for each batch, where the project wraps each request in one.
        page = transaction.non_atomic_requests(using=dot.token_database())(
            self.admin_site.admin_view(sensitive_post_parameters("leaked_token")(self.mass_revoke))
        )
        urls: list[URLPattern] = super().get_urls()  # type: ignore[misc]
        return [path("revoke/", page, name="oauthflows_mass_revoke"), *urls]

    def mass_revoke(self, request: HttpRequest) -> HttpResponse:
        """The form; with it filled in, the counts; with those confirmed, the end of it."""
        if not may_revoke_in_bulk(request):
            raise PermissionDenied
        if request.method == "POST" and "radius" in request.POST:
            return self._confirmed(request)
        form = RadiusForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            return self._counted(request, form.radius())
        return self._page(request, form=form)

    def _counted(self, request: HttpRequest, radius: Radius, *, done: int = 0) -> HttpResponse:
        seen = blast.preview(radius, at_most=long_lists.LIMIT)
        return self._page(
            request,
            rows=_rows(seen.counts),
            seen=seen,
            is_leak=radius.leak is not None,
            radius=packed(radius),
            done=done,
        )

    def _confirmed(self, request: HttpRequest) -> HttpResponse:
        try:
            radius = unpacked(request.POST["radius"])
        except BadSignature:
            messages.error(request, _("That was too long ago. Nothing was revoked: begin again."))
            return redirect(request.path)
        done, is_complete = _revoke_for_a_while(radius, request)
        if not is_complete:
            ended = _so_far(request) + done.grants + done.exchanged
            return self._counted(request, radius, done=ended)
        return self._page(request, ended=_rows(done))

    def _page(self, request: HttpRequest, **context: Any) -> HttpResponse:
        screen = cast(screens.ModelAdmin, self)
        return page_of(screen, request, "mass_revoke", {"title": _("Revoke tokens"), **context})


def may_revoke_in_bulk(request: HttpRequest) -> bool:
    """A permission of its own: one press of a button can end everybody's access.

    Owners of clients have no part in it, for what is asked here goes across clients, as its counts do.
    """
    return access.may(request.user, Deed.MASS_REVOKE)


def _revoke_for_a_while(radius: Radius, request: HttpRequest) -> tuple[Counts, bool]:
    done, until = Counts(), monotonic() + _PATIENCE
    with closing(blast.revoke(radius, by=request.user, request=request)) as run:
        for done in run:
            if monotonic() >= until:
                return done, False
    return done, blast.nothing_is_left(radius)


def _so_far(request: HttpRequest) -> int:
    """What the page says was ended before; it is shown again and decides nothing."""
    said = request.POST.get("done", "")
    return int(said) if said.isascii() and said.isdigit() and len(said) < 10 else 0


def _rows(counts: Counts) -> list[tuple[Any, int]]:
    return [(title, getattr(counts, name)) for name, title in _NAMES.items()]

"""The admin's pages for secrets of a client: added, replaced, and each shown once."""

from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from django_oauthflows.clients import one_time_display, secrets
from django_oauthflows.clients.access import Deed
from django_oauthflows.clients.admin_pages import shown_already
from django_oauthflows.clients.models import ClientSecret
from django_oauthflows.clients.secret_forms import AddSecretForm, RotateSecretForm
from django_oauthflows.clients.secret_list import still_using_an_old_one


class SecretPages:
    """For the screen of clients: what may be done to secrets, by POST alone."""

    admin_site: Any
    client_for: Any
    _change_url: Any
    _page: Any
    log_change: Any
    message_user: Any

    def secret_urls(self) -> list[URLPattern]:
        shown = self.admin_site.admin_view(require_GET(self.new_secret))
        return [
            path("<int:pk>/secrets/new/<slug:handle>/", shown, name="oauthflows_new_secret"),
            self._posted("<int:pk>/secrets/add/", self.add_secret),
            self._posted("<int:pk>/secrets/<int:secret_pk>/rotate/", self.rotate_secret),
        ]

    def _posted(self, route: str, view: Any) -> URLPattern:
        name = f"oauthflows_{view.__name__}"
        pattern: URLPattern = path(route, self.admin_site.admin_view(require_POST(view)), name=name)
        return pattern

    def add_secret(self, request: HttpRequest, pk: int) -> HttpResponse:
        """One more secret, shown on this page alone; the others go on working."""
        application = self.client_for(request, pk, Deed.ROTATE)
        if application.client_type != "confidential":
            raise Http404
        form = AddSecretForm(request.POST)
        if not form.is_valid():
            return self._refused(request, pk, form)
        said = form.cleaned_data
        label = said["label"] or _("added in the admin")
        secret = secrets.add(
            application,
            label=label,
            expires=said["expires"],
            is_readable=said["keep_readable"],
            request=request,
        )
        self._log(request, application, "added", label)
        return self._shown_once(
            request, application, label, secret, until=said["expires"], is_replacement=False
        )

    def rotate_secret(self, request: HttpRequest, pk: int, secret_pk: int) -> HttpResponse:
        """A new secret, shown on this page alone; the old one works until the overlap is over."""
        application = self.client_for(request, pk, Deed.ROTATE)
        old = self._live(pk, secret_pk)
        form = RotateSecretForm(request.POST)
        if not form.is_valid():
            return self._refused(request, pk, form)
        secret = secrets.rotate(old, overlap=form.overlap_time(), request=request)
        self._log(request, application, "added", old.label)
        return self._shown_once(
            request, application, old.label, secret, until=old.expires, is_replacement=True
        )

    def _live(self, pk: int, secret_pk: int) -> ClientSecret:
        live = ClientSecret.objects.live()
        return get_object_or_404(live, pk=secret_pk, application_id=pk)

    def _refused(self, request: HttpRequest, pk: int, form: forms.Form) -> HttpResponse:
        for name, wrong in form.errors.items():
            label = form.fields[name].label if name in form.fields else ""
            self.message_user(request, f"{label}: {' '.join(map(str, wrong))}", messages.ERROR)
        return redirect(self._change_url(pk))

    def _shown_once(
        self,
        request: HttpRequest,
        application: Any,
        label: str,
        secret: str,
        *,
        until: datetime | None,
        **more: Any,
    ) -> HttpResponse:
        """Leave the button: a reload of the page that follows makes no second secret."""
        pk = application.pk
        return one_time_display.redirect_to(
            request,
            _page_of(pk),
            {"secret": secret, "label": label, "until": until and until.isoformat(), **more},
            lambda handle: reverse("admin:oauthflows_new_secret", args=[pk, handle]),
        )

    def new_secret(self, request: HttpRequest, pk: int, handle: str) -> HttpResponse:
        """The new secret, once. A secret that takes the place of another says until when both work."""
        application = self.client_for(request, pk, Deed.ROTATE)
        waiting = one_time_display.take(request, _page_of(pk), handle)
        if waiting is None:
            return shown_already(self, request, self._change_url(pk))  # type: ignore[arg-type]
        page: HttpResponse = self._page(
            request,
            "secret_created",
            title=_("A new secret for %(name)s") % {"name": application},
            application=application,
            secret_label=waiting["label"],
            client_secret=waiting["secret"],
            until=parse_datetime(waiting["until"] or ""),
            is_replacement=waiting["is_replacement"],
            change_url=self._change_url(pk),
        )
        return one_time_display.forget_cookie(request, page)

    def _log(
        self, request: HttpRequest, application: Any, what: str, label: str, **more: Any
    ) -> None:
        change = {what: {"name": "client secret", "object": label, **more}}
        self.log_change(request, application, [change])


def _page_of(pk: Any) -> str:
    return f"new-secret:{pk}"


def using_an_old_secret(applications: Any) -> Any:
    """The clients that were given a newer secret and go on using an older one."""
    return applications.filter(pk__in=still_using_an_old_one().values("application_id"))

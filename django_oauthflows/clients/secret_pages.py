"""The admin's pages for secrets of a client: added, replaced, retired, and each shown once."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from django_oauthflows.clients import secrets
from django_oauthflows.clients.access import Deed
from django_oauthflows.clients.facts import facts_of
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
        return [
            self._posted("<int:pk>/secrets/add/", self.add_secret),
            self._posted("<int:pk>/secrets/<int:secret_pk>/rotate/", self.rotate_secret),
            self._posted("<int:pk>/secrets/<int:secret_pk>/retire/", self.retire_secret),
            self._posted("<int:pk>/secrets/dot/retire/", self.retire_dot_secret),
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
        return self._shown_once(request, application, label, secret, expires=said["expires"])

    def rotate_secret(self, request: HttpRequest, pk: int, secret_pk: int) -> HttpResponse:
        """A new secret, shown on this page alone; the old one works until the overlap is over."""
        application = self.client_for(request, pk, Deed.ROTATE)
        old = self._live(pk, secret_pk)
        form = RotateSecretForm(request.POST)
        if not form.is_valid():
            return self._refused(request, pk, form)
        secret = secrets.rotate(old, overlap=form.overlap_time(), request=request)
        return self._shown_once(request, application, old.label, secret, old=old)

    def retire_secret(self, request: HttpRequest, pk: int, secret_pk: int) -> HttpResponse:
        application = self.client_for(request, pk, Deed.ROTATE)
        secret = self._live(pk, secret_pk)
        secrets.retire(secret, request=request)
        return self._retired(request, application, str(secret))

    def retire_dot_secret(self, request: HttpRequest, pk: int) -> HttpResponse:
        application = self.client_for(request, pk, Deed.ROTATE)
        if not facts_of(application).dot_secret:
            raise Http404
        secrets.retire_dots(application, request=request)
        return self._retired(request, application, secrets.FROM_DOT)

    def _live(self, pk: int, secret_pk: int) -> ClientSecret:
        live = ClientSecret.objects.live()
        return get_object_or_404(live, pk=secret_pk, application_id=pk)

    def _retired(self, request: HttpRequest, application: Any, label: str) -> HttpResponse:
        self._log(request, application, "changed", label, fields=["retired"])
        self.message_user(request, _("The secret was retired."), messages.SUCCESS)
        return redirect(self._change_url(application.pk))

    def _refused(self, request: HttpRequest, pk: int, form: forms.Form) -> HttpResponse:
        for name, wrong in form.errors.items():
            label = form.fields[name].label if name in form.fields else ""
            self.message_user(request, f"{label}: {' '.join(map(str, wrong))}", messages.ERROR)
        return redirect(self._change_url(pk))

    def _shown_once(
        self, request: HttpRequest, application: Any, label: str, secret: str, **context: Any
    ) -> HttpResponse:
        self._log(request, application, "added", label)
        page: HttpResponse = self._page(
            request,
            "secret_created",
            title=_("A new secret for %(name)s") % {"name": application},
            application=application,
            secret_label=label,
            client_secret=secret,
            change_url=self._change_url(application.pk),
            **context,
        )
        return page

    def _log(
        self, request: HttpRequest, application: Any, what: str, label: str, **more: Any
    ) -> None:
        change = {what: {"name": "client secret", "object": label, **more}}
        self.log_change(request, application, [change])


def using_an_old_secret(applications: Any) -> Any:
    """The clients that were given a newer secret and go on using an older one."""
    return applications.filter(pk__in=still_using_an_old_one().values("application_id"))

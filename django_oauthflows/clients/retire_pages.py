"""The admin's pages that end a secret of a client: what would stop is said first."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from django_oauthflows.clients import secrets
from django_oauthflows.clients.access import Deed
from django_oauthflows.clients.admin_questions import ask
from django_oauthflows.clients.facts import facts_of
from django_oauthflows.clients.models import ClientSecret
from django_oauthflows.long_lists import LIMIT, count_up_to
from django_oauthflows.rules.requests import AuthMethod

#: Posted by whoever was told that the client stops.
_STOPS = "stops"


class RetirePages:
    """For the screen of clients: a GET asks, a POST retires."""

    admin_site: Any
    client_for: Any
    _change_url: Any
    log_change: Any
    message_user: Any

    def retire_urls(self) -> list[URLPattern]:
        return [
            self._asked("<int:pk>/secrets/<int:secret_pk>/retire/", self.retire_secret),
            self._asked("<int:pk>/secrets/dot/retire/", self.retire_dot_secret),
        ]

    def _asked(self, route: str, view: Any) -> URLPattern:
        name = f"oauthflows_{view.__name__}"
        methods = require_http_methods(["GET", "HEAD", "POST"])
        pattern: URLPattern = path(route, self.admin_site.admin_view(methods(view)), name=name)
        return pattern

    def retire_secret(self, request: HttpRequest, pk: int, secret_pk: int) -> HttpResponse:
        application = self.client_for(request, pk, Deed.RETIRE)
        live = ClientSecret.objects.live()
        secret = get_object_or_404(live, pk=secret_pk, application_id=pk)
        stops = _stops_without(application, secret)
        if not _is_answered(request, stops=stops):
            return self._ask_about(request, application, secret.label, stops=stops)
        secrets.retire(secret, request=request)
        return self._retired(request, application, str(secret))

    def retire_dot_secret(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The secret in django-oauth-toolkit's own column."""
        application = self.client_for(request, pk, Deed.RETIRE)
        if not facts_of(application).dot_secret:
            raise Http404
        stops = _stops_without(application, None)
        if not _is_answered(request, stops=stops):
            return self._ask_about(request, application, secrets.FROM_DOT, stops=stops)
        secrets.retire_dots(application, request=request)
        return self._retired(request, application, secrets.FROM_DOT)

    def _ask_about(
        self, request: HttpRequest, application: Any, label: str, *, stops: bool
    ) -> HttpResponse:
        told = (
            _what_stops(application) if stops else [_("The client's other secrets go on working.")]
        )
        return ask(
            self,  # type: ignore[arg-type]
            request,
            title=_("Retire the secret?"),
            sentences=[
                _("The secret “%(label)s” of %(name)s ends now, and for good.")
                % {"label": label, "name": application},
                *told,
            ],
            fields=[(_STOPS, "yes")] if stops else [],
            back_url=self._change_url(application.pk),
        )

    def _retired(self, request: HttpRequest, application: Any, label: str) -> HttpResponse:
        change = {"name": "client secret", "object": label, "fields": ["retired"]}
        self.log_change(request, application, [{"changed": change}])
        self.message_user(request, _("The secret was retired."), messages.SUCCESS)
        return redirect(self._change_url(application.pk))


def _is_answered(request: HttpRequest, *, stops: bool) -> bool:
    """Was the page seen; and if the client stops, was that on it? It may be the last secret by now."""
    return request.method == "POST" and (not stops or _STOPS in request.POST)


def _stops_without(application: Any, secret: ClientSecret | None) -> bool:
    """Is it all that an enabled client has to authenticate with? Without one, DOT's own is meant."""
    client = facts_of(application)
    if not client.is_enabled or client.authentication_method == AuthMethod.PRIVATE_KEY_JWT:
        return False
    others = ClientSecret.objects.filter(application_id=application.pk).live()
    if client.authentication_method == AuthMethod.SECRET_JWT:
        # The server verifies with the secret itself.
        others = others.exclude(sealed="")
    if secret is not None:
        return not client.dot_secret and not others.exclude(pk=secret.pk).exists()
    return not others.exists()


def _what_stops(application: Any) -> list[str]:
    now_open = application.oauthflows_authorizations.live()
    count = count_up_to(now_open, LIMIT)
    grants = ngettext(
        "%(count)s grant that people gave it cannot be refreshed any more.",
        "%(count)s grants that people gave it cannot be refreshed any more.",
        int(count),
    )
    return [
        _("It is the last secret of this client: it stops."),
        _("The client gets no new token, refreshes none, and introspects and revokes none."),
        *([grants % {"count": str(count)}] if count else []),
        _(
            "Access tokens it holds already work until they expire. Add a new secret first if it is to go on."
        ),
    ]

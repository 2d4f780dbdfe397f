"""The admin's page "What token would this get?": asked by a GET, since nothing comes of it.

The consent page stands in it as text of a frame that may do nothing (`sandbox`): it has no address, no token
against forgery and no button that works, so there is nothing to frame, to post or to be tricked into.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from django.contrib.auth import get_user_model
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import URLPattern, path, reverse
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from django_oauthflows.clients import access
from django_oauthflows.clients.access import Deed
from django_oauthflows.clients.admin_pages import page_of
from django_oauthflows.clients.facts import facts_of
from django_oauthflows.clients.guarded_screens import ClientsWithinReach
from django_oauthflows.protocol.rehearsal.base import JWT, ConsentPage, Delivery, Rehearsal
from django_oauthflows.protocol.rehearsal.forms import RehearsalForm
from django_oauthflows.protocol.rehearsal.running import rehearse


def may_rehearse(request: HttpRequest, application: Any) -> bool:
    """Whoever may see the client and the people of this site, since what is told of them is shown."""
    return access.may(request.user, Deed.VIEW, application) and _may_see_people(request)


class RehearsalPages(ClientsWithinReach):
    """For the screen of clients: one more page of each."""

    def get_urls(self) -> list[URLPattern]:
        page = self.admin_site.admin_view(require_safe(self.rehearse))
        return [path("<int:pk>/rehearsal/", page, name="oauthflows_rehearse"), *super().get_urls()]

    def rehearse(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The form and, once it was filled in, the answer."""
        application = self.client_for(request, pk, Deed.VIEW)
        if not _may_see_people(request):
            raise PermissionDenied
        form = RehearsalForm(request.GET or None, client=facts_of(application))
        answer = rehearse(request, form.question()) if form.is_valid() else None
        meta = self.opts
        context = {
            "title": _("What token would this get?"),
            "application": application,
            "change_url": reverse(f"admin:{meta.app_label}_{meta.model_name}_change", args=[pk]),
            "form": form,
            **(_answered(request, answer) if answer else {}),
        }
        return page_of(self, request, "rehearsal", context)

    def render_change_form(
        self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        application = context.get("original")
        context["may_rehearse"] = application is not None and may_rehearse(request, application)
        return super().render_change_form(request, context, *args, **kwargs)


def _may_see_people(request: HttpRequest) -> bool:
    meta = get_user_model()._meta
    names = (f"{meta.app_label}.{verb}_{meta.model_name}" for verb in ("view", "change"))
    return any(request.user.has_perm(name) for name in names)


def _answered(request: HttpRequest, rehearsal: Rehearsal) -> dict[str, Any]:
    page = rehearsal.page
    return {
        "rehearsal": rehearsal,
        "consent_page": _inert(request, page) if page else "",
        "consent_has_logo": bool(page and page.context["client"].logo_uri),
        "deliveries": [_shown(delivery) for delivery in rehearsal.deliveries],
    }


def _inert(request: HttpRequest, page: ConsentPage) -> str:
    """The page as the person would see it. Their browser would fetch the client's logo; this one does not."""
    context = {
        **page.context,
        "client": replace(page.context["client"], logo_uri=""),
        "is_rehearsal": True,
    }
    return render_to_string(page.template, context, request)


def _shown(delivery: Delivery) -> dict[str, Any]:
    return {
        "delivery": delivery,
        "expires_in": _duration(delivery.expires_in),
        "refresh_idle": _duration(delivery.refresh_idle),
        "refresh_absolute": _duration(delivery.refresh_absolute),
        "access_jwt": _jwt(delivery.access_jwt),
        "introspection": _json(delivery.introspection),
        "id_token": _jwt(delivery.id_token),
        "id_token_rows": list(_rows(delivery.id_token.claims)) if delivery.id_token else [],
        "userinfo_rows": list(_rows(delivery.userinfo or {})),
    }


def _jwt(said: JWT | None) -> dict[str, str] | None:
    return None if said is None else {"header": _json(said.header), "claims": _json(said.claims)}


def _json(members: Mapping[str, Any]) -> str:
    return json.dumps(members, indent=2, default=str, ensure_ascii=False)


def _rows(claims: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for name, value in sorted(claims.items()):
        said = value if isinstance(value, str) else json.dumps(value, default=str)
        yield name, f"{said} · {_moment(value)}" if name in _MOMENTS else said


#: Claims that are a number of seconds since 1970 (RFC 7519 §2).
_MOMENTS = ("auth_time", "exp", "iat", "updated_at")


def _moment(seconds: int) -> str:
    return date_format(localtime(datetime.fromtimestamp(seconds, tz=UTC)), "DATETIME_FORMAT")


def _duration(seconds: int | None) -> str:
    """As people say it, in the two largest units; empty for no end."""
    if seconds is None:
        return ""
    parts, rest = [], seconds
    for size, say in _UNITS:
        count, rest = divmod(rest, size)
        if count:
            parts.append(say(count) % {"n": count})
    return ", ".join(parts[:2]) or _("no time at all")


_UNITS: tuple[tuple[int, Callable[[int], str]], ...] = (
    (86400, lambda count: ngettext("%(n)d day", "%(n)d days", count)),
    (3600, lambda count: ngettext("%(n)d hour", "%(n)d hours", count)),
    (60, lambda count: ngettext("%(n)d minute", "%(n)d minutes", count)),
    (1, lambda count: ngettext("%(n)d second", "%(n)d seconds", count)),
)

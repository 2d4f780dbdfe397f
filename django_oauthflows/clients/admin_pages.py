"""A page of our own within Django's admin: kept by nobody, since it may show a secret."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from django_oauthflows import screens


def page_of(
    screen: "admin.ModelAdmin[Any]", request: HttpRequest, name: str, context: dict[str, Any]
) -> HttpResponse:
    """The page of this name below `admin/oauthflows/`, for one screen of the admin."""
    response = TemplateResponse(
        request,
        f"admin/oauthflows/{name}.html",
        {
            **screen.admin_site.each_context(request),
            "opts": screen.opts,
            "is_unfold": screens.IS_UNFOLD,
            **context,
        },
    )
    response["Cache-Control"] = "no-store"
    return response


def shown_already(
    screen: "admin.ModelAdmin[Any]", request: HttpRequest, back_url: str
) -> HttpResponse:
    """The page where a one-time display was: nothing is there any more, or not for this user."""
    context = {"title": _("Shown once already"), "back_url": back_url}
    response = page_of(screen, request, "shown_already", context)
    response.status_code = 410
    return response

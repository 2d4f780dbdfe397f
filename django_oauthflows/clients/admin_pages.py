"""A page of our own within Django's admin: kept by nobody, since it may show a secret."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from django_oauthflows import screens


def page_of(
    screen: "screens.ModelAdmin[Any]", request: HttpRequest, name: str, context: dict[str, Any]
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

"""DOT's pages for managing applications, which lead to the admin now.

Code that reverses `oauth2_provider:detail`, as an application's own `get_absolute_url` does, goes on working.
"""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import NoReverseMatch
from django.views.decorators.http import require_safe

from django_oauthflows import dot


@require_safe
def application_list(request: HttpRequest) -> HttpResponse:
    return _admin_page("changelist")


@require_safe
def application_register(request: HttpRequest) -> HttpResponse:
    return _admin_page("add")


@require_safe
def application_detail(request: HttpRequest, pk: str) -> HttpResponse:
    return _admin_page("change", pk)


def _admin_page(name: str, *arguments: Any) -> HttpResponse:
    """Go to the admin's page, which asks who is there; 404 for a site without the admin."""
    meta = dot.application_model()._meta
    try:
        return redirect(f"admin:{meta.app_label}_{meta.model_name}_{name}", *arguments)
    except NoReverseMatch:
        raise Http404 from None

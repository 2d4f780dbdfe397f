"""What the admin's start page of this app asks for: a page of the site's, which hands over nothing."""

from typing import Any

from django import template
from django.template.context import Context

from django_oauthflows.audit import start_page

register = template.Library()


@register.inclusion_tag("admin/oauthflows/traffic.html", takes_context=True)
def oauthflows_traffic(context: Context) -> dict[str, Any]:
    """Charts of the requests and refusals of late, for whoever may see them; else nothing."""
    request = context["request"]
    if not start_page.may_see(request.user):
        return {}
    days = start_page.days_of(request.GET.get("days"))
    shown = start_page.start_page(request.user, days=days)
    return {"shown": shown, "spans": start_page.SPANS}

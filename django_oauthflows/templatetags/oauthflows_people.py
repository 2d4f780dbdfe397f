"""Names of people on pages, whatever the project's user model is."""

from typing import Any

from django import template

from django_oauthflows.core.users import name_shown_of

register = template.Library()


@register.filter
def name_shown(person: Any) -> str:
    """Return the full name of a person, else the name they sign in with."""
    return name_shown_of(person) if person else ""

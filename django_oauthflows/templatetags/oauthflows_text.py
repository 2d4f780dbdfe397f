"""Filters for text of strangers on pages (UAX #9, UTS #39 §5.4)."""

from django import template

from django_oauthflows.core import text

register = template.Library()


@register.filter
def legible(value: object) -> str:
    """Return a text as people are shown it: without what is invisible, turns the line, or is heaped."""
    return text.cleaned(str(value))


@register.filter
def escaped(value: object) -> str:
    """Return a text as it was sent, with an escape for what would not be seen."""
    return text.for_terminal(value)

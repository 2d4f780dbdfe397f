"""What of a client's page everybody understands: the first fieldset of each of its forms."""

from collections.abc import Iterator
from typing import Any


def settings_are_wrong(context: dict[str, Any]) -> bool:
    """Is there an error in what stands folded up under All settings?"""
    screens = [context["adminform"]]
    for formset in context["inline_admin_formsets"]:
        if formset.formset.non_form_errors():
            return True
        screens += list(formset)
    return any(_is_wrong(screen) for screen in screens)


def _is_wrong(screen: Any) -> bool:
    wrong = set(screen.form.errors)
    return bool(wrong - set(_plain_fields(screen)))


def _plain_fields(screen: Any) -> Iterator[str]:
    """The names of the fields in the first fieldset."""
    first = next(iter(screen), None)
    for line in first if first is not None else ():
        yield from line.fields

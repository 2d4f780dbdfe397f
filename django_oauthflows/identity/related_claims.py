"""Standard claims from a row beside the user's own, as that of a profile model (OpenID Connect Core §5.1)."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from django_oauthflows.identity.claims import STANDARD_CLAIMS, Claim

#: Django's user model has these itself.
_OF_THE_USER = frozenset(
    ("name", "given_name", "family_name", "preferred_username", "email", "email_verified")
)


def claims_of_row(row_of: Callable[[Any], Any]) -> Mapping[str, Claim]:
    """Return a mapping for the setting `CLAIMS`: each claim comes from the field of its name.

    `row_of` gets the person and returns a model's instance, or `None` for somebody who has none. A field that
    the model does not have is a claim that nobody is told.
    """
    return {
        name: replace(claim, source=_from_row(row_of, claim.source))
        for name, claim in STANDARD_CLAIMS.items()
        if name not in _OF_THE_USER
    }


def _from_row(row_of: Callable[[Any], Any], source: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def of_person(person: Any) -> Any:
        row = row_of(person)
        return None if row is None else source(row)

    return of_person

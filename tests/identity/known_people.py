"""Ada with all the claims of OpenID Connect Core §5.1, as a row that a project could have of her."""

from datetime import UTC, date, datetime
from types import SimpleNamespace
from typing import Any

from django.core.exceptions import FieldDoesNotExist

from django_oauthflows.identity.related_claims import claims_of_row
from example_project.accounts.people import PEOPLE

#: What the OpenID Foundation's modules for the scopes look for (§5.4), email aside.
OF_SCOPES = {
    "profile": {
        *("name", "family_name", "given_name", "middle_name", "nickname", "preferred_username"),
        *("profile", "picture", "website", "gender", "birthdate", "zoneinfo", "locale"),
        "updated_at",
    },
    "address": {"address"},
    "phone": {"phone_number", "phone_number_verified"},
}


class Row(SimpleNamespace):
    """As an instance of a model with these fields, and no others."""

    @property
    def _meta(self) -> Any:
        return SimpleNamespace(get_field=self._field)

    def _field(self, name: str) -> str:
        if not hasattr(self, name):
            raise FieldDoesNotExist
        return name


ADA = PEOPLE[0].details
ROWS: dict[str, Row | None] = {}
#: The value of the setting CLAIMS: what `ROWS` holds of a person, by the first name.
CLAIMS = claims_of_row(lambda person: ROWS.get(person.first_name))


def know_ada() -> None:
    ROWS["Ada"] = Row(
        **{**ADA, "birthdate": date(1815, 12, 10)}, updated_at=datetime(2026, 1, 1, tzinfo=UTC)
    )

"""What a person may tick."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from django_oauthflows.rules.requests import ClientFacts


@dataclass(frozen=True, slots=True, kw_only=True)
class ScopeRow:
    """One line of the consent page."""

    name: str
    description: str
    is_required: bool
    is_new: bool
    is_checked: bool
    input_id: str


class ConsentForm(forms.Form):
    """The optional scopes of one request; the required ones are added by the server, ticked or not."""

    scopes = forms.MultipleChoiceField(required=False, widget=forms.CheckboxSelectMultiple)

    def __init__(
        self,
        *args: Any,
        client: ClientFacts,
        asked: Collection[str],
        remembered: frozenset[str] | None,
        descriptions: dict[str, str],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self._asked = sorted(asked)
        self._required = client.required_scopes | {"openid"}
        self._remembered = remembered
        self._descriptions = descriptions
        field = self.fields["scopes"]
        assert isinstance(field, forms.MultipleChoiceField)  # noqa: S101 - declared above
        field.choices = [(name, name) for name in self._asked]

    def clean_scopes(self) -> frozenset[str]:
        """What was granted: at least one scope, or there is nothing to grant."""
        granted = frozenset(self.cleaned_data["scopes"]) | (self._required & frozenset(self._asked))
        if not granted:
            raise forms.ValidationError(_("Choose at least one thing to allow, or press Deny."))
        return granted

    def rows(self) -> list[ScopeRow]:
        """The lines to show, required ones first."""
        chosen = set(self.data.getlist("scopes")) if self.is_bound else None  # type: ignore[attr-defined]
        rows = [
            ScopeRow(
                name=name,
                description=str(self._descriptions.get(name, name)),
                is_required=name in self._required,
                is_new=self._remembered is not None and name not in self._remembered,
                is_checked=name in self._required or chosen is None or name in chosen,
                input_id=f"scope-{position}",
            )
            for position, name in enumerate(self._asked)
        ]
        return sorted(rows, key=lambda row: not row.is_required)

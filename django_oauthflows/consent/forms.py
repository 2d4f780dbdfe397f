"""What a person may tick."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext_lazy as _

from django_oauthflows.consent.remembered import RememberedConsent
from django_oauthflows.consent.scope import ConsentScope
from django_oauthflows.rules.requests import ClientFacts


@dataclass(frozen=True, slots=True, kw_only=True)
class ScopeRow:
    """One line of the consent page.

    `claims` are the names of those it is about alone, where the client asks for no more of the scope.
    """

    name: str
    description: str
    is_required: bool
    is_new: bool
    is_checked: bool
    input_id: str
    claims: tuple[str, ...] = ()


class ConsentForm(forms.Form):
    """The optional scopes of one request; the required ones are added by the server, ticked or not.

    Of a client that needs all it asks for, every scope is required, and the one box `everything` has to be
    ticked. The page says by the hidden field `shown` which checksum it was made with. Where that of the page
    as it would be now is another one, nothing was agreed to. `device` tells the devices of a client apart.
    """

    scopes = forms.MultipleChoiceField(required=False, widget=forms.CheckboxSelectMultiple)
    everything = forms.BooleanField(required=False)

    def __init__(
        self,
        *args: Any,
        client: ClientFacts,
        asked: ConsentScope,
        remembered: RememberedConsent | None,
        descriptions: dict[str, str],
        device: str = "",
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self._page = asked
        self.fingerprint = asked.fingerprint(client, device=device)
        self._asked = sorted(asked.all_scopes)
        required = client.fixed_scopes
        #: Has the person to tick that they allow all of it? Not where nothing could be left out.
        self.is_all_or_nothing = client.needs_all_scopes and not required.issuperset(self._asked)
        self._required = frozenset(self._asked) if self.is_all_or_nothing else required
        self._remembered = remembered
        self._descriptions = descriptions
        field = self.fields["scopes"]
        assert isinstance(field, forms.MultipleChoiceField)  # noqa: S101 - declared above
        field.choices = [(name, name) for name in self._asked]

    @property
    def has_changed_page(self) -> bool:
        """Tell whether the page shows something else now than when the person opened it."""
        return self.is_bound and not constant_time_compare(
            self.data.get("shown", ""), self.fingerprint
        )

    @property
    def status(self) -> int:
        """The status of the page that shows this form: nothing was wrong with one that is too old."""
        return 400 if self.errors and not self.has_changed_page else 200

    def clean(self) -> None:
        """Refuse what was sent from a page that showed something else."""
        if self.has_changed_page:
            self.errors.clear()
            raise forms.ValidationError(
                _(
                    "Something here has changed since this page was opened. "
                    "Look at it again before you allow it."
                )
            )

    def clean_scopes(self) -> frozenset[str]:
        """What was granted: at least one scope, or there is nothing to grant."""
        granted = frozenset(self.cleaned_data["scopes"]) | (self._required & frozenset(self._asked))
        if not granted:
            raise forms.ValidationError(_("Choose at least one thing to allow, or press Deny."))
        return granted

    def clean_everything(self) -> bool:
        """Refuse Allow without the one tick, whether or not the browser asked for it."""
        is_ticked: bool = self.cleaned_data["everything"]
        if self.is_all_or_nothing and not is_ticked:
            raise forms.ValidationError(
                _("This app needs all of it: tick the box to allow that, or press Deny.")
            )
        return is_ticked

    def rows(self) -> list[ScopeRow]:
        """The lines to show, required ones first."""
        chosen = set(self.data.getlist("scopes")) if self.is_bound else None  # type: ignore[attr-defined]
        rows = [
            ScopeRow(
                name=name,
                description=str(self._descriptions.get(name, name)),
                is_required=name in self._required,
                is_new=self._is_new(name),
                is_checked=name in self._required or chosen is None or name in chosen,
                input_id=f"scope-{position}",
                claims=self._claims_alone(name),
            )
            for position, name in enumerate(self._asked)
        ]
        return sorted(rows, key=lambda row: not row.is_required)

    def _is_new(self, name: str) -> bool:
        """Tell whether the person has not agreed to this line before, where they agreed to any."""
        known = self._remembered
        if known is None or known.knows_scope(name):
            return False
        return name in self._page.scopes or not known.knows_claims(self._page, name)

    def _claims_alone(self, name: str) -> tuple[str, ...]:
        return tuple(sorted(claim.name for claim in self._page.claims if claim.scope == name))

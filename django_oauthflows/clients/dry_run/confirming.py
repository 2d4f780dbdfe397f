"""All settings are tried before they are saved: what they would have refused is read before it is refused."""

import json
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from django_oauthflows import dot
from django_oauthflows.clients.dry_run.panel import Panel, panel_of
from django_oauthflows.clients.dry_run.running import COLUMNS


class _Tick(forms.CheckboxInput):
    """An empty box that sends `value` when it is ticked."""

    def __init__(self, value: str) -> None:
        super().__init__(check_test=lambda sent: False)
        self._value = value

    def format_value(self, value: Any) -> str:
        return self._value


class TriedFirst(forms.ModelForm):  # type: ignore[type-arg]
    """A form of a client's policy that is saved only once somebody has read what it would have refused.

    The box to say so stands for these very changes and refusals: others ask for it again.
    """

    accepts_refusals = forms.CharField(
        label=_("I have read which requests would have been refused: save it all the same"),
        required=False,
        widget=forms.HiddenInput,
    )

    def try_first(self, cleaned: Mapping[str, Any]) -> None:
        """Called at the end of `clean`: settings that are wrong are not worth trying."""
        if not self.errors and (changes := self._changes(cleaned)):
            self._try(changes, accepted=cleaned.get("accepts_refusals", ""))

    def _changes(self, cleaned: Mapping[str, Any]) -> dict[str, Any]:
        """What differs from the row as it is, of the columns that decide about requests.

        Where there is none yet, all: other defaults go for an application without a policy.
        """
        is_new = self.instance.pk is None
        return {
            column: cleaned[column]
            for column in sorted(COLUMNS & cleaned.keys())
            if is_new or cleaned[column] != getattr(self.instance, column)
        }

    def _try(self, changes: Mapping[str, Any], *, accepted: str) -> None:
        # Read afresh: the one of the form takes the form's own policy for its policy.
        applications = dot.application_model()._default_manager
        rows = applications.select_related("oauthflows_policy", "user")
        application = rows.filter(pk=self.instance.application_id).first()
        panel = panel_of(application, changes) if application else None
        if panel is None or not panel.stopped:
            return
        seal = _seal(changes, panel)
        if accepted == seal:
            return
        self.fields["accepts_refusals"].widget = _Tick(seal)
        said = [f"{panel.refused_text} {panel.since_text}", *(line.text for line in panel.stopped)]
        for sentence in said:
            self.add_error("accepts_refusals", sentence)


def _seal(changes: Mapping[str, Any], panel: Panel) -> str:
    told = [changes, [[line.rule, line.sentence] for line in panel.stopped]]
    return sha256(json.dumps(told, sort_keys=True, default=str).encode()).hexdigest()

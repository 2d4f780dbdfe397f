"""Whose doing a step in the life of a key is, for the audit log."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest

from django_oauthflows.audit import recorder
from django_oauthflows.audit.events import Event
from django_oauthflows.keys.models import SigningKey


@dataclass(frozen=True, slots=True, kw_only=True)
class Doer:
    """Who takes the steps: as `recorder.record` has it, the server where nobody is named."""

    by: Any = None
    request: HttpRequest | None = None

    def record(self, event: Event, key: SigningKey) -> None:
        """Write down that a step was taken, once it is."""
        told = {"kid": key.kid, "algorithm": key.algorithm}
        recorder.record(event, by=self.by, request=self.request, detail=told)

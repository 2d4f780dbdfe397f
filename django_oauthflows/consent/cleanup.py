"""What of the remembered consents may be deleted."""

from collections.abc import Iterator
from datetime import datetime

from django.db.models import Q

from django_oauthflows import dot
from django_oauthflows.batches import Ended
from django_oauthflows.consent.models import Consent


def ended_before(moment: datetime) -> Iterator[Ended]:
    """Consents that are asked for anew anyway."""
    condition = Q(expires__lt=moment)
    yield Ended(name="consents", model=Consent, using=dot.token_database(), condition=condition)

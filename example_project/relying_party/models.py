"""What this site remembers of a sign-in beyond Django's session."""

from django.db import models


class SignedIn(models.Model):
    """A session here that came from one at the provider, so that its end there can be its end here."""

    session_key = models.CharField(max_length=40, primary_key=True)
    subject = models.CharField(max_length=255, db_index=True)
    provider_session = models.CharField(max_length=255, blank=True, db_index=True)

    def __str__(self) -> str:
        return self.subject

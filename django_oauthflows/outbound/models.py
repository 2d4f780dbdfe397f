"""The tokens this site holds at other providers."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from django_oauthflows.core.writer import WriterQuerySet


class StoredToken(models.Model):
    """One connection's token, encrypted, and the lease of whoever is renewing it.

    `key` says whose it is in the words of the project; it is empty for the client's own.
    """

    provider = models.CharField(_("provider"), max_length=100)
    key = models.CharField(_("key"), max_length=255, blank=True)
    sealed = models.TextField(blank=True, editable=False)
    lease = models.CharField(max_length=32, blank=True, editable=False)
    lease_expires = models.DateTimeField(null=True, blank=True, editable=False)
    created = models.DateTimeField(_("since"), auto_now_add=True)
    updated = models.DateTimeField(_("last renewed"), auto_now=True)

    objects: ClassVar[models.Manager["StoredToken"]] = WriterQuerySet["StoredToken"].as_manager()

    class Meta:
        verbose_name = _("stored token")
        verbose_name_plural = _("stored tokens")
        constraints = [
            models.UniqueConstraint(
                fields=["provider", "key"], name="oauthflows_one_token_per_connection"
            )
        ]

    def __str__(self) -> str:
        return f"{self.provider}: {self.key}" if self.key else self.provider

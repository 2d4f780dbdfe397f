"""A key of the server's, from its announcement to its end."""

from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from django_oauthflows.core.writer import WriterQuerySet


class State(models.TextChoices):
    """Where a key stands. After `RETIRED` its row is deleted: gone."""

    ANNOUNCED = "announced", _("announced: published, and not signing yet")
    SIGNING = "signing", _("signing")
    RETIRED = "retired", _("retired: published, and signing no more")


class SigningKey(models.Model):
    """One key pair. The private part is encrypted at rest, and erased once the key retires."""

    kid = models.CharField(_("key id"), max_length=64, unique=True, editable=False)
    algorithm = models.CharField(_("algorithm"), max_length=10, editable=False)
    state = models.CharField(
        _("state"), max_length=10, choices=State.choices, default=State.ANNOUNCED, editable=False
    )
    public = models.JSONField(_("public key"), editable=False)
    sealed = models.TextField(blank=True, editable=False)
    announced = models.DateTimeField(_("announced"), default=timezone.now, editable=False)
    signing_since = models.DateTimeField(_("signing since"), null=True, blank=True, editable=False)
    retired = models.DateTimeField(_("retired"), null=True, blank=True, editable=False)

    objects: ClassVar[models.Manager["SigningKey"]] = WriterQuerySet["SigningKey"].as_manager()

    class Meta:
        verbose_name = _("signing key")
        verbose_name_plural = _("signing keys")
        ordering = ("-announced", "-pk")
        constraints = (
            # Two workers that need the first key at the same moment end up with one.
            models.UniqueConstraint(
                fields=("algorithm", "state"),
                condition=~models.Q(state=State.RETIRED),
                name="oauthflows_one_key_per_state",
            ),
        )

    def __str__(self) -> str:
        return f"{self.algorithm} {self.kid}"

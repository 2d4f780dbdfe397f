"""What was last found of each client."""

from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from django_oauthflows import dot


class ClientReview(models.Model):
    """The outcome of a client's last review, so that the database can sort and filter thousands by it.

    `worst` is the number of a `Severity`. Neither replaces a review: findings depend on the day too, so a
    client's own page asks anew.
    """

    application = models.OneToOneField(
        dot.APPLICATION_MODEL,
        on_delete=models.CASCADE,
        related_name="oauthflows_last_review",
        verbose_name=_("client"),
    )
    score = models.PositiveSmallIntegerField(_("score"))
    worst = models.PositiveSmallIntegerField(_("worst finding"))
    computed = models.DateTimeField(_("reviewed"), default=timezone.now)

    objects: ClassVar[models.Manager["ClientReview"]] = models.Manager()

    class Meta:
        verbose_name = _("client review")
        verbose_name_plural = _("client reviews")

    def __str__(self) -> str:
        return f"{self.score}/100"

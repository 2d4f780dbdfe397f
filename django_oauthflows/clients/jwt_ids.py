"""Identifiers of JWTs that were used (RFC 7519 §4.1.7)."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _


class UsedJwtId(models.Model):
    """The `jti` of an assertion that was accepted once and never again.

    The row stays until nobody would accept the assertion any more. Of the identifier only a checksum is kept.
    """

    checksum = models.CharField(max_length=64, unique=True, editable=False)
    expires = models.DateTimeField(_("ends"), db_index=True, editable=False)

    objects: ClassVar[models.Manager["UsedJwtId"]] = models.Manager()

    class Meta:
        verbose_name = _("used JWT id")
        verbose_name_plural = _("used JWT ids")

    def __str__(self) -> str:
        return str(self.pk)

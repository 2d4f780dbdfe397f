"""Authorization requests that wait under a reference."""

from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from django_oauthflows import dot
from django_oauthflows.core.writer import WriterQuerySet


class KeptRequest(models.Model):
    """A request that did not come in a URL: by POST (OpenID Connect Core §3.1.2.1), or by reference (§6.2).

    Its parameters are encrypted under its reference, of which only the checksum is kept. `sid` is the first
    sign-in it was opened in, with which it ends.
    """

    reference_checksum = models.CharField(max_length=64, unique=True, editable=False)
    application = models.ForeignKey(
        dot.APPLICATION_MODEL,
        on_delete=models.CASCADE,
        related_name="+",
        verbose_name=_("client"),
    )
    sealed_parameters = models.TextField(editable=False)
    sid = models.CharField(max_length=64, blank=True, db_index=True, editable=False)
    created = models.DateTimeField(_("since"), default=timezone.now, editable=False)
    expires = models.DateTimeField(_("ends"), db_index=True, editable=False)

    objects: ClassVar[models.Manager["KeptRequest"]] = WriterQuerySet["KeptRequest"].as_manager()

    class Meta:
        verbose_name = _("kept request")
        verbose_name_plural = _("kept requests")

    def __str__(self) -> str:
        return str(self.pk)

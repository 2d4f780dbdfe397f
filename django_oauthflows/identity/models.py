"""The sign-outs that clients are still to be told of, and those they were."""

from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from django_oauthflows import dot
from django_oauthflows.core.writer import WriterQuerySet


class LogoutDelivery(models.Model):
    """One client that is to be told of one sign-out (OpenID Connect Back-Channel Logout 1.0 §2.5).

    Written in the transaction of the sign-out and kept as its record; the token itself is made anew at each
    attempt, since it lives for two minutes. `subject` is who the person is to this client: they may be gone
    before it is told. `next_attempt` is empty once there is nothing left to do.
    """

    application = models.ForeignKey(
        dot.APPLICATION_MODEL,
        on_delete=models.CASCADE,
        related_name="+",
        verbose_name=_("client"),
    )
    uri = models.CharField(_("address"), max_length=500, editable=False)
    issuer = models.CharField(max_length=500, editable=False)
    subject = models.CharField(_("person"), max_length=255, editable=False)
    sid = models.CharField(max_length=64, editable=False)
    created = models.DateTimeField(_("signed out"), default=timezone.now, editable=False)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0, editable=False)
    next_attempt = models.DateTimeField(
        _("next attempt"), null=True, default=timezone.now, db_index=True, editable=False
    )
    delivered = models.DateTimeField(_("delivered"), null=True, editable=False)
    given_up = models.DateTimeField(_("given up"), null=True, editable=False)

    class Meta:
        verbose_name = _("back-channel logout")
        verbose_name_plural = _("back-channel logouts")
        ordering = ("-created",)

    def __str__(self) -> str:
        return str(self.pk)


class LogoutFailure(models.Model):
    """An address at which a client did not hear of a sign-out, until it hears of one there.

    It says that the audit log has told of it: of two workers that fail at once, one adds the row.
    """

    application = models.ForeignKey(
        dot.APPLICATION_MODEL,
        on_delete=models.CASCADE,
        related_name="+",
        verbose_name=_("client"),
    )
    uri = models.CharField(_("address"), max_length=500, editable=False)
    since = models.DateTimeField(_("since"), default=timezone.now, editable=False)

    objects: ClassVar[models.Manager["LogoutFailure"]] = WriterQuerySet[
        "LogoutFailure"
    ].as_manager()

    class Meta:
        verbose_name = _("back-channel logout that failed")
        verbose_name_plural = _("back-channel logouts that failed")
        default_permissions = ()
        constraints = (
            models.UniqueConstraint(
                fields=["application", "uri"],
                name="oauthflows_one_failure_per_client_and_address",
            ),
        )

    def __str__(self) -> str:
        return str(self.pk)

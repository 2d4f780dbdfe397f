"""The tables of counted requests: numbers by the hour for all clients, shapes by the day for each."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from django_oauthflows import dot


class RequestCount(models.Model):
    """So many requests of one kind in one hour, of all clients together. No `rule` means accepted."""

    hour = models.DateTimeField(_("hour"))
    endpoint = models.CharField(_("endpoint"), max_length=40)
    flow = models.CharField(_("flow"), max_length=40, blank=True)
    code = models.CharField(_("error code"), max_length=40, blank=True)
    rule = models.CharField(_("rule"), max_length=100, blank=True)
    count = models.PositiveBigIntegerField(_("requests"), default=0)

    class Meta:
        verbose_name = _("counted requests")
        verbose_name_plural = _("counted requests")
        constraints = (
            models.UniqueConstraint(
                fields=("hour", "endpoint", "flow", "code", "rule"),
                name="oauthflows_request_count",
            ),
        )

    def __str__(self) -> str:
        return f"{self.endpoint} {self.flow or self.rule}: {self.count}"


class RequestShape(models.Model):
    """So many accepted requests of one client on one day (UTC) that looked the same to its rules.

    `digest` stands for endpoint, flow and shape, which are too long to be unique on every database.
    """

    day = models.DateField(_("day"))
    application = models.ForeignKey(
        dot.APPLICATION_MODEL,
        on_delete=models.CASCADE,
        related_name="+",
        verbose_name=_("client"),
        db_index=False,  # the constraint begins with it
    )
    digest = models.CharField(max_length=64, editable=False)
    endpoint = models.CharField(_("endpoint"), max_length=40)
    flow = models.CharField(_("flow"), max_length=40, blank=True)
    shape = models.JSONField(_("shape"), default=dict)
    count = models.PositiveBigIntegerField(_("requests"), default=0)
    last = models.DateTimeField(_("last"))

    class Meta:
        verbose_name = _("shape of requests")
        verbose_name_plural = _("shapes of requests")
        constraints = (
            models.UniqueConstraint(
                fields=("application", "day", "digest"), name="oauthflows_request_shape"
            ),
        )
        indexes = (models.Index(fields=("day",), name="oauthflows_shape_day"),)

    def __str__(self) -> str:
        return f"{self.endpoint} {self.flow}: {self.count}"

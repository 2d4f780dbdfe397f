"""The audit log's one table."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from django_oauthflows import dot
from django_oauthflows.audit.events import TITLES, Event


class AuditEvent(models.Model):
    """Something that happened. Survives the client and the person it is about.

    `user` is the person it concerns, and `actor` who did it, as a word of `audit.actors`; rows from before
    that was noted have none. `reference` is what a refused client is told; `occurrences` is how often the
    same refusal had happened within its window when the row was written.
    """

    reference = models.CharField(_("reference"), max_length=16, db_index=True)
    event = models.CharField(
        _("event"), max_length=40, choices=[(event.value, TITLES[event]) for event in Event]
    )
    created = models.DateTimeField(_("when"), default=timezone.now, db_index=True)
    application = models.ForeignKey(
        dot.APPLICATION_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("client"),
    )
    client_id = models.CharField(_("client ID"), max_length=255, blank=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("person"),
    )
    actor = models.CharField(_("actor"), max_length=270, blank=True)
    network = models.CharField(_("network"), max_length=64, blank=True)
    endpoint = models.CharField(_("endpoint"), max_length=40, blank=True)
    code = models.CharField(_("error code"), max_length=40, blank=True)
    rule = models.CharField(_("rule"), max_length=100, blank=True)
    specification = models.CharField(_("specification"), max_length=120, blank=True)
    sentence = models.CharField(_("what was said"), max_length=300, blank=True)
    detail = models.JSONField(_("detail"), default=dict, blank=True)
    occurrences = models.PositiveIntegerField(_("occurrences"), default=1)

    class Meta:
        verbose_name = _("audit event")
        verbose_name_plural = _("audit events")
        ordering = ("-created", "-pk")
        indexes = (
            models.Index(fields=["actor", "created"], name="oauthflows_audit_actor"),
            models.Index(fields=["client_id", "created"], name="oauthflows_audit_by_client"),
            models.Index(fields=["event", "created"], name="oauthflows_audit_by_event"),
        )

    def __str__(self) -> str:
        return f"{self.event} {self.reference}"

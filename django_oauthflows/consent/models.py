"""What a person agreed to for a client."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from django_oauthflows import dot


class ConsentQuerySet(models.QuerySet["Consent"]):
    def live(self) -> "ConsentQuerySet":
        """Not expired."""
        return self.exclude(expires__lte=timezone.now())


class Consent(models.Model):
    """One person's remembered yes to one client: which scopes, since when, until when."""

    application = models.ForeignKey(
        dot.APPLICATION_MODEL,
        on_delete=models.CASCADE,
        related_name="oauthflows_consents",
        verbose_name=_("client"),
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="oauthflows_consents",
        verbose_name=_("person"),
    )
    scope = models.TextField(_("scope"), blank=True)
    created = models.DateTimeField(_("since"), default=timezone.now, editable=False)
    updated = models.DateTimeField(_("last confirmed"), default=timezone.now, editable=False)
    expires = models.DateTimeField(_("until"), null=True, blank=True)

    objects: ClassVar[models.Manager["Consent"]] = ConsentQuerySet.as_manager()

    class Meta:
        verbose_name = _("consent")
        verbose_name_plural = _("consents")
        constraints = (
            models.UniqueConstraint(
                fields=["user", "application"], name="oauthflows_one_consent_per_person_and_client"
            ),
        )

    def __str__(self) -> str:
        return self.scope

    @property
    def scopes(self) -> frozenset[str]:
        return frozenset(self.scope.split())

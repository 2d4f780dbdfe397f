"""What a person agreed to for a client."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from django_oauthflows import dot
from django_oauthflows.consent.remembered import RememberedConsent
from django_oauthflows.consent.scope import from_json
from django_oauthflows.core import clock
from django_oauthflows.core.writer import WriterQuerySet


class ConsentQuerySet(WriterQuerySet["Consent"]):
    def live(self) -> "ConsentQuerySet":
        """Not expired."""
        return self.exclude(expires__lte=clock.now())


class Consent(models.Model):
    """One person's remembered consent to one client: to what, since when, until when.

    `pages` are what it stands for, as `ConsentScope.as_json` writes them; decisions read nothing else.
    `scope` is all scopes of all pages, for lists and for people. There are no pages (`None`, or an empty
    list) where it is not known what the person was shown; then they are asked again.
    """

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
    pages = models.JSONField(_("what was shown"), null=True, blank=True, editable=False)
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

    @property
    def is_live(self) -> bool:
        return self.expires is None or self.expires > clock.now()

    @property
    def remembered(self) -> RememberedConsent:
        """The pages it stands for, to be compared with what is asked for."""
        return RememberedConsent(
            pages=tuple(from_json(page) for page in self.pages or ()), shown_before=self.scopes
        )

"""The sign-ins of people at this site."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from django_oauthflows.core import clock
from django_oauthflows.core.writer import WriterQuerySet


class ProviderSessionQuerySet(WriterQuerySet["ProviderSession"]):
    def live(self) -> "ProviderSessionQuerySet":
        """Neither ended nor past the end of its cookie, as far as it was noted."""
        return self.filter(ended__isnull=True, expires__gt=clock.now())


class ProviderSession(models.Model):
    """One person signed in with one browser.

    `sid` is what clients know it by (OpenID Connect Front-Channel Logout 1.0 §3). `sealed_key` is the key of
    Django's session, encrypted, so that it can be ended from elsewhere and a stolen table opens nobody's;
    empty where sessions live in cookies and cannot be.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="oauthflows_sessions",
        verbose_name=_("person"),
    )
    sid = models.CharField(max_length=64, unique=True, editable=False)
    sealed_key = models.TextField(blank=True, editable=False)
    created = models.DateTimeField(_("since"), default=timezone.now, editable=False)
    last_seen = models.DateTimeField(_("last seen"), default=timezone.now, editable=False)
    expires = models.DateTimeField(_("ends"), db_index=True, editable=False)
    network = models.CharField(_("network"), max_length=64, blank=True, editable=False)
    user_agent = models.CharField(_("browser"), max_length=200, blank=True, editable=False)
    ended = models.DateTimeField(_("ended"), null=True, blank=True, editable=False)

    objects: ClassVar[models.Manager["ProviderSession"]] = ProviderSessionQuerySet.as_manager()

    class Meta:
        verbose_name = _("sign-in")
        verbose_name_plural = _("sign-ins")
        ordering = ("-last_seen",)

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def is_live(self) -> bool:
        return self.ended is None and self.expires > clock.now()

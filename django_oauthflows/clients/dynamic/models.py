"""Who may register, and what registered itself."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from django_oauthflows import dot
from django_oauthflows.core import clock
from django_oauthflows.core.writer import WriterQuerySet


class InitialAccessTokenQuerySet(WriterQuerySet["InitialAccessToken"]):
    def live(self) -> "InitialAccessTokenQuerySet":
        """Neither revoked, nor expired, nor used up."""
        return self.filter(
            Q(max_uses__isnull=True) | Q(uses__lt=F("max_uses")), revoked__isnull=True
        ).exclude(expires__lte=clock.now())


class InitialAccessToken(models.Model):
    """Lets whoever holds it register clients (RFC 7591 §1.2), within its limits. Kept as a checksum."""

    label = models.CharField(_("label"), max_length=100, help_text=_("Whom it is for."))
    checksum = models.CharField(max_length=64, unique=True, editable=False)
    max_uses = models.PositiveIntegerField(
        _("clients"),
        null=True,
        blank=True,
        default=1,
        help_text=_("How many clients may be registered with it. Empty: any number."),
    )
    uses = models.PositiveIntegerField(_("registered"), default=0, editable=False)
    profile = models.SlugField(
        _("security profile"),
        max_length=40,
        blank=True,
        help_text=_("Of the clients registered with it. Empty: that of REGISTRATION_PROFILE."),
    )
    scopes = models.JSONField(
        _("scopes"),
        default=list,
        blank=True,
        help_text=_("What its clients may ask for. Empty: what REGISTRATION_SCOPES says."),
    )
    created = models.DateTimeField(_("created"), default=timezone.now, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("created by"),
    )
    expires = models.DateTimeField(_("expires"), null=True, blank=True)
    revoked = models.DateTimeField(_("revoked"), null=True, blank=True, editable=False)

    objects: ClassVar[models.Manager["InitialAccessToken"]] = (
        InitialAccessTokenQuerySet.as_manager()
    )

    class Meta:
        verbose_name = _("initial access token")
        verbose_name_plural = _("initial access tokens")
        ordering = ("-created",)

    def __str__(self) -> str:
        return self.label

    @property
    def is_live(self) -> bool:
        is_left = self.max_uses is None or self.uses < self.max_uses
        is_current = self.expires is None or self.expires > clock.now()
        return self.revoked is None and is_left and is_current


class ClientRegistration(models.Model):
    """A client that made itself known: what it said, and the checksum of the token it manages it by.

    `fingerprint` is equal where the same was said from the same network. `is_introduced` if an initial access
    token stood behind it. `used` is when the cleanup first saw that it had got a code or a token. A client
    that is known by a document of its own has no token.
    """

    application = models.OneToOneField(
        dot.APPLICATION_MODEL,
        on_delete=models.CASCADE,
        related_name="oauthflows_registration",
        verbose_name=_("client"),
    )
    token_checksum = models.CharField(max_length=64, blank=True, editable=False)
    metadata = models.JSONField(_("metadata"), default=dict, editable=False)
    fingerprint = models.CharField(max_length=64, blank=True, db_index=True, editable=False)
    network = models.CharField(_("network"), max_length=64, blank=True, editable=False)
    is_introduced = models.BooleanField(_("introduced"), default=False, editable=False)
    initial_token = models.ForeignKey(
        InitialAccessToken,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="registrations",
        verbose_name=_("initial access token"),
    )
    issued = models.DateTimeField(
        _("registered"), default=timezone.now, db_index=True, editable=False
    )
    used = models.DateTimeField(_("used"), null=True, blank=True, editable=False)

    objects: ClassVar[models.Manager["ClientRegistration"]] = WriterQuerySet[
        "ClientRegistration"
    ].as_manager()

    class Meta:
        verbose_name = _("client registration")
        verbose_name_plural = _("client registrations")

    def __str__(self) -> str:
        return str(self.application)

"""One person's grant to one client in one sign-in."""

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from django_oauthflows import dot
from django_oauthflows.core import clock
from django_oauthflows.core.writer import WriterQuerySet


class AuthorizationQuerySet(WriterQuerySet["Authorization"]):
    def live(self) -> "AuthorizationQuerySet":
        """Not revoked, and not past its absolute end."""
        return self.filter(revoked__isnull=True).exclude(expires__lte=clock.now())


class Authorization(models.Model):
    """The parent of a code and of every token that comes from it.

    Its id is the `token_family` of django-oauth-toolkit's refresh tokens. It refers to tokens by checksum
    and family, never by foreign key, so that it stands beside swapped token models too.
    `first_access_checksum` is the access token that was earned at the token endpoint before any refresh,
    `front_access_checksum` the one that was sent through the browser.
    `session` is the checksum of the browser session it was given in, `sid` what clients know that session by
    (OpenID Connect Front-Channel Logout 1.0 §3), and `claims` what the client asked to be told (OpenID
    Connect Core §5.5). `parent` is the grant whose token was exchanged for this one, and `act` who acts
    (RFC 8693 §4.1), whether the token says so or not. `exchanged_checksum` is the access token of an
    exchange, `origins` are the keys of the clients whose tokens it was made of, the nearest last.
    With `was_proven` the client authenticated when it got its first tokens.
    `code_proof` is the checksum of what the rightful holder of the code knows beside it.
    `replay_*` hold the last rotation's answer, encrypted under the token that was presented for it.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    application = models.ForeignKey(
        dot.APPLICATION_MODEL,
        on_delete=models.CASCADE,
        related_name="oauthflows_authorizations",
        verbose_name=_("client"),
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="oauthflows_authorizations",
        verbose_name=_("person"),
    )
    flow = models.SlugField(_("flow"), max_length=40)
    scope = models.TextField(_("scope"), blank=True)
    resource = models.JSONField(_("resource"), default=list, blank=True)
    created = models.DateTimeField(_("since"), default=timezone.now, editable=False)
    last_used = models.DateTimeField(_("last used"), null=True, blank=True, editable=False)
    expires = models.DateTimeField(_("ends"), null=True, blank=True)

    session = models.CharField(max_length=64, blank=True, db_index=True, editable=False)
    auth_time = models.DateTimeField(_("signed in at"), null=True, blank=True, editable=False)
    acr = models.CharField(_("authentication context"), max_length=255, blank=True, editable=False)
    amr = models.JSONField(_("authentication methods"), default=list, blank=True, editable=False)
    nonce = models.CharField(max_length=255, blank=True, editable=False)
    sid = models.CharField(max_length=64, blank=True, db_index=True, editable=False)
    claims = models.JSONField(_("requested claims"), null=True, blank=True, editable=False)
    parent = models.UUIDField(
        _("exchanged from"), null=True, blank=True, db_index=True, editable=False
    )
    act = models.JSONField(_("acted by"), null=True, blank=True, editable=False)
    exchanged_checksum = models.CharField(  # noqa: DJ001 - unique, and most grants have none
        max_length=64, null=True, unique=True, editable=False
    )
    origins = models.JSONField(default=list, blank=True, editable=False)

    code_checksum = models.CharField(  # noqa: DJ001 - unique, and many grants have no code
        max_length=64, null=True, unique=True, editable=False
    )
    code_proof = models.CharField(max_length=64, blank=True, editable=False)
    redeemed = models.DateTimeField(_("redeemed"), null=True, blank=True, editable=False)
    was_proven = models.BooleanField(default=False, editable=False)
    first_access_checksum = models.CharField(max_length=64, blank=True, editable=False)
    front_access_checksum = models.CharField(max_length=64, blank=True, editable=False)
    replay_checksum = models.CharField(max_length=64, blank=True, editable=False)
    replay_until = models.DateTimeField(null=True, blank=True, editable=False)
    replay_answer = models.TextField(blank=True, editable=False)

    revoked = models.DateTimeField(_("revoked"), null=True, blank=True, editable=False)
    revoked_because = models.CharField(
        _("revoked because"), max_length=40, blank=True, editable=False
    )

    objects: ClassVar[models.Manager["Authorization"]] = AuthorizationQuerySet.as_manager()

    class Meta:
        verbose_name = _("grant")
        verbose_name_plural = _("grants")
        indexes = (
            models.Index(fields=["user", "application"], name="oauthflows_person_client"),
            models.Index(fields=["created"], name="oauthflows_grants_by_date"),
        )
        permissions = (("mass_revoke_authorization", _("Can revoke tokens in bulk")),)
        ordering = ("-created",)

    def __str__(self) -> str:
        return str(self.id)

    @property
    def is_live(self) -> bool:
        return self.revoked is None and (self.expires is None or self.expires > clock.now())

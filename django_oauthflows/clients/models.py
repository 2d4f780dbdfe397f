"""What stands beside DOT's application: the client's policy and its secrets."""

from typing import Any, ClassVar

from django.conf import settings
from django.core.validators import URLValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from django_oauthflows import dot, own_scopes
from django_oauthflows.clients.openid import OpenIDColumns
from django_oauthflows.core import clock
from django_oauthflows.core.writer import WriterQuerySet
from django_oauthflows.rules.requests import AuthMethod

#: The columns that may not be saved without a look at the default scopes.
_SCOPES = frozenset({"scopes", "default_scopes"})
_web_address = URLValidator(schemes=["https", "http"])


class ClientPolicy(OpenIDColumns):
    """What one client may do, and how it is shown to people. Lifetimes are seconds; empty is the server's."""

    application = models.OneToOneField(
        dot.APPLICATION_MODEL,
        on_delete=models.CASCADE,
        related_name="oauthflows_policy",
        verbose_name=_("client"),
    )
    preset = models.SlugField(_("kind"), max_length=40)
    program = models.SlugField(
        _("program"),
        max_length=40,
        default="",
        blank=True,
        editable=False,
        help_text=_("The known program that it was registered as, whose configuration is shown."),
    )
    profile = models.SlugField(_("security profile"), max_length=40, default="standard")
    is_enabled = models.BooleanField(
        _("enabled"),
        default=True,
        help_text=_("A disabled client gets no tokens, and those it has stop working at once."),
    )
    flows = models.JSONField(_("flows"), default=list)
    scopes = models.JSONField(_("scopes"), default=list)
    default_scopes = models.JSONField(
        _("default scopes"),
        default=list,
        blank=True,
        help_text=_(
            "What a request that names no scope asks for. Empty: DEFAULT_SCOPES of the server, as far as the "
            "client has them."
        ),
    )
    required_scopes = models.JSONField(
        _("required scopes"),
        default=list,
        blank=True,
        help_text=_("Scopes a person cannot untick on the consent page."),
    )
    may_omit_pkce_and_nonce = models.BooleanField(
        _("may leave out PKCE and nonce"),
        default=False,
        help_text=_(
            "Its codes are then bound to no browser session. For a client with a secret that sends neither. "
            "It ends when a redirect URI leads to another host."
        ),
    )
    #: The places its answers went to when somebody allowed that.
    pkce_exempt_origins = models.JSONField(default=list, blank=True, editable=False)
    authentication_method = models.CharField(
        _("client authentication"),
        max_length=40,
        blank=True,
        default=AuthMethod.ANY_SECRET.value,
        choices=[
            (AuthMethod.ANY_SECRET.value, _("a secret, in the header or in the body")),
            (AuthMethod.BASIC.value, _("a secret in the Authorization header")),
            (AuthMethod.POST.value, _("a secret in the request's body")),
            (AuthMethod.PRIVATE_KEY_JWT.value, _("a JWT signed with its private key")),
            (AuthMethod.SECRET_JWT.value, _("a JWT signed with a secret that is kept readable")),
            (AuthMethod.NONE.value, _("none: a public client")),
        ],
    )
    authentication_is_optional = models.BooleanField(
        _("may leave out authentication"),
        default=False,
        editable=False,
        help_text=_(
            "Its metadata document lists none among its methods: without a proof it is public."
        ),
    )
    token_endpoint_auth_signing_alg = models.CharField(
        _("signature of its assertions"), max_length=10, blank=True
    )
    jwks = models.JSONField(
        _("public keys"),
        null=True,
        blank=True,
        help_text=_("The client's key set (RFC 7517), to verify what it signs and encrypt for it."),
    )
    # On a host of a private network too, which Django's validator of URLs does not know (`clients.methods`).
    jwks_uri = models.CharField(_("address of its public keys"), max_length=500, blank=True)
    token_format = models.CharField(
        _("access tokens"),
        max_length=10,
        default="opaque",
        choices=[
            ("opaque", _("opaque: an API asks this site about each")),
            ("jwt", _("signed (JWT): an API can verify them by itself")),
        ],
        help_text=_(
            "An API that verifies a signed token by itself goes on accepting it after it was revoked, "
            "until it expires."
        ),
    )
    access_token_signing_alg = models.CharField(
        _("signature of its access tokens"),
        max_length=10,
        blank=True,
        help_text=_(
            "Of signed ones. Empty: the server's. RS256 is what every API can verify. What "
            "RESOURCE_SIGNING_ALGORITHMS says of a resource goes before."
        ),
    )
    access_token_lifetime = models.PositiveIntegerField(
        _("access token lifetime"), null=True, blank=True
    )
    refresh_token_idle_lifetime = models.PositiveIntegerField(
        _("refresh token idle lifetime"), null=True, blank=True
    )
    refresh_token_absolute_lifetime = models.PositiveIntegerField(
        _("refresh token absolute lifetime"), null=True, blank=True
    )
    skips_consent = models.BooleanField(
        _("first-party"),
        default=False,
        help_text=_("People are not asked for consent. Only for apps of your own organisation."),
    )
    needs_all_scopes = models.BooleanField(
        _("all or nothing"),
        default=False,
        help_text=_(
            "People allow all that it asks for by one tick, or deny it. For apps that fail where a part "
            "of it is left out."
        ),
    )
    may_introspect_all = models.BooleanField(
        _("resource server"),
        default=False,
        help_text=_("May introspect any token, not only its own and those meant for it."),
    )
    resources = models.JSONField(
        _("resources"),
        default=list,
        blank=True,
        help_text=_(
            "The resource identifiers this client serves; it may introspect tokens meant for them."
        ),
    )
    allowed_resources = models.JSONField(
        _("allowed resources"),
        default=list,
        blank=True,
        help_text=_(
            "The resource identifiers its tokens may be meant for (RFC 8707). Empty: any, as it asks."
        ),
    )
    exchange_targets = models.JSONField(
        _("exchange targets"),
        default=list,
        blank=True,
        help_text=_(
            "The resources and audiences it may exchange other tokens for (RFC 8693). Empty: none."
        ),
    )
    may_impersonate = models.BooleanField(
        _("may impersonate"),
        default=False,
        help_text=_(
            "A token it exchanges need not say who acts: an API cannot tell it from the person's own."
        ),
    )
    revokes_on_logout = models.BooleanField(_("ends with the sign-in"), null=True, blank=True)
    revokes_on_password_change = models.BooleanField(
        _("ends with the password"), null=True, blank=True
    )
    is_verified = models.BooleanField(
        _("verified"),
        default=False,
        help_text=_("You know who runs this client; people are told so."),
    )
    client_uri = models.CharField(
        _("home page"), max_length=500, blank=True, validators=[_web_address]
    )
    logo_uri = models.CharField(_("logo"), max_length=500, blank=True, validators=[_web_address])
    policy_uri = models.CharField(
        _("privacy policy"), max_length=500, blank=True, validators=[_web_address]
    )
    tos_uri = models.CharField(
        _("terms of service"), max_length=500, blank=True, validators=[_web_address]
    )
    translations = models.JSONField(
        _("in other languages"),
        default=dict,
        blank=True,
        help_text=_("Its name and its addresses by language, as the client registered them."),
    )
    created = models.DateTimeField(_("created"), default=timezone.now, editable=False)
    updated = models.DateTimeField(_("updated"), auto_now=True)

    objects: ClassVar[models.Manager["ClientPolicy"]] = WriterQuerySet["ClientPolicy"].as_manager()

    class Meta:
        verbose_name = _("client policy")
        verbose_name_plural = _("client policies")

    def __str__(self) -> str:
        return f"{self.preset} ({self.profile})"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save it. A scope that the client does not have, or one of our own API, is no default scope.

        So whatever takes a scope from the client takes it from the default ones too. Where none would be left
        they stay written down and count for nothing: an empty list stands for the server's default, which
        would give the client others (RFC 6749 §3.3).
        """
        may_be = own_scopes.without(self.scopes)
        left = [name for name in self.default_scopes if name in may_be]
        left = left or list(self.default_scopes)
        written = kwargs.get("update_fields")
        if left != self.default_scopes and (written is None or not _SCOPES.isdisjoint(written)):
            self.default_scopes = left
            if written is not None:
                kwargs["update_fields"] = {*written, "default_scopes"}
        super().save(*args, **kwargs)


class ClientSecretQuerySet(WriterQuerySet["ClientSecret"]):
    def live(self) -> "ClientSecretQuerySet":
        """Neither retired nor expired."""
        now = clock.now()
        return self.filter(retired__isnull=True).exclude(expires__lte=now)


class ClientSecret(models.Model):
    """One secret of a client, kept as its SHA-256 alone: 256 random bits need no slow hash."""

    application = models.ForeignKey(
        dot.APPLICATION_MODEL,
        on_delete=models.CASCADE,
        related_name="oauthflows_secrets",
        verbose_name=_("client"),
    )
    digest = models.CharField(max_length=64, editable=False)
    label = models.CharField(_("label"), max_length=100)
    created = models.DateTimeField(_("created"), default=timezone.now, editable=False)
    expires = models.DateTimeField(_("expires"), null=True, blank=True)
    retired = models.DateTimeField(_("retired"), null=True, blank=True, editable=False)
    last_used = models.DateTimeField(_("last used"), null=True, blank=True, editable=False)
    sealed = models.TextField(
        blank=True,
        editable=False,
        help_text=_("The secret itself, encrypted, where its owner chose to keep it readable."),
    )
    is_from_dot = models.BooleanField(
        default=False,
        editable=False,
        help_text=_("Stands for the secret in DOT's own column, which is asked no more."),
    )

    objects: ClassVar[models.Manager["ClientSecret"]] = ClientSecretQuerySet.as_manager()

    class Meta:
        verbose_name = _("client secret")
        verbose_name_plural = _("client secrets")
        ordering = ("-created",)
        permissions = (
            ("rotate_clientsecret", _("Can add, replace and retire secrets of clients")),
        )

    def __str__(self) -> str:
        return self.label

    @property
    def is_live(self) -> bool:
        return self.retired is None and (self.expires is None or self.expires > clock.now())


class ClientOwner(models.Model):
    """One person who looks after one client, beside `application.user`; what that allows, `access` says."""

    application = models.ForeignKey(
        dot.APPLICATION_MODEL,
        on_delete=models.CASCADE,
        related_name="oauthflows_owners",
        verbose_name=_("client"),
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="oauthflows_owned_clients",
        verbose_name=_("person"),
    )

    objects: ClassVar[models.Manager["ClientOwner"]] = WriterQuerySet["ClientOwner"].as_manager()

    class Meta:
        verbose_name = _("owner")
        verbose_name_plural = _("owners")
        # Whoever may change a client's policy names its owners.
        default_permissions = ()
        permissions = (("manage_own_clients", _("Can manage the clients they own")),)
        constraints = (
            models.UniqueConstraint(
                fields=["application", "user"], name="oauthflows_one_row_per_owner_and_client"
            ),
        )

    def __str__(self) -> str:
        return str(self.user)

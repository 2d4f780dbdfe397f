"""All that can be said of a client, as the admin shows it on the client's page."""

from collections.abc import Iterable, Iterator
from typing import Any

from django.forms.models import BaseInlineFormSet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy

from django_oauthflows import screens
from django_oauthflows.clients import openid_forms
from django_oauthflows.clients.forms import PolicyForm
from django_oauthflows.clients.guarded_screens import GuardedPolicy
from django_oauthflows.clients.models import ClientPolicy
from django_oauthflows.clients.policy import introspects_all_without_policy


class PolicyFormSet(BaseInlineFormSet):  # type: ignore[type-arg]
    """The policy of one client; a first one begins with what the client may do without."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        application = kwargs.get("instance")
        if _keeps_introspection(application):
            kwargs.setdefault("initial", [{"may_introspect_all": True}])
        super().__init__(*args, **kwargs)


def _keeps_introspection(application: Any) -> bool:
    """Return whether a client has to keep its right to introspect all, so that no API of the site stops."""
    if application is None or application.pk is None:
        return False
    has_policy = getattr(application, "oauthflows_policy", None) is not None
    return not has_policy and introspects_all_without_policy(application)


class PolicyInline(GuardedPolicy, screens.StackedInline):  # type: ignore[type-arg]
    """All settings. An application of django-oauth-toolkit's gets a policy when this is filled in."""

    model = ClientPolicy
    form = PolicyForm
    formset = PolicyFormSet
    can_delete = False
    max_num = 1
    verbose_name_plural = gettext_lazy("All settings")
    template = "admin/oauthflows/policy.html"
    # It follows from the client's metadata document.
    readonly_fields = ("authentication_is_optional",)
    fieldsets = (
        # The first of them stands with the plain part of the page.
        (
            gettext_lazy("Its own pages"),
            {"fields": ("client_uri", "logo_uri", "policy_uri", "tos_uri")},
        ),
        (
            gettext_lazy("What it may do"),
            {
                "fields": (
                    "is_enabled",
                    "preset",
                    "profile",
                    "flows",
                    "may_omit_pkce_and_nonce",
                    "scopes",
                    "default_scopes",
                    "required_scopes",
                )
            },
        ),
        (
            # Asked for where the changes would have refused what the client did lately.
            None,
            {"fields": ("accepts_refusals",)},
        ),
        (gettext_lazy("Consent"), {"fields": ("is_verified", "skips_consent", "needs_all_scopes")}),
        (
            gettext_lazy("Authentication and lifetimes"),
            {
                "fields": (
                    "authentication_method",
                    "authentication_is_optional",
                    "token_endpoint_auth_signing_alg",
                    "jwks",
                    "jwks_uri",
                    "token_format",
                    "access_token_signing_alg",
                    "access_token_lifetime",
                    "refresh_token_idle_lifetime",
                    "refresh_token_absolute_lifetime",
                    "revokes_on_logout",
                    "revokes_on_password_change",
                )
            },
        ),
        (
            gettext_lazy("Signing people in (OpenID Connect)"),
            {"fields": openid_forms.FIELDS, "classes": ("collapse",)},
        ),
        (gettext_lazy("Its tokens"), {"fields": ("allowed_resources",)}),
        (
            gettext_lazy("Exchange of tokens it was given"),
            {"fields": ("exchange_targets", "may_impersonate")},
        ),
        (gettext_lazy("As a resource server"), {"fields": ("may_introspect_all", "resources")}),
    )

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """Without what follows from the document of a client that leaves its proof out, for all others."""
        policy = getattr(obj, "oauthflows_policy", None)
        sets = super().get_fieldsets(request, obj)
        if policy is not None and policy.authentication_is_optional:
            return sets
        return [
            (title, {**options, "fields": tuple(_without_optional(options["fields"]))})
            for title, options in sets
        ]


def _without_optional(fields: Iterable[str]) -> Iterator[str]:
    return (name for name in fields if name != "authentication_is_optional")

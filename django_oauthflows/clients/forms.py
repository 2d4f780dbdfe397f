"""What an administrator fills in for a client."""

from collections.abc import Sequence
from typing import Any, ClassVar
from urllib.parse import urlsplit

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from django_oauthflows.clients import openid_forms, presets, profiles
from django_oauthflows.clients.fields import KeySetField, ScopesField, UriListField
from django_oauthflows.clients.methods import wrong_method
from django_oauthflows.clients.models import ClientPolicy, ClientSecret
from django_oauthflows.clients.openid_forms import OpenIDFields
from django_oauthflows.clients.presets import Preset
from django_oauthflows.clients.registration import wrong_scopes, wrong_uris
from django_oauthflows.clients.uris import validate_resource, validate_target
from django_oauthflows.flows import catalogue
from django_oauthflows.keys.foreign import ASYMMETRIC, SYMMETRIC


def flow_choices() -> list[tuple[str, str]]:
    return [(flow.slug, flow.name) for flow in catalogue.FLOWS]


class AddClientForm(forms.Form):
    """What one kind of client needs, and nothing else; the rest follows from its preset."""

    name = forms.CharField(
        label=_("Name"), max_length=255, help_text=_("People see it on the consent page.")
    )
    redirect_uris = UriListField(
        label=_("Redirect URIs"),
        required=False,
        help_text=_(
            "Where people are sent back to after signing in, one per line, exactly as the app sends it."
        ),
    )
    post_logout_redirect_uris = UriListField(
        label=_("Return addresses after signing out"), required=False, help_text=_("One per line.")
    )
    scopes = ScopesField(label=_("Scopes"), help_text=_("What the client may ask for."))
    required_scopes = ScopesField(
        label=_("Required scopes"), required=False, help_text=_("What people cannot untick.")
    )
    jwks = KeySetField()
    jwks_uri = forms.CharField(
        label=_("Address of its public keys"),
        max_length=500,
        required=False,
        help_text=_(
            "Instead of the keys, where it publishes them: it can then change them by itself."
        ),
    )
    is_verified = forms.BooleanField(
        label=_("Verified: you know who runs this client, and people are told so"), required=False
    )

    def __init__(self, *args: Any, preset: Preset, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.preset = preset
        flows = [catalogue.BY_SLUG[slug] for slug in preset.flows]
        if not preset.has_own_key:
            for name in ("jwks", "jwks_uri"):
                del self.fields[name]
        if preset.needs_redirect_uri:
            self.fields["redirect_uris"].required = True
        elif not any(flow.response_types for flow in flows):
            for name in ("redirect_uris", "post_logout_redirect_uris"):
                del self.fields[name]
        if not any(flow.has_person for flow in flows):
            del self.fields["required_scopes"]

    def service_arguments(self) -> dict[str, Any]:
        """What `register_client` is called with."""
        return {"preset": self.preset.slug, **self.cleaned_data}


class ClientForm(forms.ModelForm):  # type: ignore[type-arg]
    """The part of a client that stands in DOT's table. Its secret is no field of any form."""

    redirect_uris = UriListField(
        label=_("Redirect URIs"), required=False, help_text=_("One per line.")
    )
    post_logout_redirect_uris = UriListField(
        label=_("Return addresses after signing out"), required=False, help_text=_("One per line.")
    )
    allowed_origins = UriListField(
        label=_("Further origins"),
        required=False,
        help_text=_(
            "Origins whose scripts may call the token endpoint, besides those of the redirect URIs."
        ),
    )

    def clean_redirect_uris(self) -> str:
        return self._checked("redirect_uris")

    def clean_post_logout_redirect_uris(self) -> str:
        return self._checked("post_logout_redirect_uris")

    def clean_allowed_origins(self) -> str:
        return " ".join(self.cleaned_data["allowed_origins"])

    def _post_clean(self) -> None:
        """DOT's validation knows one list of schemes for all clients; ours has looked at each URI."""
        uris = str(self.cleaned_data.get("redirect_uris", "")).split()
        self.instance.get_allowed_schemes = lambda: {urlsplit(uri).scheme for uri in uris}
        super()._post_clean()  # type: ignore[misc]

    def _checked(self, name: str) -> str:
        uris: Sequence[str] = self.cleaned_data[name]
        policy: ClientPolicy | None = getattr(self.instance, "oauthflows_policy", None)
        kind = presets.BY_SLUG.get(policy.preset) if policy else None
        if wrong := wrong_uris(
            uris, takes_private_schemes=kind is None or kind.takes_private_schemes
        ):
            raise ValidationError(wrong)
        return " ".join(uris)


class PolicyForm(OpenIDFields, forms.ModelForm):  # type: ignore[type-arg]
    """All settings of a client's policy."""

    preset = forms.ChoiceField(
        label=_("Kind"),
        # The empty one is what an application without a policy is saved with, and stays without.
        choices=lambda: [("", "–"), *((preset.slug, preset.title) for preset in presets.PRESETS)],
    )
    profile = forms.ChoiceField(
        label=_("Security profile"),
        initial="standard",
        choices=lambda: [(profile.slug, profile.title) for profile in profiles.PROFILES],
    )
    flows = forms.MultipleChoiceField(
        label=_("Flows"), choices=flow_choices, widget=forms.CheckboxSelectMultiple
    )
    scopes = ScopesField(label=_("Scopes"))
    required_scopes = ScopesField(label=_("Required scopes"), required=False)
    resources = UriListField(
        label=_("Resources"),
        required=False,
        help_text=_(
            "The resource identifiers it serves, one per line; it may introspect tokens meant for them."
        ),
    )
    allowed_resources = UriListField(
        label=_("Allowed resources"),
        required=False,
        help_text=_(
            "The resource identifiers its tokens may be meant for, one per line. Empty: any, as it asks."
        ),
    )
    exchange_targets = UriListField(
        label=_("Exchange targets"),
        required=False,
        help_text=_(
            "The resources and audiences it may exchange other tokens for, one per line. Empty: none."
        ),
    )

    jwks = KeySetField()
    token_endpoint_auth_signing_alg = forms.ChoiceField(
        label=_("Signature of its assertions"),
        required=False,
        choices=[("", _("any that fits")), *((name, name) for name in (*ASYMMETRIC, *SYMMETRIC))],
    )

    class Meta:
        model = ClientPolicy
        fields = (
            "is_enabled",
            "preset",
            "profile",
            "flows",
            "scopes",
            "required_scopes",
            "authentication_method",
            "token_endpoint_auth_signing_alg",
            "jwks",
            "jwks_uri",
            "token_format",
            "access_token_lifetime",
            "refresh_token_idle_lifetime",
            "refresh_token_absolute_lifetime",
            "skips_consent",
            "may_introspect_all",
            "resources",
            "allowed_resources",
            "exchange_targets",
            "may_impersonate",
            "revokes_on_logout",
            "revokes_on_password_change",
            "is_verified",
            "client_uri",
            "logo_uri",
            "policy_uri",
            "tos_uri",
            *openid_forms.FIELDS,
        )
        help_texts: ClassVar = dict.fromkeys(
            (
                "access_token_lifetime",
                "refresh_token_idle_lifetime",
                "refresh_token_absolute_lifetime",
            ),
            _("Seconds. Empty: the server's."),
        )
        widgets: ClassVar = dict.fromkeys(
            ("revokes_on_logout", "revokes_on_password_change"),
            forms.NullBooleanSelect(),
        )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in self.fields.keys() & {"revokes_on_logout", "revokes_on_password_change"}:
            self.fields[name].widget.choices = [
                ("unknown", _("as the site does")),
                ("true", _("yes")),
                ("false", _("no")),
            ]

    def clean_scopes(self) -> list[str]:
        scopes: list[str] = self.cleaned_data["scopes"]
        if wrong := wrong_scopes(scopes):
            raise ValidationError(wrong)
        return scopes

    def clean_request_uris(self) -> list[str]:
        return openid_forms.absolute_uris(self.cleaned_data["request_uris"])

    def clean_resources(self) -> list[str]:
        return self._checked_resources("resources")

    def clean_allowed_resources(self) -> list[str]:
        return self._checked_resources("allowed_resources")

    def clean_exchange_targets(self) -> list[str]:
        targets: list[str] = self.cleaned_data["exchange_targets"]
        for name in targets:
            validate_target(name)
        return targets

    def _checked_resources(self, name: str) -> list[str]:
        resources: list[str] = self.cleaned_data[name]
        for uri in resources:
            validate_resource(uri)
        return resources

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        known = self._locked() | cleaned
        for name, messages in self._wrong_method(known).items():
            for message in messages:
                self._blame(name, message)
        legacy = catalogue.LEGACY.intersection(cleaned.get("flows", ()))
        if legacy and cleaned.get("profile") not in (None, "legacy"):
            names = ", ".join(flow.name for flow in catalogue.FLOWS if flow.slug in legacy)
            self.add_error("flows", _("Only clients of the legacy profile may use: %s.") % names)
        uris = str(getattr(self.instance.application, "redirect_uris", "")).split()
        for name, sentence in openid_forms.wrong_choices(known, redirect_uris=uris).items():
            self._blame(name, sentence)
        if beyond := set(cleaned.get("required_scopes", ())) - set(cleaned.get("scopes", ())):
            self.add_error(
                "required_scopes",
                _("Not among the client's scopes: %s.") % " ".join(sorted(beyond)),
            )
        return cleaned

    def _locked(self) -> dict[str, Any]:
        """What stays as it is, where whoever fills this in may change some of the settings alone."""
        names = [name for name in PolicyForm.Meta.fields if name not in self.fields]
        return {name: getattr(self.instance, name) for name in names}

    def _blame(self, name: str, sentence: Any) -> None:
        self.add_error(name if name in self.fields else None, sentence)

    def _wrong_method(self, cleaned: dict[str, Any]) -> dict[str, list[str]]:
        """What is wrong with how the client is to authenticate, where each part of it is well-formed."""
        if not {"authentication_method", "jwks", "jwks_uri"} <= cleaned.keys():
            return {}
        application = self.instance.application
        readable = ClientSecret.objects.live().filter(application_id=application.pk)
        return wrong_method(
            cleaned["authentication_method"],
            is_confidential=getattr(application, "client_type", "") != "public",
            algorithm=cleaned.get("token_endpoint_auth_signing_alg", ""),
            jwks=cleaned["jwks"],
            jwks_uri=cleaned["jwks_uri"],
            has_readable_secret=readable.exclude(sealed="").exists(),
        )

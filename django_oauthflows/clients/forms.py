"""What an administrator fills in for a client that is there already."""

from collections.abc import Sequence
from typing import Any, ClassVar
from urllib.parse import urlsplit

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from django_oauthflows.clients import openid_forms, pkce_exception, presets, profiles
from django_oauthflows.clients.address_forms import absolute_uris
from django_oauthflows.clients.dry_run.confirming import TriedFirst
from django_oauthflows.clients.fields import (
    AFTER_SIGNING_OUT,
    COMES_BACK,
    KeySetField,
    ScopesField,
    UriListField,
    default_scope_choices,
)
from django_oauthflows.clients.methods import wrong_method
from django_oauthflows.clients.models import ClientPolicy, ClientSecret
from django_oauthflows.clients.openid_forms import OpenIDFields
from django_oauthflows.clients.uris import validate_origin, validate_resource, validate_target
from django_oauthflows.clients.validation import (
    wrong_default_scopes,
    wrong_names,
    wrong_scopes,
    wrong_uris,
)
from django_oauthflows.core import text
from django_oauthflows.flows import catalogue
from django_oauthflows.keys.algorithms import ALGORITHMS
from django_oauthflows.keys.foreign import ASYMMETRIC, SYMMETRIC

#: The columns that may be left open, and what that is called.
_LEFT_OPEN = {
    "revokes_on_logout": _("as the site does"),
    "revokes_on_password_change": _("as the site does"),
    "frontchannel_logout_session_required": _("left open: yes"),
}


def flow_choices() -> list[tuple[str, str]]:
    return [(flow.slug, flow.name) for flow in catalogue.FLOWS]


class ClientForm(forms.ModelForm):  # type: ignore[type-arg]
    """The part of a client that stands in DOT's table. Its secret is no field of any form."""

    redirect_uris = UriListField(
        label=_("Addresses it comes back to"), required=False, help_text=COMES_BACK
    )
    post_logout_redirect_uris = UriListField(
        label=_("Addresses after signing out"), required=False, help_text=AFTER_SIGNING_OUT
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

    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"]
        if name:  # without one, people are shown its id
            text.validate_name(name)
        return name

    def clean_allowed_origins(self) -> str:
        origins: list[str] = self.cleaned_data["allowed_origins"]
        if wrong := wrong_names(origins, validate_origin):
            raise ValidationError(wrong)
        return " ".join(origins)

    def _post_clean(self) -> None:
        """DOT's validation knows one list of schemes for all clients; ours has looked at each URI."""
        client = self.instance
        # Where those that were typed are refused, the client still has its stored ones when DOT looks.
        client.get_allowed_schemes = lambda: {
            urlsplit(uri).scheme for uri in client.redirect_uris.split()
        }
        super()._post_clean()  # type: ignore[misc]

    def _checked(self, name: str) -> str:
        uris: Sequence[str] = self.cleaned_data[name]
        policy: ClientPolicy | None = getattr(self.instance, "oauthflows_policy", None)
        kind = presets.BY_SLUG.get(policy.preset) if policy else None
        if wrong := wrong_uris(
            uris,
            takes_private_schemes=kind is None or kind.takes_private_schemes,
            field=name,
        ):
            raise ValidationError(wrong)
        return " ".join(uris)


class PolicyForm(OpenIDFields, TriedFirst):
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
        label=_("Flows"),
        choices=flow_choices,
        widget=forms.CheckboxSelectMultiple,
        required=False,  # of an API; see `clean_flows`
    )
    scopes = ScopesField(label=_("Scopes"), required=False)
    default_scopes = ScopesField(
        label=_("Default scopes"),
        required=False,
        choices=default_scope_choices,
        help_text=_(
            "What a request that names no scope asks for. Empty: DEFAULT_SCOPES of the server, as far as the "
            "client has them. What stands here and is none of its scopes any more counts for nothing; where "
            "no other one is ticked, a request has to name a scope."
        ),
    )
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

    access_token_signing_alg = forms.ChoiceField(
        label=_("Signature of its access tokens"),
        required=False,
        choices=[("", _("as the server's")), *((name, name) for name in ALGORITHMS)],
        help_text=ClientPolicy._meta.get_field("access_token_signing_alg").help_text,
    )

    class Meta:
        model = ClientPolicy
        fields = (
            "is_enabled",
            "preset",
            "profile",
            "flows",
            "scopes",
            "default_scopes",
            "required_scopes",
            "may_omit_pkce_and_nonce",
            "authentication_method",
            "token_endpoint_auth_signing_alg",
            "jwks",
            "jwks_uri",
            "token_format",
            "access_token_signing_alg",
            "access_token_lifetime",
            "refresh_token_idle_lifetime",
            "refresh_token_absolute_lifetime",
            "skips_consent",
            "needs_all_scopes",
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
        ) | {
            "client_uri": _("People can look it up before they agree (client_uri)."),
            "logo_uri": _("The address of a picture that is shown with its name (logo_uri)."),
            "policy_uri": _("What it does with what it learns of people (policy_uri)."),
            "tos_uri": _("What people agree to by using it (tos_uri)."),
        }
        widgets: ClassVar = {
            **dict.fromkeys(_LEFT_OPEN, forms.NullBooleanSelect()),
            **dict.fromkeys(
                ("client_uri", "logo_uri", "policy_uri", "tos_uri"),
                forms.TextInput(attrs={"class": "vLargeTextField"}),
            ),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.initial.get(pkce_exception.COLUMN) and self.instance.pk:
            is_on = pkce_exception.is_in_force(self.instance.application, self.instance)
            self.initial[pkce_exception.COLUMN] = is_on
        for name in self.fields.keys() & _LEFT_OPEN.keys():
            self.fields[name].widget.choices = [
                ("unknown", _LEFT_OPEN[name]),
                ("true", _("yes")),
                ("false", _("no")),
            ]

    def clean_flows(self) -> list[str]:
        return self._needed("flows")

    def clean_scopes(self) -> list[str]:
        scopes = self._needed("scopes")
        if scopes and (wrong := wrong_scopes(scopes)):
            raise ValidationError(wrong)
        return scopes

    def _needed(self, name: str) -> list[str]:
        """Return what was chosen; only an API may do without it. Raises `ValidationError`."""
        chosen: list[str] = self.cleaned_data[name]
        kind = presets.BY_SLUG.get(self.cleaned_data.get("preset") or self.instance.preset)
        if not chosen and not (kind is not None and kind.is_resource_server):
            raise ValidationError(self.fields[name].error_messages["required"], code="required")
        return chosen

    def clean_request_uris(self) -> list[str]:
        return absolute_uris(self.cleaned_data["request_uris"])

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
        if sentence := self._wrong_exception(cleaned, uris):
            self.add_error(pkce_exception.COLUMN, sentence)
        for name, sentence in openid_forms.wrong_choices(known, redirect_uris=uris).items():
            self._blame(name, sentence)
        self._keep_default_scopes(cleaned)
        if beyond := set(cleaned.get("required_scopes", ())) - set(cleaned.get("scopes", ())):
            self.add_error(
                "required_scopes",
                _("Not among the client's scopes: %s.") % " ".join(sorted(beyond)),
            )
        self.try_first(cleaned)
        return cleaned

    def _wrong_exception(self, cleaned: dict[str, Any], uris: list[str]) -> str:
        """Return why the exception cannot be given; one that was given ends by itself."""
        name, application = pkce_exception.COLUMN, self.instance.application
        if not cleaned.get(name) or self.initial.get(name):
            return ""
        sentence = pkce_exception.why_not(
            is_confidential=getattr(application, "client_type", "") != "public",
            source=getattr(application, "registration_source", ""),
            profile=cleaned.get("profile", ""),
            redirect_uris=uris,
        )
        return str(sentence)

    @property
    def changed_data(self) -> list[str]:
        """What differs: the default scopes too, where they lost one with the scopes."""
        changed: list[str] = super().changed_data
        left = getattr(self, "cleaned_data", {}).get("default_scopes")
        held = self.initial.get("default_scopes")
        is_narrower = left is not None and held is not None and left != sorted(held)
        return (
            [*changed, "default_scopes"]
            if is_narrower and "default_scopes" not in changed
            else changed
        )

    def _keep_default_scopes(self, cleaned: dict[str, Any]) -> None:
        """Take from the default scopes what is taken from the scopes; blame what is ticked in one alone.

        Where none would be left they stay: whoever took the last one did not ask for the server's default.
        """
        if not {"scopes", "default_scopes"} <= cleaned.keys():
            return
        gone = set(self.initial.get("default_scopes") or ()) - set(cleaned["scopes"])
        left = [name for name in cleaned["default_scopes"] if name not in gone]
        if not left:
            return
        cleaned["default_scopes"] = left
        if sentence := wrong_default_scopes(left, cleaned["scopes"]):
            self.add_error("default_scopes", sentence)

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

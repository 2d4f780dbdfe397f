"""What an administrator is asked when a client is added: as much as its kind needs."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from django_oauthflows import dot
from django_oauthflows.clients import presets
from django_oauthflows.clients.fields import (
    AFTER_SIGNING_OUT,
    COMES_BACK,
    KeySetField,
    LinesField,
    ScopesField,
    UriListField,
    default_scope_choices,
)
from django_oauthflows.clients.presets import Preset
from django_oauthflows.clients.programs.base import KnownProgram
from django_oauthflows.clients.programs.catalogue import offered_scopes
from django_oauthflows.clients.programs.configuration import registration_of
from django_oauthflows.core.text import validate_name
from django_oauthflows.flows import catalogue

#: The scope that the claim of the same name belongs to.
GROUPS = "groups"
#: The fields that stand folded up.
FOLDED = ("default_scopes", "claims_in_id_token", "visible_groups")


class AddClientForm(forms.Form):
    """What one kind of client needs, and nothing else; the rest follows from its preset."""

    name = forms.CharField(
        label=_("Name"),
        max_length=255,
        validators=[validate_name],
        help_text=_("People see it on the consent page."),
    )
    redirect_uris = UriListField(
        label=_("Addresses it comes back to"), required=False, help_text=COMES_BACK
    )
    post_logout_redirect_uris = UriListField(
        label=_("Addresses after signing out"), required=False, help_text=AFTER_SIGNING_OUT
    )
    allowed_resources = UriListField(
        label=_("Servers it may call"),
        required=False,
        help_text=_(
            "The addresses of the servers or APIs its tokens may be for, one per line (resources). Empty: "
            "any, as it names them."
        ),
    )
    resources = UriListField(
        label=_("The API it is"),
        help_text=_(
            "The addresses that tokens for it name, one per line (resources). This site's own address stands "
            "for tokens that name none."
        ),
    )
    scopes = ScopesField(
        label=_("What it may ask for"),
        help_text=_("The least that it can do its work with (scopes)."),
    )
    required_scopes = ScopesField(
        label=_("What people cannot untick"),
        required=False,
        help_text=_("What it cannot work without (required scopes)."),
    )
    default_scopes = ScopesField(
        label=_("What it gets where it asks for nothing"),
        required=False,
        choices=default_scope_choices,
        help_text=_("None ticked: all that it may ask for (default scopes)."),
    )
    claims_in_id_token = forms.BooleanField(
        label=_("Its ID tokens say what its scopes stand for, as name and email"),
        required=False,
        help_text=_("For programs that never ask userinfo (claims in the ID token)."),
    )
    visible_groups = LinesField(
        label=_("Groups it is told of"),
        required=False,
        help_text=_(
            "The names of groups of this site that it may be told of, one per line, where a person is in "
            "them and it has the scope groups. Empty: none."
        ),
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

    def __init__(
        self, *args: Any, preset: Preset, program: KnownProgram | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.preset, self.program = preset, program
        flows = [catalogue.BY_SLUG[slug] for slug in preset.flows]
        if not preset.has_own_key:
            for name in ("jwks", "jwks_uri"):
                del self.fields[name]
        if preset.needs_redirect_uri:
            self.fields["redirect_uris"].required = True
        elif not any(flow.response_types for flow in flows):
            for name in ("redirect_uris", "post_logout_redirect_uris"):
                self.fields.pop(name, None)
        if preset.is_resource_server:
            del self.fields["scopes"]
        else:
            del self.fields["resources"]
        # An agent says where it calls; whoever signs people in says where they go when they sign out.
        del self.fields[
            "post_logout_redirect_uris" if preset.profile == "mcp" else "allowed_resources"
        ]
        if not any(flow.has_person for flow in flows):
            for name in ("required_scopes", "is_verified", *FOLDED):
                del self.fields[name]
            self.fields["name"].help_text = _("You see it in the list and in the audit log.")
        else:
            self._ask_about_claims()
        if program is not None:
            self._ask_for_program(program)

    def _ask_about_claims(self) -> None:
        """As far as the site tells clients who somebody is, and in which groups."""
        if not dot.is_openid_provider():
            del self.fields["claims_in_id_token"]
        else:
            self.fields["claims_in_id_token"].initial = presets.has_claims_in_id_token(
                self.preset, self.preset.profile
            )
        if GROUPS not in dot.open_scopes():
            del self.fields["visible_groups"]

    @property
    def folded(self) -> list[forms.BoundField]:
        """The fields that most clients are well without."""
        return [self[name] for name in FOLDED if name in self.fields]

    @property
    def is_unfolded(self) -> bool:
        """Has one of them an error?"""
        return any(field.errors for field in self.folded)

    def _ask_for_program(self, program: KnownProgram) -> None:
        """Where it runs is asked, and its addresses follow."""
        for name in ("redirect_uris", "post_logout_redirect_uris", "allowed_resources"):
            self.fields.pop(name, None)
        self.fields["name"].initial = program.title
        for name in ("scopes", "required_scopes"):  # a program is not made for our own API
            field: Any = self.fields[name]
            field.choices = default_scope_choices
        self.fields["scopes"].initial = offered_scopes(program)
        if not program.has_address:
            return
        address = forms.CharField(
            label=_("Where it runs"),
            max_length=300,
            help_text=_("Its address in people’s browsers, as https://grafana.example.com."),
        )
        self.fields = {"name": self.fields.pop("name"), "address": address, **self.fields}

    def service_arguments(self) -> dict[str, Any]:
        """What `register_client` is called with. Raises `ValidationError`, keyed by field."""
        said = dict(self.cleaned_data)
        if not said.get("default_scopes"):
            said.pop("default_scopes", None)  # those it may ask for
        if self.program is None:
            return {"preset": self.preset.slug, **said}
        return said | registration_of(
            self.program, name=said["name"], address=said.pop("address", ""), scopes=said["scopes"]
        )

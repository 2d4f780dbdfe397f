"""Clients as this API shows and takes them. No form holds a secret."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django.utils.translation import gettext as _
from rest_framework import serializers

from django_oauthflows.clients import presets
from django_oauthflows.clients.audiences import audience_of
from django_oauthflows.clients.changing import POLICY_COLUMNS
from django_oauthflows.clients.models import ClientPolicy
from django_oauthflows.clients.programs.catalogue import known_programs, scopes_for
from django_oauthflows.clients.programs.configuration import registration_of
from django_oauthflows.issuer import own_resource_of

#: The kinds of client that this API adds.
KINDS = [kind.slug for kind in presets.PRESETS if kind.profile != "legacy"]
#: How long a list of names or addresses may be, and each of them.
MOST, LONGEST = 200, 2000


class Names(serializers.ListField):
    """Several names or addresses."""

    child = serializers.CharField(max_length=LONGEST)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=MOST, **kwargs)


def must_be_one_word(value: str) -> None:
    """Raise `ValidationError` for a value with a blank: a column with blanks between would hold two."""
    if value.split() != [value]:
        raise serializers.ValidationError(_("It must hold no blank: write each one by itself."))


class Addresses(Names):
    """Several addresses, for a column that holds them with blanks between."""

    child = serializers.CharField(max_length=LONGEST, validators=[must_be_one_word])


class Words(Names):
    """The same, where the column holds them with spaces between."""

    def to_representation(self, data: Any) -> Any:
        return str(data or "").split()


class KeySet(serializers.JSONField):
    """Public keys (RFC 7517 §5): a JSON object, or null."""


class Strict(serializers.Serializer[Any]):
    """Takes what it names. A member it does not know is refused: it would be lost without a word."""

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, dict) and (unknown := data.keys() - self.fields.keys()):
            raise serializers.ValidationError(
                {str(name): [_("There is no such member.")] for name in sorted(unknown, key=str)}
            )
        return super().to_internal_value(data)


class PolicyShape(serializers.ModelSerializer[ClientPolicy]):
    """What a client may do, by the names of `ClientPolicy`."""

    flows = Names()
    scopes = Names()
    default_scopes = Names()
    required_scopes = Names()
    resources = Names()
    allowed_resources = Names()
    exchange_targets = Names()
    default_acr_values = Names()
    request_uris = Names()
    allowed_claims = Names(allow_null=True)
    visible_groups = Names()
    jwks = KeySet(allow_null=True)

    class Meta:
        model = ClientPolicy
        fields = ("preset", "program", "is_enabled", *POLICY_COLUMNS, "created", "updated")
        read_only_fields = ("preset", "program", "is_enabled", "created", "updated")


class PolicyChange(Strict, PolicyShape):
    """Those of them that are to change."""

    class Meta(PolicyShape.Meta):
        fields = POLICY_COLUMNS


class ClientShape(serializers.Serializer[Any]):
    """A client. `policy` is null for an application that has none: DOT's one grant type goes."""

    id = serializers.CharField(source="pk")
    url = serializers.HyperlinkedIdentityField(
        view_name="oauthflows-api:client", lookup_url_kwarg="key"
    )
    client_id = serializers.CharField()
    name = serializers.CharField()
    is_confidential = serializers.SerializerMethodField()
    registration_source = serializers.CharField()
    owner = serializers.CharField(source="user_id", allow_null=True)
    redirect_uris = Words()
    post_logout_redirect_uris = Words()
    allowed_origins = Words()
    created = serializers.DateTimeField()
    updated = serializers.DateTimeField()
    audience = serializers.SerializerMethodField(
        help_text="What its access tokens name in aud where it asks for no other resource; of an API, what "
        "the tokens name that it is called with.",
    )
    policy = PolicyShape(source="oauthflows_policy", allow_null=True)

    example: ClassVar[Mapping[str, Any]] = {
        "id": "17",
        "url": "https://id.example.com/api/oauthflows/clients/17/",
        "client_id": "3xAmPl3",
        "name": "Notes",
        "is_confidential": True,
        "registration_source": "manual",
        "owner": None,
        "redirect_uris": ["https://notes.example.com/callback"],
        "post_logout_redirect_uris": [],
        "allowed_origins": [],
        "created": "2026-03-01T08:00:00Z",
        "updated": "2026-03-01T08:00:00Z",
        "audience": ["https://id.example.com/"],
        "policy": {
            "preset": "web-app",
            "program": "",
            "is_enabled": True,
            "profile": "standard",
            "flows": ["authorization-code-pkce", "refresh-token"],
            "scopes": ["notes:read"],
        },
    }

    def get_is_confidential(self, row: Any) -> bool:
        return str(row.client_type) == "confidential"

    def get_audience(self, row: Any) -> list[str]:
        own = own_resource_of(self.context["request"]._request)
        return list(audience_of(getattr(row, "oauthflows_policy", None), own).names)


class ChangedClient(ClientShape):
    """A client that was just added or changed, with what is to be known of its addresses, by field."""

    warnings = serializers.DictField(
        child=serializers.ListField(child=serializers.CharField()),
        source="_warnings",
        help_text="Addresses that this server never asks, or that differ by a slash from another.",
    )

    example: ClassVar = {**ClientShape.example, "warnings": {}}


class ClientWithSecret(ChangedClient):
    """A client that was just added. The secret is empty where it has none, and told nowhere again."""

    client_secret = serializers.CharField(source="_shown_once")

    example: ClassVar = {**ChangedClient.example, "client_secret": "(shown once)"}


class ClientChange(Strict):
    """What is to change; all else stays."""

    name = serializers.CharField(max_length=255, required=False)
    redirect_uris = Addresses(required=False)
    post_logout_redirect_uris = Addresses(required=False)
    allowed_origins = Addresses(required=False)
    policy = PolicyChange(required=False)

    example: ClassVar = {"name": "Notes", "policy": {"scopes": ["notes:read", "notes:write"]}}

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        """Flat, as the service takes it: no column of the policy has a name of the application's."""
        said = dict(super().to_internal_value(data))
        return {**said.pop("policy", {}), **said}


class NewClient(Strict):
    """A client of a kind, and what that kind needs. Its scopes are named: none is given by default.

    Or a known `program`, and the `address` where it runs: its kind, its addresses and its scopes follow, and
    its name unless another is said.
    """

    preset = serializers.ChoiceField(choices=KINDS, required=False)
    program = serializers.CharField(
        max_length=40,
        required=False,
        help_text="A known program, as grafana. Instead of a preset.",
    )
    address = serializers.CharField(
        max_length=300,
        required=False,
        help_text="Where the program runs, as https://grafana.example.com.",
    )
    name = serializers.CharField(max_length=255, required=False)
    scopes = Names(required=False)
    default_scopes = Names(required=False)
    required_scopes = Names(required=False)
    redirect_uris = Addresses(required=False)
    post_logout_redirect_uris = Addresses(required=False)
    flows = Names(required=False, allow_empty=False)
    token_format = serializers.CharField(max_length=10, required=False)
    access_token_algorithm = serializers.CharField(max_length=10, required=False)
    resources = Names(required=False)
    allowed_resources = Names(required=False)
    authentication_method = serializers.CharField(max_length=40, required=False)
    signing_algorithm = serializers.CharField(max_length=10, required=False)
    jwks = KeySet(required=False, allow_null=True)
    jwks_uri = serializers.CharField(max_length=500, required=False)
    keeps_secret_readable = serializers.BooleanField(required=False)
    backchannel_logout_uri = serializers.CharField(max_length=500, required=False)
    frontchannel_logout_uri = serializers.CharField(max_length=500, required=False)
    claims_in_id_token = serializers.BooleanField(required=False)
    frontchannel_logout_session_required = serializers.BooleanField(required=False, allow_null=True)
    initiate_login_uri = serializers.CharField(max_length=500, required=False)
    visible_groups = Names(required=False)

    example: ClassVar = {
        "preset": "web-app",
        "name": "Notes",
        "scopes": ["notes:read"],
        "redirect_uris": ["https://notes.example.com/callback"],
    }

    def validate(self, said: dict[str, Any]) -> dict[str, Any]:
        """As the service takes it. Raises `ValidationError`, of Django's or of DRF's, by member."""
        slug = said.pop("program", "")
        if slug:
            return _of_program(slug, said)
        missing = [name for name in ("preset", "name", "scopes") if name not in said]
        wrong = {name: [self.fields[name].error_messages["required"]] for name in missing}
        if "address" in said:
            wrong["address"] = [_("It goes with a program; for a preset there are redirect_uris.")]
        if wrong:
            raise serializers.ValidationError(wrong)
        return said


def _of_program(slug: str, said: dict[str, Any]) -> dict[str, Any]:
    """What a known program is registered with, and what was said beside it."""
    program = known_programs().get(slug)
    if program is None or program.preset not in KINDS:
        raise serializers.ValidationError({"program": [_("There is no such program.")]})
    if "preset" in said:
        raise serializers.ValidationError({"preset": [_("It follows from the program.")]})
    of_program = registration_of(
        program,
        name=said.get("name", program.title),
        address=said.pop("address", ""),
        scopes=said["scopes"] if "scopes" in said else scopes_for(program),
    )
    for name in ("redirect_uris", "post_logout_redirect_uris"):
        of_program[name] += said.get(name, [])
    return said | of_program


class ClientName(serializers.Serializer[Any]):
    """A client by its names, beside what belongs to it."""

    id = serializers.CharField(source="pk")
    url = serializers.HyperlinkedIdentityField(
        view_name="oauthflows-api:client", lookup_url_kwarg="key"
    )
    client_id = serializers.CharField()
    name = serializers.CharField()

    example: ClassVar = {
        name: ClientShape.example[name] for name in ("id", "url", "client_id", "name")
    }


def nested(errors: dict[str, Any]) -> dict[str, Any]:
    """Errors by field, those of the policy's below `policy`, as the body has them."""
    below = {name: told for name, told in errors.items() if name in POLICY_COLUMNS}
    others = {name: told for name, told in errors.items() if name not in POLICY_COLUMNS}
    return {**others, **({"policy": below} if below else {})}

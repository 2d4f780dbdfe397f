"""How a client is registered to authenticate, by the service, the command and with each of its mistakes."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from joserfc.jwk import ECKey

from django_oauthflows.clients.models import ClientPolicy, ClientSecret
from django_oauthflows.clients.registration import RegisteredClient, register_client
from django_oauthflows.testing.assertions import client_key, key_set_of
from django_oauthflows.testing.client import FlowClient
from tests.clients.test_register_command import complaint, run
from tests.marks import spec

pytestmark = pytest.mark.django_db

ACCOUNT = ("--preset", "service-account", "--name", "A job", "--scope", "notes:read")
PRIVATE = {"keys": [client_key().as_dict(private=True)]}


def mistakes(**changes: Any) -> dict[str, list[str]]:
    """What the service refuses, by field."""
    told = {"preset": "service", "name": "A client", **changes}
    with pytest.raises(ValidationError) as refused:
        register_client(**told)
    assert not ClientPolicy.objects.exists()
    return dict(refused.value.message_dict)


@pytest.mark.parametrize(
    ("changes", "field", "says"),
    [
        ({"preset": "service-account"}, "jwks", "register the public part"),
        ({"authentication_method": "private_key_jwt"}, "jwks", "register the public part"),
        ({"authentication_method": "client_secret_jwt"}, "authentication_method", "kept readable"),
        ({"authentication_method": "none"}, "authentication_method", "a confidential one must"),
        ({"authentication_method": "a smile"}, "authentication_method", "One of: client_secret"),
        (
            {"preset": "single-page-app", "authentication_method": "client_secret_basic"},
            "authentication_method",
            "public client",
        ),
        ({"preset": "service-account", "jwks": PRIVATE}, "jwks", "private key"),
        ({"jwks": {"keys": "none"}}, "jwks", "no key set"),
        ({"jwks_uri": "http://client.example/keys"}, "jwks_uri", "https://"),
        (
            {"jwks": key_set_of(client_key()), "jwks_uri": "https://client.example/keys"},
            "jwks",
            "not both",
        ),
        (
            {
                "preset": "service-account",
                "jwks": key_set_of(client_key()),
                "signing_algorithm": "HS256",
            },
            "token_endpoint_auth_signing_alg",
            "RS256",
        ),
    ],
)
@spec("RFC 7591 §2", "B-5")
def test_a_method_without_what_it_needs_is_refused(
    changes: dict[str, Any], field: str, says: str
) -> None:
    assert says in mistakes(**changes)[field][0]


@spec("RFC 7591 §2")
def test_any_confidential_client_may_sign_with_its_own_key() -> None:
    made = register_client(
        preset="web-app",
        name="A site",
        redirect_uris=("https://client.example/callback",),
        authentication_method="private_key_jwt",
        signing_algorithm="ES256",
        jwks=key_set_of(client_key()),
    )
    assert made.client_secret == ""
    assert not ClientSecret.objects.exists()
    assert made.policy.token_endpoint_auth_signing_alg == "ES256"


@spec("OpenID Connect Core §10.1")
def test_a_secret_is_kept_readable_only_where_its_owner_says_so() -> None:
    register_client(preset="service", name="One")
    assert ClientSecret.objects.get().sealed == ""
    made = register_client(preset="service", name="Two", keeps_secret_readable=True)
    row = ClientSecret.objects.exclude(sealed="").get()
    assert made.client_secret not in row.sealed


def test_the_command_registers_a_key_from_a_file(tmp_path: Path) -> None:
    key = ECKey.generate_key("P-256", {"kid": "from-a-file"})
    path = tmp_path / "keys.json"
    path.write_text(json.dumps(key_set_of(key)))
    made = json.loads(run(*ACCOUNT, "--jwks", str(path), "--json"))
    assert made["client_secret"] == ""
    policy = ClientPolicy.objects.get()
    assert policy.jwks["keys"][0]["kid"] == "from-a-file"
    assert "signs with its own key" in run(*ACCOUNT, "--jwks-uri", "https://client.example/keys")
    flow = FlowClient(registered=_registered(policy))
    assert flow.bear(flow.assertion(key=key), scope="notes:read").status_code == 200


def test_the_command_keeps_a_secret_readable() -> None:
    method = ("--authentication-method", "client_secret_jwt")
    service = ("--preset", "service", "--name", "A job")
    assert "kept readable" in complaint(*service, *method)
    made = json.loads(run(*service, *method, "--keep-secret-readable", "--json"))
    assert len(made["client_secret"]) == 64
    assert ClientSecret.objects.get().sealed
    assert ClientPolicy.objects.get().authentication_method == "client_secret_jwt"


@pytest.mark.parametrize("text", ["", "[", "{}", json.dumps(PRIVATE), "[" * 100_000])
def test_the_command_says_what_is_wrong_with_a_file(tmp_path: Path, text: str) -> None:
    path = tmp_path / "keys.json"
    path.write_text(text)
    assert "--jwks" in complaint(*ACCOUNT, "--jwks", str(path))
    assert "--jwks" in complaint(*ACCOUNT, "--jwks", str(tmp_path / "no-such-file"))
    assert "--jwks" in complaint(*ACCOUNT)


def _registered(policy: ClientPolicy) -> Any:
    return RegisteredClient(
        application=policy.application,
        policy=policy,
        client_id=policy.application.client_id,
        client_secret="",
        redirect_uris=(),
        scopes=tuple(policy.scopes),
        preset=policy.preset,
        profile=policy.profile,
    )

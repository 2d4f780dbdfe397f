"""The provider's metadata: complete, and true (OpenID Connect Discovery 1.0 §3)."""

from typing import Any

import pytest
from django.conf import settings as site

from tests.identity.stories import of_every_type, relying_party
from tests.marks import conformance, spec

pytestmark = pytest.mark.django_db

URL = "/o/.well-known/openid-configuration"
REQUIRED = {
    "issuer",
    "authorization_endpoint",
    "token_endpoint",
    "jwks_uri",
    "response_types_supported",
    "subject_types_supported",
    "id_token_signing_alg_values_supported",
}


@spec("OpenID Connect Discovery 1.0 §3", "OpenID Connect Discovery 1.0 §4")
@conformance("oidcc-discovery-endpoint-verification")
def test_it_stands_below_the_issuer_and_names_it(client: Any) -> None:
    metadata = client.get(URL).json()
    assert metadata.keys() >= REQUIRED
    assert metadata["issuer"] == "http://testserver/o"
    assert client.get("/.well-known/openid-configuration/o").json() == metadata
    assert "RS256" in metadata["id_token_signing_alg_values_supported"]
    assert metadata["userinfo_endpoint"] == "http://testserver/o/userinfo/"


@spec("OpenID Connect Discovery 1.0 §3")
def test_every_endpoint_it_names_is_there(client: Any) -> None:
    metadata = client.get(URL).json()
    urls = [value for name, value in metadata.items() if name.endswith(("_endpoint", "_uri"))]
    for url in urls:
        assert client.get(url.removeprefix("http://testserver")).status_code != 404, url


@spec("OpenID Connect Discovery 1.0 §3")
def test_it_offers_the_response_types_that_work(client: Any) -> None:
    relying_party()
    assert client.get(URL).json()["response_types_supported"] == ["code"]
    of_every_type()
    assert set(client.get(URL).json()["response_types_supported"]) == {
        "code",
        "token",
        "id_token",
        "id_token token",
        "code token",
        "code id_token",
        "code id_token token",
    }


@spec("OpenID Connect Discovery 1.0 §3")
def test_a_site_without_the_scope_is_no_provider(client: Any, settings: Any) -> None:
    settings.OAUTH2_PROVIDER = site.OAUTH2_PROVIDER | {"SCOPES": {"notes:read": "Read"}}
    of_every_type_without_openid = client.get("/.well-known/oauth-authorization-server/o").json()
    assert client.get(URL).status_code == 404
    assert not [
        name
        for name in of_every_type_without_openid["response_types_supported"]
        if "id_token" in name
    ]


@spec("OpenID Connect Discovery 1.0 §3")
def test_each_host_of_a_site_is_an_issuer_of_its_own(client: Any, settings: Any) -> None:
    settings.ALLOWED_HOSTS = ["one.example", "two.example"]
    issuers = {
        client.get(URL, headers={"Host": host}).json()["issuer"] for host in settings.ALLOWED_HOSTS
    }
    assert issuers == {"http://one.example/o", "http://two.example/o"}


@spec("OpenID Connect Core §10.1.1", "B-30")
def test_the_key_for_id_tokens_is_published_before_the_first_is_signed(client: Any) -> None:
    keys = client.get("/o/.well-known/jwks.json").json()["keys"]
    assert {key["alg"] for key in keys} == {"ES256", "RS256"}

"""Keys and readable secrets of clients in the admin."""

import json
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from joserfc.jwk import ECKey
from oauth2_provider.models import get_application_model

from django_oauthflows.clients.models import ClientPolicy, ClientSecret
from django_oauthflows.testing.assertions import client_key, key_set_of
from tests.admin.pages import CLIENTS, administrator, change
from tests.marks import spec
from tests.stories import begin

pytestmark = pytest.mark.django_db

PUBLIC = json.dumps(key_set_of(client_key()))
PRIVATE = json.dumps({"keys": [client_key().as_dict(private=True)]})
ADD = f"{CLIENTS}add/?preset=service-account"


def page_of(response: object) -> str:
    text: str = response.content.decode()  # type: ignore[attr-defined]
    return text


@spec("RFC 7591 §2", "RFC 7523 §2.1")
def test_a_service_with_a_key_of_its_own_is_added_and_works() -> None:
    browser = administrator()
    assert 'name="jwks"' in page_of(browser.get(ADD))
    filled_in = {"name": "Courier", "scopes": ["notes:read"], "jwks": PUBLIC}
    page = page_of(browser.post(ADD, filled_in, follow=True))
    assert "signs with its own key" in page
    assert "urn:ietf:params:oauth:grant-type:jwt-bearer" in page
    assert "oauthflows-secret" not in page
    application = get_application_model().objects.get()
    story = begin(preset="service-account", redirect_uris=())
    own = story.assertion(iss=application.client_id, sub=application.client_id)
    assert story.bear(own, scope="notes:read").status_code == 200


def a_file(content: str | bytes, name: str = "keys.json") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content.encode() if isinstance(content, str) else content)


@spec("RFC 7517 §5", "RFC 7468 §13")
@pytest.mark.parametrize("way", ["file", "pem", "pem file"])
def test_keys_are_uploaded_or_pasted_in_whatever_way_tools_write_them(way: str) -> None:
    pem = client_key().as_pem(private=False).decode()
    fields = {
        "file": {"jwks-file": a_file(PUBLIC)},
        "pem": {"jwks": pem},
        "pem file": {"jwks-file": a_file(pem, "key.pem"), "jwks": ""},
    }[way]
    browser = administrator()
    assert "multipart/form-data" in page_of(browser.get(ADD))
    added = browser.post(ADD, {"name": "Courier", "scopes": ["notes:read"], **fields}, follow=True)
    assert "signs with its own key" in page_of(added)
    application = get_application_model().objects.get()
    (kept,) = application.oauthflows_policy.jwks["keys"]
    assert kept["x"] == client_key().as_dict(private=False)["x"]
    assert "d" not in kept
    shown = page_of(browser.get(f"{CLIENTS}{application.pk}/change/"))
    assert "understood" in shown
    assert kept["kid"] in shown
    story = begin(preset="service-account", redirect_uris=())
    who = {"iss": application.client_id, "sub": application.client_id}
    own = story.assertion(**who, header={"kid": kept["kid"]})
    assert story.bear(own, scope="notes:read").status_code == 200


@spec("RFC 7517 §5")
def test_a_file_takes_the_place_of_a_clients_keys() -> None:
    story = begin(preset="service-account", redirect_uris=())
    new = ECKey.generate_key("P-256", {"kid": "new"})
    chosen = {"policy__jwks-file": a_file(json.dumps(key_set_of(new)))}
    changed = change(administrator(), story.registered.application.pk, **chosen)
    assert changed.status_code == 302, re.findall("errorlist.*", page_of(changed))
    assert story.bear(story.assertion(key=new), scope="notes:read").status_code == 200
    assert story.bear(scope="notes:read").status_code == 400


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"jwks-file": a_file(PRIVATE)}, "this is a private key"),
        ({"jwks-file": a_file(b"\xff\x00")}, "This is no JSON"),
        ({"jwks-file": a_file("x" * 100_000)}, "This is no JSON"),
        ({"jwks": client_key().as_pem(private=True).decode()}, "This is a private key."),
        (
            {"jwks-file": a_file(client_key().as_pem(private=True), "key.pem")},
            "This is a private key.",
        ),
        ({"jwks": "-----BEGIN PUBLIC KEY-----"}, "There is no public key in this."),
        (
            {"jwks": "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----"},
            "or cannot be read",
        ),
        ({}, "register the public part"),
        ({"jwks": "keys"}, "This is no JSON"),
        ({"jwks": "[" * 100_000}, "This is no JSON"),
        ({"jwks": "{}"}, "This is no key set"),
        ({"jwks": PRIVATE}, "Key 1 (kid test-client): this is a private key"),
        ({"jwks": PUBLIC, "jwks_uri": "https://client.example/keys"}, "not both"),
        ({"jwks_uri": "http://client.example/keys"}, "must begin with https://"),
        ({"jwks_uri": "https://client.example/" + "k" * 500}, "at most 500"),
    ],
)
@spec("RFC 7517 §5", "B-4")
def test_keys_that_cannot_be_registered_are_refused_with_the_reason(
    fields: dict[str, object], message: str
) -> None:
    for value in fields.values():
        if isinstance(value, SimpleUploadedFile):
            value.seek(0)
    response = administrator().post(ADD, {"name": "Courier", "scopes": ["notes:read"], **fields})
    assert response.status_code == 200
    page = page_of(response)
    assert message in page
    assert client_key().as_dict(private=True)["d"] not in page
    assert "BEGIN PRIVATE KEY" not in page
    assert not get_application_model().objects.exists()


@spec("RFC 7591 §2")
def test_a_clients_keys_are_changed_and_the_old_ones_stop_working() -> None:
    story = begin(preset="service-account", redirect_uris=())
    pk = story.registered.application.pk
    assert change(administrator(), pk).status_code == 302
    assert story.bear(scope="notes:read").status_code == 200
    new = ECKey.generate_key("P-256", {"kid": "new"})
    pasted = json.dumps(key_set_of(new))
    assert change(administrator(), pk, policy__jwks=pasted).status_code == 302
    assert story.bear(scope="notes:read").status_code == 400
    assert story.bear(story.assertion(key=new), scope="notes:read").status_code == 200
    emptied = change(administrator(), pk, policy__jwks="")
    assert "register the public part" in page_of(emptied)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"policy__authentication_method": "private_key_jwt"}, "register the public part"),
        ({"policy__authentication_method": "client_secret_jwt"}, "kept readable"),
        ({"policy__authentication_method": "none"}, "a confidential one must"),
        ({"policy__jwks": PRIVATE}, "this is a private key"),
        ({"policy__jwks_uri": "http://client.example/keys"}, "must begin with https://"),
        (
            {
                "policy__authentication_method": "private_key_jwt",
                "policy__jwks": PUBLIC,
                "policy__token_endpoint_auth_signing_alg": "HS256",
            },
            "One of: RS256",
        ),
    ],
)
@spec("RFC 7591 §2", "B-5")
def test_a_method_is_not_chosen_without_what_it_needs(
    changes: dict[str, str], message: str
) -> None:
    story = begin(preset="service", redirect_uris=())
    response = change(administrator(), story.registered.application.pk, **changes)
    assert message in page_of(response)
    policy = ClientPolicy.objects.get()
    assert (policy.authentication_method, policy.jwks) == ("", None)


@spec("OpenID Connect Core §10.1", "B-4", "B-7")
def test_a_secret_is_kept_readable_where_that_was_ticked() -> None:
    story = begin(preset="service", redirect_uris=())
    pk = story.registered.application.pk
    browser = administrator()
    add = f"{CLIENTS}{pk}/secrets/add/"
    browser.post(add, {"label": "plain"})
    shown = page_of(
        browser.post(add, {"label": "to sign with", "keep_readable": "on"}, follow=True)
    )
    (secret,) = re.findall(r'<code class="oauthflows-secret"[^>]*>([^<]+)</code>', shown)
    assert ClientSecret.objects.get(label="plain").sealed == ""
    row = ClientSecret.objects.get(label="to sign with")
    assert row.sealed
    page = page_of(browser.get(f"{CLIENTS}{pk}/change/"))
    assert page.count("(kept readable)") == 1
    assert secret not in page
    assert row.sealed not in page
    chosen = change(browser, pk, policy__authentication_method="client_secret_jwt")
    assert chosen.status_code == 302

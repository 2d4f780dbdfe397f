"""The keys of clients: which may be registered, which are used, and how often they are fetched."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.test import override_settings
from django.utils import timezone
from joserfc.jwk import ECKey, OctKey, OKPKey, RSAKey

from django_oauthflows.clients import keys, secrets
from django_oauthflows.clients.facts import facts_of
from django_oauthflows.clients.key_sets import MOST_KEYS, keys_of, validate_key_set
from django_oauthflows.clients.keys import NoKeys, encryption_key, verifying_keys
from django_oauthflows.clients.models import ClientSecret
from django_oauthflows.clients.replay import spend_once
from django_oauthflows.core.outage import CacheUnavailable, TooManyFetches
from django_oauthflows.rules.requests import ClientFacts
from django_oauthflows.testing.factories import ClientFactory
from tests.clients.published import Page, Site, site
from tests.marks import spec
from tests.rules.facts import client

DEAD_CACHE = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": "redis://127.0.0.1:1/0",
    }
}


@pytest.fixture
def served() -> Iterator[Site]:
    with site() as running:
        yield running


def public(kid: str, key: Any = None, **members: Any) -> dict[str, Any]:
    key = key or ECKey.generate_key("P-256")
    return {**key.as_dict(private=False), "kid": kid, **members}


def key_set(*kids: str, **members: Any) -> dict[str, Any]:
    return {"keys": [public(kid, **members) for kid in kids]}


#: A public key of 1024 bits.
WEAK = {"kty": "RSA", "e": "AQAB", "n": "3" * 171}


@pytest.mark.parametrize(
    ("value", "says"),
    [
        (None, "no key set"),
        ([], "no key set"),
        ({}, "no key set"),
        ({"keys": []}, "no key set"),
        ({"keys": {}}, "no key set"),
        ({"keys": [1]}, "Key 1"),
        ({"keys": [{}]}, "kty"),
        ({"keys": [{"kty": "EC"}]}, "cannot be read"),
        ({"keys": [{"kty": "EC", "crv": "P-256", "x": 1, "y": []}]}, "cannot be read"),
        ({"keys": [{"kty": "RSA", "n": "AA", "e": "AQAB"}]}, "Key 1"),
        ({"keys": [OctKey.generate_key(256).as_dict()]}, "shared secret"),
        ({"keys": [ECKey.generate_key("P-256").as_dict(private=True)]}, "private key"),
        ({"keys": [WEAK]}, "2048 bits"),
        ({"keys": [public("a", alg=1)]}, "text"),
        (key_set("same", "same"), "one kid"),
        (key_set("nul\x00"), "no key has"),
        (key_set("half \ud800"), "no key has"),
        ({**key_set("a"), "more": float("nan")}, "no key has"),
        ({**key_set("a"), "more": "m" * 70_000}, "too large"),
        (key_set(*map(str, range(MOST_KEYS + 1))), "At most 20"),
    ],
)
@spec("RFC 7517 §5", "RFC 7518 §3.3")
def test_a_set_that_is_private_weak_or_ambiguous_may_not_be_registered(
    value: Any, says: str
) -> None:
    with pytest.raises(ValidationError, match=says):
        validate_key_set(value)


@pytest.mark.parametrize(
    "key",
    [
        ECKey.generate_key("P-256"),
        ECKey.generate_key("P-521"),
        OKPKey.generate_key("Ed25519"),
        OKPKey.generate_key("X25519"),
        RSAKey.generate_key(2048, auto_kid=True),
    ],
    ids=lambda key: key.key_type,
)
@spec("RFC 7517 §5")
def test_a_public_key_may_be_registered(key: Any) -> None:
    validate_key_set({"keys": [key.as_dict(private=False)]})


def test_a_set_is_parsed_once() -> None:
    registered = key_set("one", "two")
    assert keys_of(registered) is keys_of({**registered})


@spec("RFC 7517 §4.2")
def test_a_key_is_used_for_what_it_says_it_is_for() -> None:
    exchange = public("for content", OKPKey.generate_key("X25519"), use="enc")
    owner = client(jwks={"keys": [public("for signatures", use="sig"), exchange]})
    assert [key.kid for key in verifying_keys(owner)] == ["for signatures"]
    assert encryption_key(owner, "ECDH-ES+A256KW").kid == "for content"
    for alg in ("RSA-OAEP-256", "dir", ""):
        with pytest.raises(NoKeys):
            encryption_key(owner, alg)


def test_a_client_without_keys_has_none() -> None:
    with pytest.raises(NoKeys):
        verifying_keys(client())


@spec("RFC 7591 §2")
def test_published_keys_are_fetched_once(served: Site) -> None:
    served.publish(key_set("first"))
    owner = client(jwks_uri=served.url)
    for _ in range(3):
        assert [key.kid for key in verifying_keys(owner, kid="first")] == ["first"]
    assert len(served.asked) == 1


def outcome_of(owner: ClientFacts, kid: str) -> str:
    try:
        verifying_keys(owner, kid=kid)
    except TooManyFetches as error:
        return type(error).__name__
    return "known"


@spec("RFC 7517 §4.5")
def test_a_new_key_is_found_and_invented_ones_knock_at_nobodys_door(served: Site) -> None:
    served.publish(key_set("first"))
    owner = client(jwks_uri=served.url)
    verifying_keys(owner, kid="first")
    served.publish(key_set("second"))
    assert [key.kid for key in verifying_keys(owner, kid="second")] == ["second"]
    answers = [outcome_of(owner, f"invented {number}") for number in range(50)]
    assert len(served.asked) <= 2 * keys.LOOKS
    # A key that was published a moment ago may be meant: that is for the client to try again.
    assert answers[-1] == "TooManyFetches"
    assert [key.kid for key in verifying_keys(owner, kid="second")] == ["second"]


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("max-age=1", keys.FRESH_AT_LEAST),
        ("public, max-age=600", 600),
        ("max-age=99999999", keys.FRESH_AT_MOST),
        ("no-store", keys.FRESH_AT_LEAST),
        ("public", keys.FRESH_USUALLY),
    ],
)
@spec("RFC 9111 §5.2.2")
def test_they_are_believed_for_as_long_as_their_publisher_says(
    served: Site, header: str, seconds: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    served.publish(key_set("first"), Cache_Control=header)
    owner = client(jwks_uri=served.url)
    now = keys.time()
    verifying_keys(owner)
    monkeypatch.setattr(keys, "time", lambda: now + seconds - 5)
    verifying_keys(owner)
    assert len(served.asked) == 1
    monkeypatch.setattr(keys, "time", lambda: now + seconds + 5)
    verifying_keys(owner)
    assert len(served.asked) == 2


def test_old_keys_are_better_than_none_while_the_address_does_not_answer(
    served: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    served.publish(key_set("first"))
    owner = client(jwks_uri=served.url)
    now = keys.time()
    verifying_keys(owner)
    served.page = Page(status=500)
    monkeypatch.setattr(keys, "time", lambda: now + keys.FRESH_AT_MOST)
    assert [key.kid for key in verifying_keys(owner)] == ["first"]


@pytest.mark.parametrize("body", [b"[]", b'{"keys": 1}', b'{"keys": [{"kty": "oct"}]}', b"1", b""])
def test_an_address_without_keys_is_no_reason_to_fail(served: Site, body: bytes) -> None:
    served.page = Page(body=body)
    with pytest.raises(NoKeys):
        verifying_keys(client(jwks_uri=served.url))


@override_settings(CACHES=DEAD_CACHE)
def test_without_a_cache_nothing_is_fetched(served: Site) -> None:
    served.publish(key_set("first"))
    with pytest.raises(CacheUnavailable):
        verifying_keys(client(jwks_uri=served.url))
    assert served.asked == []


@pytest.mark.django_db
@spec("RFC 7519 §4.1.7")
def test_an_id_is_spent_once_by_each_issuer() -> None:
    until = timezone.now() + timedelta(minutes=1)
    assert spend_once("an issuer", "a jti", until)
    assert not spend_once("an issuer", "a jti", until)
    assert spend_once("an issuer", "another jti", until)
    assert spend_once("an issue", "ra jti", until)
    assert not spend_once("late", "a jti", timezone.now() - timedelta(seconds=1))


@pytest.mark.django_db
@spec("RFC 7519 §4.1.7", "B-32")
def test_an_emptied_cache_or_none_forgets_no_use() -> None:
    until = timezone.now() + timedelta(minutes=1)
    assert spend_once("an issuer", "a jti", until)
    cache.clear()
    assert not spend_once("an issuer", "a jti", until)
    with override_settings(CACHES=DEAD_CACHE):
        assert not spend_once("an issuer", "a jti", until)
        assert spend_once("an issuer", "another jti", until)


@pytest.mark.django_db
@spec("OpenID Connect Core §10.1", "B-4", "B-7")
def test_a_readable_secret_is_stored_encrypted_and_read_again() -> None:
    service = ClientFactory(preset="service", redirect_uris=())
    application = service.application
    assert secrets.readable_secrets(facts_of(application)) == ()
    readable = secrets.add(application, label="to sign with", is_readable=True)
    row = ClientSecret.objects.get(label="to sign with")
    assert len(readable) == 64
    assert readable not in row.sealed
    assert secrets.readable_secrets(facts_of(application)) == (readable,)
    assert readable not in repr(facts_of(application))
    secrets.retire(row)
    assert secrets.readable_secrets(facts_of(application)) == ()


@pytest.mark.django_db
def test_a_readable_secret_outlives_the_secret_key_it_was_encrypted_under() -> None:
    service = ClientFactory(preset="service", redirect_uris=())
    readable = secrets.add(service.application, label="to sign with", is_readable=True)
    with override_settings(SECRET_KEY="new", SECRET_KEY_FALLBACKS=["tests only"]):
        assert secrets.seal_anew() == 1
        assert secrets.seal_anew() == 0
    with override_settings(SECRET_KEY="new"):
        assert secrets.readable_secrets(facts_of(service.application)) == (readable,)
    assert secrets.seal_anew() == 0


@pytest.mark.django_db
def test_a_secret_of_a_lost_secret_key_is_left_out(caplog: pytest.LogCaptureFixture) -> None:
    service = ClientFactory(preset="service", redirect_uris=())
    readable = secrets.add(service.application, label="to sign with", is_readable=True)
    client_facts = facts_of(service.application)
    with override_settings(SECRET_KEY="another"):
        assert secrets.readable_secrets(client_facts) == ()
    assert "another SECRET_KEY" in caplog.text
    assert readable not in caplog.text
    with override_settings(SECRET_KEY="another", SECRET_KEY_FALLBACKS=["tests only"]):
        assert secrets.readable_secrets(client_facts) == (readable,)

"""Sealed at rest, and a lease that a crashed holder does not keep."""

import time
from datetime import timedelta

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.test import override_settings
from django.utils import timezone

from django_oauthflows.outbound import stores
from django_oauthflows.outbound.models import StoredToken
from django_oauthflows.outbound.sealing import seal, unseal
from django_oauthflows.outbound.stores import CacheStore, DatabaseStore, Place, store_named

PLACE = Place("paper", "ada")


@pytest.mark.django_db
def test_a_crashed_holders_lease_ends_in_the_database() -> None:
    store = DatabaseStore()
    crashed = store.claim(PLACE)
    assert crashed is not None
    assert store.claim(PLACE) is None
    StoredToken.objects.update(lease_expires=timezone.now() - timedelta(seconds=1))

    following = store.claim(PLACE)

    assert following is not None
    store.release(PLACE, crashed)
    assert store.claim(PLACE) is None


def test_a_crashed_holders_lease_ends_in_the_cache(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stores, "LEASE", 1)
    store = CacheStore()
    crashed = store.claim(PLACE)
    assert crashed is not None
    assert store.claim(PLACE) is None
    time.sleep(1.1)

    following = store.claim(PLACE)

    assert following is not None
    store.release(PLACE, crashed)
    assert store.claim(PLACE) is None


@pytest.mark.django_db
def test_nothing_is_left_of_a_place_without_a_token() -> None:
    store = DatabaseStore()
    lease = store.claim(PLACE)
    assert lease is not None
    store.release(PLACE, lease)
    assert not StoredToken.objects.exists()


def test_what_an_older_secret_key_sealed_is_read() -> None:
    with override_settings(SECRET_KEY="before"):
        sealed = seal("text", context="here")
    with override_settings(SECRET_KEY="now", SECRET_KEY_FALLBACKS=["older", "before"]):
        assert unseal(sealed, context="here") == "text"
    with override_settings(SECRET_KEY="now", SECRET_KEY_FALLBACKS=[]):
        assert unseal(sealed, context="here") is None


def test_what_is_sealed_opens_in_its_own_place_only() -> None:
    sealed = seal("text", context="here")
    assert "text" not in sealed
    assert seal("text", context="here") != sealed
    assert unseal(sealed, context="there") is None


def test_a_store_has_one_of_two_names() -> None:
    with pytest.raises(ImproperlyConfigured):
        store_named("drawer")

"""What is encrypted at rest: readable with the project's secrets, for its own use and place alone."""

from datetime import UTC, datetime
from uuid import UUID

import pytest
from django.test import override_settings

from django_oauthflows import sealing
from django_oauthflows.keys import sealing as keys
from django_oauthflows.outbound import sealing as outbound
from django_oauthflows.sealing import Unopened, Use
from django_oauthflows.tokens import replay

#: Made by release 0.1.0, under the SECRET_KEY of the suite's settings.
OF_OLD = {
    "key": "riN2GTjZwb94Gl6l8t7Nq4vHvt6Mv3K8AxVGPCVASc3RjexX-Wi-TAp90Nikua6A6dor7A==",
    "token": "lM1-pyNd9o4bEE7Kqr6ddZHgPJXs5e6wm_-KLa8Z3PChRtI=",
    "answer": (
        "j3TIVjC5vgI4WbGFwAXn5Cg-9e-j-81MvbklsyTosPhHdSzjqT1ysDU7vdEafjpCBUiqR1LEtR2-Au7QhYf6N5MRUTxWn"
        "Xdz63nmaXKur0EbQZuAUbz7rCW9imW_wuVQ52dYBeGPJoo6TiVShxxD_McAhxdfAfVSoqmElPY4_Q=="
    ),
}


def test_what_was_sealed_before_is_still_read() -> None:
    assert keys.unseal(OF_OLD["key"], kid="a-kid") == {"kty": "OKP", "d": "x"}
    assert outbound.unseal(OF_OLD["token"], context="a place") == "a token"
    answer = replay.unseal(OF_OLD["answer"], presented="presented", family=UUID(int=7))
    assert (answer.access_token, answer.refresh_token) == ("a", "r")
    assert answer.expires == datetime(2030, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize("use", Use)
def test_what_is_sealed_opens_for_its_use_its_place_and_its_secret_alone(use: Use) -> None:
    (key,) = sealing.project_keys(use)
    sealed = sealing.seal("a secret", key=key, bound_to=b"here")
    assert "a secret" not in sealed
    assert sealing.unseal(sealed, keys=[key], bound_to=b"here") == ("a secret", 0)
    others = [found for other in Use if other is not use for found in sealing.project_keys(other)]
    for keys_tried, place in (
        (others, b"here"),
        ([key], b"there"),
        ([sealing.key_of("another", use)], b"here"),
        ([sealing.key_of("tests only", use, salt=b"salt")], b"here"),
    ):
        with pytest.raises(Unopened):
            sealing.unseal(sealed, keys=keys_tried, bound_to=place)


@pytest.mark.parametrize("sealed", ["", "A", "é", "not base64!", "AAAA", "A" * 40])
def test_what_nobody_sealed_does_not_open(sealed: str) -> None:
    with pytest.raises(Unopened):
        sealing.unseal(sealed, keys=sealing.project_keys(Use.CLIENT_SECRETS), bound_to=b"")


def test_a_former_secret_still_opens_and_the_new_one_seals() -> None:
    old = sealing.project_keys(Use.CLIENT_SECRETS)
    sealed = sealing.seal("a secret", key=old[0], bound_to=b"")
    with override_settings(SECRET_KEY="new", SECRET_KEY_FALLBACKS=["tests only"]):
        now = sealing.project_keys(Use.CLIENT_SECRETS)
        assert now[1:] == old
        assert sealing.unseal(sealed, keys=now, bound_to=b"") == ("a secret", 1)

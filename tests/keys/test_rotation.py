"""Signing keys from their announcement to their end, with a verifier that never meets an unknown key."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import Client, override_settings
from django.utils import timezone

from django_oauthflows.conf import conf
from django_oauthflows.keys import jwt, ring, sealing
from django_oauthflows.keys.algorithms import ALGORITHMS
from django_oauthflows.keys.models import SigningKey, State
from django_oauthflows.keys.rotation import rotate
from tests.marks import spec

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


def command(*arguments: str) -> str:
    out = StringIO()
    call_command("oauthflows_rotate_keys", *arguments, stdout=out)
    return out.getvalue()


def states() -> list[str]:
    return list(SigningKey.objects.order_by("pk").values_list("state", flat=True))


@spec("B-30")
def test_a_key_is_announced_signs_retires_and_goes() -> None:
    begun = timezone.now()
    rotate(now=begun)
    assert states() == [State.SIGNING]

    announces = begun + timedelta(seconds=conf.KEY_SIGNING_SECONDS - conf.KEY_ANNOUNCED_SECONDS)
    assert rotate(now=announces - DAY) == []
    rotate(now=announces)
    assert states() == [State.SIGNING, State.ANNOUNCED]

    signs = announces + timedelta(seconds=conf.KEY_ANNOUNCED_SECONDS)
    assert rotate(now=signs - timedelta(seconds=1)) == []
    rotate(now=signs)
    assert states() == [State.RETIRED, State.SIGNING]

    goes = signs + timedelta(seconds=conf.KEY_RETIRED_SECONDS)
    assert rotate(now=goes - timedelta(seconds=1)) == []
    rotate(now=goes)
    assert states() == [State.SIGNING]


@spec("B-30")
def test_a_step_is_taken_once_however_often_the_command_runs() -> None:
    now = timezone.now()
    rotate(now=now)
    due = now + timedelta(seconds=conf.KEY_SIGNING_SECONDS)
    assert rotate(now=due) != []
    before = list(SigningKey.objects.values())
    assert rotate(now=due) == []
    assert list(SigningKey.objects.values()) == before


@spec("B-30")
def test_a_late_command_still_announces_before_it_signs() -> None:
    now = timezone.now()
    rotate(now=now)
    rotate(now=now + timedelta(days=400))
    assert states() == [State.SIGNING, State.ANNOUNCED]


@spec("B-30")
def test_no_verification_fails_while_keys_rotate_day_by_day() -> None:
    """The verifier has the key set of the day before, and is shown that day's token as well."""
    day, signers = timezone.now(), set()
    known, yesterdays = {ring.signing_key().kid}, jwt.sign({}, typ="at+jwt")
    for _ in range(200):
        day += DAY
        rotate(now=day)
        todays = jwt.sign({}, typ="at+jwt")
        for token in (yesterdays, todays):
            assert jwt.open_jwt(token).header["kid"] in known
        known, yesterdays = {key["kid"] for key in ring.published()}, todays
        signers.add(ring.signing_key().kid)
    assert len(signers) == 3


@spec("B-30")
def test_a_key_is_kept_for_as_long_as_any_access_token_lives() -> None:
    now = timezone.now()
    rotate(now=now)
    rotate(at_once=True, now=now)
    later = now + timedelta(seconds=conf.KEY_RETIRED_SECONDS + 1)
    assert states() == [State.RETIRED, State.SIGNING]
    rotate(now=later, keep=conf.KEY_RETIRED_SECONDS * 2)
    assert State.RETIRED in states()
    rotate(now=later)
    assert State.RETIRED not in states()


@spec("B-30")
def test_a_retired_key_can_sign_no_more_whoever_has_the_table_and_the_secret() -> None:
    old = ring.signing_key()
    token = jwt.sign({}, typ="at+jwt")
    command("--now")
    assert SigningKey.objects.get(kid=old.kid).sealed == ""
    assert ring.signing_key().kid != old.kid
    assert jwt.open_jwt(token).header["kid"] == old.kid


@spec("B-30")
def test_the_command_says_what_it_did() -> None:
    first = command()
    assert "first ES256 key" in first
    assert command() == "Nothing is due.\n"
    forced = command("--now")
    assert [word in forced for word in ("announced", "retired", "signs from now on")] == [True] * 3


@spec("B-30")
def test_another_algorithm_is_published_before_it_is_chosen() -> None:
    ring.signing_key()
    command("--algorithm", "RS256")
    assert {key["alg"] for key in Client().get("/o/.well-known/jwks.json").json()["keys"]} == {
        "ES256",
        "RS256",
    }
    assert ring.signing_key().algorithm == "ES256"
    with override_settings(OAUTHFLOWS={"SIGNING_ALGORITHM": "RS256"}):
        assert ring.signing_key().algorithm == "RS256"
    assert SigningKey.objects.count() == 2


def test_an_unknown_algorithm_is_refused() -> None:
    with pytest.raises(CommandError):
        command("--algorithm", "HS256")


@pytest.mark.parametrize("algorithm", sorted(ALGORITHMS))
@spec("RFC 7638 §3", "B-30")
def test_each_algorithm_signs_and_verifies(algorithm: str) -> None:
    token = jwt.sign({"a": 1}, typ="at+jwt", algorithm=algorithm)
    opened = jwt.open_jwt(token)
    assert opened.claims == {"a": 1}
    assert opened.header["alg"] == algorithm
    key = ring.verifying_key(opened.header["kid"])
    assert key is not None
    assert key.key.thumbprint() == opened.header["kid"]


@spec("B-30")
def test_a_key_is_parsed_once_per_process() -> None:
    assert ring.signing_key() is ring.signing_key()
    before = ring.signing_key()
    ring.forget()
    assert ring.signing_key() is before


# At rest ------------------------------------------------------------------------------------------


@spec("B-30")
def test_the_private_part_is_not_in_the_table() -> None:
    private = ring.signing_key().key.as_dict(private=True)["d"]
    row = SigningKey.objects.get()
    assert "d" not in row.public
    assert private not in row.sealed
    assert sealing.unseal(row.sealed, kid=row.kid)["d"] == private


@spec("B-30")
def test_a_sealed_key_is_bound_to_its_name() -> None:
    ring.signing_key()
    with pytest.raises(sealing.Sealed):
        sealing.unseal(SigningKey.objects.get().sealed, kid="another")


@spec("B-30")
def test_a_former_secret_still_opens_and_the_command_seals_anew() -> None:
    kid = ring.signing_key().kid
    with override_settings(SECRET_KEY="a new one", SECRET_KEY_FALLBACKS=["tests only"]):
        row = SigningKey.objects.get()
        assert sealing.needs_sealing_anew(row.sealed, kid=kid)
        assert "present secret" in command()
        assert command() == "Nothing is due.\n"
    with override_settings(SECRET_KEY="a new one"):
        assert sealing.unseal(SigningKey.objects.get().sealed, kid=kid)["kid"] == kid


@spec("B-30")
def test_a_secret_of_its_own_takes_over_from_the_sites() -> None:
    kid = ring.signing_key().kid
    with override_settings(OAUTHFLOWS={"KEY_ENCRYPTION_SECRET": "only for keys"}):
        command()
    with pytest.raises(sealing.Sealed, match="SECRET_KEY_FALLBACKS"):
        sealing.unseal(SigningKey.objects.get().sealed, kid=kid)


@spec("B-30")
def test_a_lost_secret_leaves_verification_and_a_way_out() -> None:
    token = jwt.sign({}, typ="at+jwt")
    with override_settings(SECRET_KEY="lost the other"):
        ring._private.clear()
        with pytest.raises(sealing.Sealed, match="oauthflows_rotate_keys --now"):
            ring.signing_key()
        jwt.open_jwt(token)
        assert "was encrypted under another secret" in command("--now")
        jwt.open_jwt(jwt.sign({}, typ="at+jwt"))


# Published ----------------------------------------------------------------------------------------


@spec("RFC 7517 §5", "RFC 8414 §2", "B-30")
def test_the_key_set_is_public_and_names_its_keys() -> None:
    url = Client().get("/o/.well-known/oauth-authorization-server").json()["jwks_uri"]
    response = Client().get(url)
    (key,) = response.json()["keys"]
    assert url == "http://testserver/o/.well-known/jwks.json"
    assert {name: key[name] for name in ("kty", "crv", "alg", "use")} == {
        "kty": "EC",
        "crv": "P-256",
        "alg": "ES256",
        "use": "sig",
    }
    assert "d" not in key
    assert key["kid"] == ring.signing_key().kid
    assert response["Access-Control-Allow-Origin"] == "*"


@spec("RFC 9111 §5.2", "B-30")
def test_a_copy_of_the_key_set_is_old_before_a_new_key_signs() -> None:
    response = Client().get("/o/.well-known/jwks.json")
    assert response["Cache-Control"] == "public, max-age=3600"
    with override_settings(OAUTHFLOWS={"KEY_ANNOUNCED_SECONDS": 600}):
        assert Client().get("/o/.well-known/jwks.json")["Cache-Control"] == "public, max-age=300"


@spec("RFC 9110 §13.1.2")
def test_a_key_set_that_did_not_change_is_not_sent_again() -> None:
    first = Client().get("/o/.well-known/jwks.json")
    again = Client().get("/o/.well-known/jwks.json", headers={"If-None-Match": first["ETag"]})
    assert again.status_code == 304
    command("--now")
    assert (
        Client()
        .get("/o/.well-known/jwks.json", headers={"If-None-Match": first["ETag"]})
        .status_code
        == 200
    )


def test_the_key_set_is_only_read() -> None:
    assert Client().post("/o/.well-known/jwks.json").status_code == 405

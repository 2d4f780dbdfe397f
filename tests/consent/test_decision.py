"""What happens to a request next, from who is there and what was asked: a table without a database."""

from typing import Any

import pytest

from django_oauthflows.consent.decision import NOBODY, Next, Presence, decide, is_too_old
from django_oauthflows.consent.remembered import RememberedConsent
from django_oauthflows.consent.scope import scope_of_request
from django_oauthflows.rules.requests import AuthorizationRequest, OpenIDFacts
from tests.marks import spec
from tests.rules.facts import authorization, client

CORE = "OpenID Connect Core §3.1.2.1"


def after(presence: Presence | None = None, *, remembered: bool = True, **asked: Any) -> Next:
    """What comes next for a client that is remembered, unless told otherwise."""
    prompt = frozenset(str(asked.pop("prompt", "")).split())
    request = authorization(prompt=prompt, **asked)
    return decide(
        request,
        presence=presence or here(),
        remembered=agreed_to(request) if remembered else None,
    ).next


def agreed_to(request: AuthorizationRequest) -> RememberedConsent:
    """The consent of somebody who agreed to just this."""
    return RememberedConsent(pages=(scope_of_request(request),))


def here(**changes: Any) -> Presence:
    """Somebody who signed in a minute ago."""
    return Presence(**{"is_signed_in": True, "age": 60.0, **changes})


@spec(CORE, "B-28")
@pytest.mark.parametrize(
    ("asked", "presence", "expected"),
    [
        ({}, here(), Next.ANSWER),
        ({}, NOBODY, Next.SIGN_IN),
        ({"prompt": "login"}, NOBODY, Next.SIGN_IN),
        ({"prompt": "login"}, here(), Next.SIGN_IN_AGAIN),
        ({"prompt": "login"}, here(signed_in_for_it=True), Next.ANSWER),
        ({"prompt": "login consent"}, here(signed_in_for_it=True), Next.ASK),
        ({"max_age": 60}, here(), Next.ANSWER),
        ({"max_age": 59}, here(), Next.SIGN_IN_AGAIN),
        ({"max_age": 59}, here(age=None), Next.SIGN_IN_AGAIN),
        ({"max_age": 0}, here(age=0.5, signed_in_for_it=True), Next.ANSWER),
        ({"client": client(openid=OpenIDFacts(require_auth_time=True))}, here(), Next.ANSWER),
        (
            {"client": client(openid=OpenIDFacts(require_auth_time=True))},
            here(age=None),
            Next.SIGN_IN_AGAIN,
        ),
        ({"prompt": "select_account"}, here(), Next.CHOOSE_ACCOUNT),
        ({"prompt": "select_account"}, here(has_chosen=True), Next.ANSWER),
        ({"prompt": "select_account"}, here(signed_in_for_it=True), Next.ANSWER),
        ({"prompt": "select_account login"}, here(has_chosen=True), Next.SIGN_IN_AGAIN),
        ({"prompt": "create"}, here(), Next.CREATE_ACCOUNT),
        ({"prompt": "create"}, NOBODY, Next.CREATE_ACCOUNT),
        ({"prompt": "create"}, here(was_sent_to_sign_up=True), Next.ANSWER),
        ({}, here(is_expected=False), Next.SIGN_IN_AGAIN),
        ({}, here(is_expected=False, signed_in_for_it=True), Next.REFUSE_OTHER_PERSON),
    ],
)
def test_who_is_there_comes_before_what_they_agreed_to(
    asked: dict[str, Any], presence: Presence, expected: Next
) -> None:
    assert after(presence, **asked) is expected


TWO = frozenset({"two"})


@spec("OpenID Connect Core §5.5.1.1", "B-28")
@pytest.mark.parametrize(
    ("asked", "presence", "expected"),
    [
        ({"acr_values": ("two",)}, here(acr="one"), Next.ANSWER),
        ({"acr_values": ("two",)}, here(acr="one", can_step_up_to=TWO), Next.STEP_UP),
        ({"acr_values": ("two",)}, here(acr="two", can_step_up_to=TWO), Next.ANSWER),
        (
            {"acr_values": ("two",)},
            here(acr="one", can_step_up_to=TWO, was_sent_to_step_up=True),
            Next.ANSWER,
        ),
        ({"acr_required": ("two",)}, here(acr="one"), Next.REFUSE_UNMET_CONTEXT),
        ({"acr_required": ("two",)}, here(acr="two"), Next.ANSWER),
        ({"acr_required": ("two",)}, here(acr="one", can_step_up_to=TWO), Next.STEP_UP),
        ({"acr_required": ("three",)}, here(can_step_up_to=TWO), Next.REFUSE_UNMET_CONTEXT),
        (
            {"acr_required": ("two",)},
            here(acr="one", can_step_up_to=TWO, was_sent_to_step_up=True),
            Next.REFUSE_UNMET_CONTEXT,
        ),
        (
            {"acr_required": ("two",), "acr_values": ("one",)},
            here(acr="one"),
            Next.REFUSE_UNMET_CONTEXT,
        ),
    ],
)
def test_what_is_required_is_reached_and_what_is_wished_for_is_tried_once(
    asked: dict[str, Any], presence: Presence, expected: Next
) -> None:
    assert after(presence, **asked) is expected


@spec("OpenID Connect Core §3.1.2.6", "B-28")
@pytest.mark.parametrize(
    ("asked", "presence", "expected"),
    [
        ({}, here(), Next.ANSWER),
        ({"remembered": False}, here(), Next.REFUSE_CONSENT_REQUIRED),
        ({"remembered": False}, here(is_expected=False), Next.REFUSE_CONSENT_REQUIRED),
        ({}, NOBODY, Next.REFUSE_LOGIN_REQUIRED),
        ({"max_age": 59}, here(), Next.REFUSE_LOGIN_REQUIRED),
        ({}, here(is_expected=False), Next.REFUSE_LOGIN_REQUIRED),
        (
            {"acr_required": ("two",)},
            here(can_step_up_to=TWO),
            Next.REFUSE_UNMET_CONTEXT,
        ),
        ({"acr_values": ("two",)}, here(can_step_up_to=TWO), Next.ANSWER),
    ],
)
def test_in_silence_every_page_is_a_refusal(
    asked: dict[str, Any], presence: Presence, expected: Next
) -> None:
    assert after(presence, prompt="none", **asked) is expected


@spec(CORE)
@pytest.mark.parametrize(
    ("max_age", "age", "expected"),
    [(None, None, False), (None, 1e9, False), (60, 60.0, False), (60, 60.1, True), (0, None, True)],
)
def test_an_unknown_moment_is_too_long_ago(
    max_age: int | None, age: float | None, expected: bool
) -> None:
    assert is_too_old(max_age, age) is expected


#: Addresses on the person's own device, as a browser understands them.
ANYBODYS = (
    "http://localhost/cb",
    "https://localhost/cb",
    "https://LOCALHOST:8443/cb",
    "https://app.localhost/cb",
    "https://localhost./cb",
    "http://127.0.0.1:3000/cb",
    "https://127.0.0.2/cb",
    "https://[::1]/cb",
    "https://[::ffff:127.0.0.1]/cb",
    "https://0.0.0.0/cb",
    "com.example.app:/cb",
    "com.example.app://client.example/cb",
)


@spec("RFC 8252 §8.6")
def test_nothing_is_answered_in_silence_where_anybody_may_wait() -> None:
    for is_confidential in (True, False):
        known = client(skips_consent=True, is_confidential=is_confidential)
        for uri in ANYBODYS:
            assert after(client=known, redirect_uri=uri) is Next.ASK
            assert after(client=known, redirect_uri=uri, prompt="none") is Next.REFUSE_UNASSURED
        assert after(client=known, redirect_uri="https://client.example:8443/cb") is Next.ANSWER


@spec("RFC 8252 §8.6")
def test_only_a_secret_tells_who_waits_at_an_address_in_the_clear() -> None:
    plain = "http://client.example/cb"
    assert after(redirect_uri=plain) is Next.ANSWER
    assert after(redirect_uri=plain, client=client(is_confidential=False)) is Next.ASK

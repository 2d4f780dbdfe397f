"""Questions about a device that waits (RFC 8628)."""

from typing import Any

import pytest

from django_oauthflows.flows.device_code import DEVICE_CODE
from django_oauthflows.rules import device
from django_oauthflows.rules.requests import DeviceStatus
from tests.marks import spec
from tests.rules.facts import NOW, SECOND, authorization, held, token


def first_no(**facts: Any) -> tuple[str, str] | None:
    """Name and code of the first rule of the flow that refuses a device's poll."""
    request = token(held=held(flow="device-code", **facts))
    refusals = (rule for rule in DEVICE_CODE.token_rules if rule(request) is not None)
    rule = next(refusals, None)
    return (rule.name, str(rule.refuses_with)) if rule else None


@spec("RFC 8628 §3.5", "B-24")
@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({"client_key": None}, ("device_code_must_belong_to_client", "invalid_grant")),
        ({"client_key": 2}, ("device_code_must_belong_to_client", "invalid_grant")),
        ({"spent_at": NOW}, ("device_code_must_be_unspent", "invalid_grant")),
        ({"expires": NOW}, ("device_code_must_not_be_expired", "expired_token")),
        (
            {"device_status": DeviceStatus.DENIED},
            ("person_must_not_have_denied", "access_denied"),
        ),
        (
            {"device_status": DeviceStatus.PENDING, "is_polled_too_soon": True},
            ("device_must_wait_between_polls", "slow_down"),
        ),
        (
            {"device_status": DeviceStatus.PENDING},
            ("person_must_have_decided", "authorization_pending"),
        ),
        (
            {"device_status": DeviceStatus.PENDING, "expires": NOW, "client_key": 2},
            ("device_code_must_belong_to_client", "invalid_grant"),
        ),
    ],
)
def test_a_poll_is_refused_by_the_rule_that_says_why(
    facts: dict[str, Any], expected: tuple[str, str]
) -> None:
    assert first_no(**facts) == expected


@spec("RFC 8628 §3.5")
def test_an_unknown_code_is_no_grant() -> None:
    assert device.device_code_must_exist(token(held=None)) is not None
    assert device.device_code_must_exist.refuses_with == "invalid_grant"


@spec("RFC 8628 §3.5")
def test_a_live_approved_code_passes_until_its_last_second() -> None:
    request = token(held=held(expires=NOW + SECOND))
    assert device.device_code_must_not_be_expired(request) is None
    assert device.device_code_must_be_unspent(request) is None


@spec("RFC 8707 §2.2")
def test_a_resource_waits_for_the_token_request() -> None:
    question = device.resource_must_be_named_at_the_token_endpoint
    assert question(authorization()) is None
    assert question(authorization(resource=("https://api.example/",))) is not None

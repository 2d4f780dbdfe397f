"""The walk of a device: a code on a screen, and a button in place of the clock that polls."""

from collections.abc import Mapping

from django_oauthflows.flows.device_code import DEVICE_CODE, GRANT_TYPE
from example_project.playground.walks.base import NOTES, Road, Walk
from example_project.playground.walks.wire import accepted

#: RFC 8628 §3.5: the person has not decided yet, or the device asked too soon.
WAITING = {"authorization_pending", "slow_down"}


def show_codes(road: Road, form: Mapping[str, str]) -> str:
    answer = road.wire.post(
        "The device asks for its codes",
        "device_authorization_endpoint",
        {"scope": "notes:read"},
    )
    codes = accepted(answer).members
    for name in ("device_code", "user_code", "verification_uri", "verification_uri_complete"):
        road.kept[name] = codes.get(name, "")
    return ""


def poll(road: Road, answer: Mapping[str, str]) -> None:
    """Ask once; the codes are forgotten when there is a decision."""
    polled = road.wire.post(
        "The device asks whether somebody has decided",
        "token_endpoint",
        {"grant_type": GRANT_TYPE, "device_code": road.kept["device_code"]},
    )
    if polled.error in WAITING:
        return
    road.kept.clear()
    road.wire.call_api(NOTES, accepted(polled).member("access_token"))


WALKS = (
    Walk(
        flow=DEVICE_CODE,
        says="This page plays the device and shows a code. Type it on the device page, here or on your "
        "phone, then let the device ask.",
        client={
            "preset": "device",
            "name": "Device code",
            "flows": ("device-code",),
            "scopes": ("notes:read",),
        },
        begin=show_codes,
        go_on=poll,
    ),
)

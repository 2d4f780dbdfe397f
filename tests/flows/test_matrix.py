"""Every flow, tried by every kind of client, under every security profile.

Made from the catalogue, the presets and the profiles: a new one of them is in the matrix by itself, and a new
flow fails here until it has a driver, which walks the flow over HTTP as such a client would.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any

import pytest
from oauth2_provider.models import get_access_token_model

from django_oauthflows.audit.models import AuditEvent
from django_oauthflows.clients.presets import PRESETS, Preset
from django_oauthflows.clients.profiles import PROFILES, Profile
from django_oauthflows.flows import catalogue
from django_oauthflows.flows.base import Flow, Standing
from django_oauthflows.testing.client import answered
from django_oauthflows.testing.factories import PASSWORD
from tests.marks import spec
from tests.stories import WITH_OPENID, Story, begin

pytestmark = pytest.mark.django_db

#: The API that a client names where its profile asks it to.
API = "http://testserver"

#: What a driver comes back with: the members of the token response, or of the refusal.
Members = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Driver:
    """How a flow is walked, and the code that refuses a client that may not use it.

    `also_refused` tells of a client that has the flow and is refused under a profile all the same.
    """

    walk: Callable[[Story], Members]
    refused_with: Callable[[Preset], str] = lambda preset: "unauthorized_client"
    also_refused: Callable[[Preset, Profile], bool] = lambda preset, profile: False


def by_code(story: Story, **request: Any) -> Members:
    answer = answered(story.decide(**request))
    if "error" in answer:
        return answer
    verifier = {} if "code_challenge" not in request else {"code_verifier": None}
    return dict(story.redeem(answer["code"], **verifier).json())


def without_pkce(story: Story) -> Members:
    """As the one request OAuth 2.1 leaves open without PKCE: OpenID Connect's, with a nonce (§7.6)."""
    return by_code(
        story,
        scope="openid notes:read",
        nonce="a-nonce",
        code_challenge=None,
        code_challenge_method=None,
    )


def with_client_credentials(story: Story) -> Members:
    return dict(story.token(grant_type="client_credentials", scope="notes:read").json())


def with_an_assertion(story: Story) -> Members:
    return dict(story.bear(scope="notes:read").json())


def by_refreshing(story: Story) -> Members:
    """With a refresh token of any flow the client has; with an invented one where it can have none."""
    for slug in story.registered.policy.flows:
        if catalogue.BY_SLUG[slug].may_be_refreshed and slug != "refresh-token":
            token = DRIVERS[slug].walk(story).get("refresh_token", "")
            if token:
                return dict(story.refresh(token).json())
    return dict(story.refresh("no-such-token").json())


def in_front(response_type: str) -> Callable[[Story], Members]:
    """The token of the front channel, which comes in the fragment, as refusals of its flows do."""

    def walk(story: Story) -> Members:
        unproven = {"code_challenge": None, "code_challenge_method": None}
        changes = unproven if response_type == "token" else {}
        response = story.decide(scope="notes:read", response_type=response_type, **changes)
        return answered(response, mode="fragment")

    return walk


def with_a_password(story: Story) -> Members:
    return dict(
        story.token(
            grant_type="password",
            username=story.person.username,
            password=PASSWORD,
            scope="notes:read",
        ).json()
    )


def by_a_device(story: Story) -> Members:
    codes = story.device_codes(scope="notes:read").json()
    if "error" in codes:
        return dict(codes)
    story.decide_on_device(codes["user_code"], scopes=["notes:read"])
    return dict(story.poll(codes["device_code"]).json())


def by_exchanging(story: Story) -> Members:
    """A token of its own for this site's API; with an invented one where it can have none."""
    policy, token = story.registered.policy, "no-such-token"
    if "token-exchange" in policy.flows:
        policy.exchange_targets = ["http://testserver"]
        policy.save()
        token = by_code(story)["access_token"]
    return dict(story.exchange(token).json())


#: One driver for each flow of the catalogue.
DRIVERS: dict[str, Driver] = {
    "authorization-code": Driver(
        walk=without_pkce,
        also_refused=lambda preset, profile: profile.slug == "mcp",
        # A client that may use the flow with PKCE is told what is missing.
        refused_with=lambda preset: (
            "invalid_request"
            if "authorization-code-pkce" in preset.flows
            else "unauthorized_client"
        ),
    ),
    "authorization-code-pkce": Driver(walk=by_code),
    "client-credentials": Driver(walk=with_client_credentials),
    # Whoever has no key that verifies it is not told whether the flow is one of the client's.
    "jwt-bearer": Driver(walk=with_an_assertion, refused_with=lambda preset: "invalid_grant"),
    "refresh-token": Driver(walk=by_refreshing),
    "device-code": Driver(walk=by_a_device),
    "token-exchange": Driver(walk=by_exchanging),
    "implicit": Driver(walk=in_front("token")),
    "hybrid": Driver(walk=in_front("code token")),
    "password": Driver(walk=with_a_password),
}


def driver_of(flow: Flow) -> Driver:
    if flow.slug not in DRIVERS:
        pytest.fail(f"the flow {flow.slug} has no driver: write one into DRIVERS of {__file__}")
    return DRIVERS[flow.slug]


def is_allowed(flow: Flow, preset: Preset, profile: Profile) -> bool:
    """May such a client use the flow? A legacy flow, under the legacy profile alone."""
    if flow.standing is Standing.LEGACY and profile.slug != "legacy":
        return False
    return flow.slug in preset.flows and not driver_of(flow).also_refused(preset, profile)


def kind_with(flow: Flow) -> Preset:
    """The first kind of client that has the flow; of one that is ticked by hand, the first of all."""
    return next((preset for preset in PRESETS if flow.slug in preset.flows), PRESETS[0])


def without(flow: Flow, flows: Iterable[str]) -> list[str]:
    """Take a flow away, and of one with PKCE the form without, whose clients may always use PKCE."""
    taken = {flow.slug, flow.slug.removesuffix("-pkce")}
    return [slug for slug in flows if slug not in taken]


@pytest.fixture
def openid(settings: Any) -> None:
    settings.OAUTH2_PROVIDER = WITH_OPENID


@pytest.mark.parametrize("profile", PROFILES, ids=lambda profile: profile.slug)
@pytest.mark.parametrize("preset", PRESETS, ids=lambda preset: preset.slug)
@pytest.mark.parametrize("flow", catalogue.FLOWS, ids=lambda flow: flow.slug)
@spec("RFC 6749 §4.1.2.1", "RFC 6749 §5.2")
def test_what_a_client_may_do_works_and_the_rest_is_refused(
    flow: Flow, preset: Preset, profile: Profile, openid: None, django_capture_on_commit_callbacks
) -> None:
    story = with_an_address(begin(preset=preset.slug, profile=profile.slug))
    story.resource = API if profile.slug == "mcp" else None
    with django_capture_on_commit_callbacks(execute=True):
        members = driver_of(flow).walk(story)
    if is_allowed(flow, preset, profile):
        assert story.call(members["access_token"]).status_code == 200
        return
    assert members["error"] == driver_of(flow).refused_with(preset)
    assert AuditEvent.objects.filter(code=members["error"]).exists()
    assert not get_access_token_model().objects.exists()


def with_an_address(story: Story) -> Story:
    """Give a client somewhere to return to: the flow is to be refused, and not the address.

    A kind without users is registered without one; rows of before may have one all the same.
    """
    if not story.registered.redirect_uris:
        address = "https://client.example/callback"
        story.registered.application.redirect_uris = address
        story.registered.application.save()
        story.registered = replace(story.registered, redirect_uris=(address,))
    return story


@pytest.mark.parametrize("profile", PROFILES, ids=lambda profile: profile.slug)
@pytest.mark.parametrize("flow", catalogue.FLOWS, ids=lambda flow: flow.slug)
@spec("RFC 6749 §5.2")
def test_a_flow_that_is_taken_from_a_client_is_refused(
    flow: Flow, profile: Profile, openid: None
) -> None:
    """No profile gives a client what its policy does not."""
    preset = kind_with(flow)
    story = with_an_address(begin(preset=preset.slug, profile=profile.slug))
    story.resource = API if profile.slug == "mcp" else None
    story.registered.policy.flows = without(flow, preset.flows)
    story.registered.policy.save()
    members = driver_of(flow).walk(story)
    assert members["error"] in ("unauthorized_client", driver_of(flow).refused_with(preset))
    assert "access_token" not in members


@pytest.mark.parametrize("profile", PROFILES, ids=lambda profile: profile.slug)
@pytest.mark.parametrize(
    "flow",
    [flow for flow in catalogue.FLOWS if not any(flow.slug in preset.flows for preset in PRESETS)],
    ids=lambda flow: flow.slug,
)
@spec("RFC 9700 §2.1.2")
def test_a_flow_that_no_kind_has_works_where_it_is_ticked_and_allowed(
    flow: Flow, profile: Profile
) -> None:
    story = begin(preset=PRESETS[0].slug, profile=profile.slug)
    story.resource = API if profile.slug == "mcp" else None
    story.registered.policy.flows = [*story.registered.policy.flows, flow.slug]
    story.registered.policy.save()
    members = driver_of(flow).walk(story)
    if flow.standing is Standing.LEGACY and profile.slug != "legacy":
        assert members["error"] == "unauthorized_client"
    else:
        assert story.call(members["access_token"]).status_code == 200


def test_no_driver_is_left_of_a_flow_that_is_gone() -> None:
    assert set(DRIVERS) <= set(catalogue.BY_SLUG)


def test_a_flow_without_a_driver_is_named() -> None:
    with pytest.raises(pytest.fail.Exception, match="carrier-pigeon has no driver"):
        driver_of(replace(catalogue.FLOWS[0], slug="carrier-pigeon"))

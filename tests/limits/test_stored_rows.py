"""The rows that strangers leave behind are few and small; and each comes back as it was sent."""

from datetime import timedelta
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
from django.db.models import Max
from django.db.models.functions import Length
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as st
from oauth2_provider.models import get_device_grant_model

from django_oauthflows.errors import Refusal
from django_oauthflows.protocol import kept_requests
from django_oauthflows.protocol.models import KeptRequest
from django_oauthflows.protocol.parameters import LONGEST, from_pairs
from django_oauthflows.testing.client import FlowClient, answered
from django_oauthflows.testing.factories import ClientFactory
from django_oauthflows.traffic import counting
from django_oauthflows.traffic.models import RequestCount, RequestShape
from tests.clients.test_authentication import basic
from tests.marks import spec
from tests.stories import Story, begin

pytestmark = pytest.mark.django_db

FORM = "application/x-www-form-urlencoded"


def post(story: Story, query: str, *, network: str = "192.0.2.1") -> Any:
    stranger = Client(enforce_csrf_checks=True, REMOTE_ADDR=network)
    return stranger.post(reverse("oauthflows:authorize"), query, content_type=FORM)


def query_of(story: Story, **changes: Any) -> str:
    return story.authorization_url(**changes).partition("?")[2]


# Stored requests ----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["resource", "audience"])
@spec("RFC 8707 §2", "RFC 8693 §2.1")
def test_a_posted_request_with_a_repeated_parameter_is_answered_at_its_own_link(name: str) -> None:
    story = begin(skips_consent=True)
    several = urlencode([(name, "https://one.example/"), (name, "https://two.example/")])
    kept = post(story, f"{query_of(story)}&{several}")
    assert kept.status_code == 303
    assert "code" in answered(story.browser.get(kept["Location"]))
    refused = post(story, f"{query_of(story, prompt='none')}&{several}")["Location"]
    assert answered(Client().get(refused))["error"] == "login_required"
    wrong = post(story, f"{query_of(story, response_type='nonsense')}&{several}")["Location"]
    assert answered(story.browser.get(wrong))["error"] == "unsupported_response_type"


_TEXT = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=40)
_PAIRS = st.lists(
    st.tuples(
        st.sampled_from(["resource", "audience", "state", "scope", "claims", "x", "", "é"]), _TEXT
    ),
    max_size=12,
)


@given(pairs=_PAIRS)
@examples(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@spec("OpenID Connect Core §3.1.2.1")
def test_every_request_is_read_as_it_was_stored(
    stored_by: FlowClient, rf: RequestFactory, pairs: list[tuple[str, str]]
) -> None:
    client_id = stored_by.registered.client_id
    try:
        sent = from_pairs([*pairs, ("client_id", client_id)])
    except Refusal:
        return  # what is repeated and must not be is never stored
    client = kept_requests_client(client_id)
    link = kept_requests.keep(rf.post("/"), sent, client)["Location"]
    assert kept_requests.found(from_pairs(parse_qsl(urlsplit(link).query))) == sent


@pytest.fixture
def stored_by(db: None, settings: Any) -> FlowClient:
    settings.OAUTHFLOWS = {"KEPT_REQUESTS_PER_NETWORK": 1_000_000}
    return FlowClient(registered=ClientFactory())


def kept_requests_client(client_id: str) -> Any:
    from django_oauthflows.clients.facts import client_of

    return client_of(client_id)


@spec("B-32")
def test_a_stored_request_is_small() -> None:
    story = begin()
    longest = {"state": "s" * LONGEST["state"], "request": "a." * (LONGEST["request"] // 2)}
    assert post(story, query_of(story, **longest)).status_code == 303
    size = KeptRequest.objects.aggregate(size=Max(Length("sealed_parameters")))["size"]
    assert size < 32_000
    for filler in ("x", "é", "\U0001f600"):
        more = urlencode({f"x{number}": filler * 7000 for number in range(4)})
        assert post(story, f"{query_of(story)}&{more}").status_code == 413
    assert KeptRequest.objects.count() == 1


@spec("B-32")
def test_longer_requests_of_one_network_are_fewer(settings: Any) -> None:
    settings.OAUTHFLOWS = {"KEPT_REQUESTS_PER_NETWORK": 30}
    story = begin()
    longest = query_of(story, request="a." * 7000)
    statuses = [post(story, longest).status_code for _ in range(10)]
    assert statuses == [303] * 3 + [429] * 7
    short = [post(story, query_of(story), network="192.0.2.2").status_code for _ in range(35)]
    assert short == [303] * 30 + [429] * 5


@spec("B-32")
def test_what_has_ended_makes_room_for_what_comes() -> None:
    story = begin()
    for _ in range(6):
        post(story, query_of(story))
    KeptRequest.objects.update(expires=timezone.now() - timedelta(seconds=1))
    for _ in range(6):
        post(story, query_of(story))
    assert KeptRequest.objects.count() == 6


# Device authorizations ----------------------------------------------------------------------------


def ask_for_codes(flow: FlowClient, *, network: str = "192.0.2.1", **sent: Any) -> Any:
    flow.back_channel.defaults["REMOTE_ADDR"] = network
    return flow.post("device-authorization", scope="notes:read", **sent)


@spec("RFC 8628 §5.1", "B-32")
def test_one_network_starts_only_so_many_devices() -> None:
    flow = FlowClient(registered=ClientFactory(preset="device", redirect_uris=()))
    networks = [f"2001:db8::{number:x}" for number in range(300)]
    answers = [ask_for_codes(flow, network=network) for network in networks]
    refused = [answer for answer in answers if answer.status_code == 429]
    assert len(refused) >= 200
    assert refused[0].json()["error"] == "invalid_request"
    assert int(refused[0]["Retry-After"]) > 0
    assert get_device_grant_model().objects.count() == len(answers) - len(refused)
    assert ask_for_codes(flow, network="2001:db8:1::1").status_code == 200


@spec("B-32")
def test_strangers_leave_no_more_shapes_of_requests_than_they_start_devices(settings: Any) -> None:
    settings.OAUTHFLOWS = {"DEVICES_PER_NETWORK": 5}
    scopes = ["notes:read", "notes:write", "profile"]
    registered = ClientFactory(preset="device", redirect_uris=(), scopes=scopes)
    flow = FlowClient(registered=registered)
    for number in range(40):
        named = " ".join(scope for bit, scope in enumerate(scopes) if number >> bit & 1)
        flow.post("device-authorization", scope=named or "profile")
    counting.flush()
    assert 0 < RequestShape.objects.count() <= 5
    assert RequestCount.objects.count() <= 5


@spec("RFC 8628 §3.1", "B-32")
def test_a_client_that_proved_itself_has_as_many_devices_as_it_likes(settings: Any) -> None:
    settings.OAUTHFLOWS = {"DEVICES_PER_NETWORK": 2}
    flow = FlowClient(registered=ClientFactory())
    flow.registered.policy.flows = ["device-code"]
    flow.registered.policy.save()
    headers = basic(flow.registered.client_id, flow.registered.client_secret)
    statuses = [ask_for_codes(flow, headers=headers).status_code for _ in range(5)]
    assert statuses == [200] * 5

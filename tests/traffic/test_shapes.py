"""A shape holds what rules can be asked again with, and nothing that came from the wire."""

from typing import Any

import pytest
from django.test import override_settings

from django_oauthflows.clients.dry_run import shapes
from django_oauthflows.clients.dry_run.shapes import NOTHING_MORE, Sent
from django_oauthflows.testing.client import answered
from django_oauthflows.traffic import counting
from django_oauthflows.traffic.models import RequestCount, RequestShape
from tests.flows.exchanges import API, api, app_token
from tests.rules.facts import authorization, client
from tests.stories import WITH_OPENID, begin

pytestmark = pytest.mark.django_db

MARK = "marked"
#: All a client may choose freely in an authorization request.
MARKED = {
    "state": MARK,
    "nonce": MARK,
    "login_hint": MARK,
    "resource": f"https://{MARK}.example/",
    "claims": f'{{"userinfo": {{"{MARK}": {{"value": "{MARK}"}}}}}}',
    "acr_values": MARK,
    "ui_locales": MARK,
    "unheard_of": MARK,
    "code_challenge": f"{MARK}-verifier-of-legal-length-made-of-letters-of-ascii",
    "code_challenge_method": "plain",
}


def shapes_of_all() -> list[dict[str, Any]]:
    counting.flush()
    return list(RequestShape.objects.order_by("pk").values_list("shape", flat=True))


def leaves(value: Any) -> set[Any]:
    if isinstance(value, dict):
        return set().union(*map(leaves, value.values()))
    if isinstance(value, list):
        return set().union(*map(leaves, value))
    return {value}


def test_nothing_that_a_client_chooses_is_in_a_shape() -> None:
    with override_settings(OAUTH2_PROVIDER=WITH_OPENID):
        uri = "http://127.0.0.1/callback"
        story = begin(
            preset="native-app",
            profile="legacy",
            scopes=("notes:read", "openid"),
            redirect_uris=(uri,),
        )
        elsewhere = "http://127.0.0.1:8765/callback"
        sent = {**MARKED, "redirect_uri": elsewhere}
        code = answered(story.decide(**sent))["code"]
        verifier = MARKED["code_challenge"]
        tokens = story.redeem(code, redirect_uri=elsewhere, code_verifier=verifier)
        story.refresh(tokens.json()["refresh_token"], unheard_of=MARK)
        story.post("revoke", token=tokens.json()["access_token"], token_type_hint=MARK)
    found = shapes_of_all()
    assert len(found) == 4
    assert MARK not in str(found)
    assert "8765" not in str(found)
    registered = {"notes:read", "openid", uri}
    words = {"code", "query", "plain", "none", "authorization_code", "refresh_token", ""}
    words |= {"authorization-code-pkce", True, False, None}
    assert leaves(found) <= registered | words


def test_a_method_nobody_asks_about_is_not_recorded() -> None:
    """The implicit flow has no code, so no rule looks at a challenge."""
    story = begin(profile="legacy", flows=["implicit"])
    story.decide(response_type="token", code_challenge=MARK, code_challenge_method=MARK)
    (shape,) = shapes_of_all()
    assert shape["response_type"] == "token"
    assert MARK not in str(shape)


def test_a_token_exchange_leaves_its_kinds_and_targets() -> None:
    service = api()
    service.exchange(app_token(begin()))
    service.exchange(app_token(begin()), audience=API)  # not one of its targets
    counting.flush()
    exchanged = RequestShape.objects.get(flow="token-exchange")
    assert exchanged.shape["exchange"]["targets"] is None
    assert exchanged.shape["exchange"]["subject"].endswith("access_token")
    assert API not in str(exchanged.shape["exchange"])


def test_requests_that_name_no_known_client_have_no_shape() -> None:
    story = begin()
    for number in range(3):
        story.post("token", headers={}, client_id=f"{MARK}-{number}", grant_type=MARK)
    assert shapes_of_all() == []
    assert RequestCount.objects.get().count == 3
    assert MARK not in str(list(RequestCount.objects.values()))


def test_resources_that_are_registered_are_told_by_name_and_others_are_only_noticed() -> None:
    registered = client(allowed_resources=frozenset({"https://a.example/", "https://b.example/"}))
    named = Sent(names_resource=True)
    for resource, told in (
        (("https://a.example/",), (["https://a.example/"], False)),
        (("https://a.example/", f"https://{MARK}.example/"), (["https://a.example/"], True)),
    ):
        request = authorization(client=registered, resource=resource)
        shape = shapes.of_authorization(request, named)
        assert (shape["resource"], shape["other_resource"]) == told
    shape = shapes.of_authorization(request, NOTHING_MORE)
    assert (shape["resource"], shape["other_resource"]) == ([], False)


def test_asking_again_a_request_that_is_no_more_understood_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        shapes.authorization_from({"other": True}, client())

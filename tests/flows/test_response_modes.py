"""How an answer gets to the client: in the query, the fragment, or a form the browser posts."""

import re
from html import unescape
from typing import Any

import pytest

from django_oauthflows.testing.client import answered
from tests.endpoints.test_headers import INLINE, directives
from tests.marks import spec
from tests.stories import Story, begin

pytestmark = pytest.mark.django_db

SPEC = "OAuth 2.0 Form Post Response Mode §2"
HOSTILE = '"><script>alert(1)</script>'


def posted(response: Any) -> tuple[str, dict[str, str]]:
    """Where the page's form leads, and what it posts."""
    assert response.status_code == 200, response
    page = response.content.decode()
    (action,) = re.findall(r'<form[^>]* method="post" action="([^"]*)"', page)
    fields = re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)">', page)
    return unescape(action), {name: unescape(value) for name, value in fields}


def old_app() -> Story:
    story = begin(preset="single-page-app", profile="legacy")
    story.registered.policy.flows = [*story.registered.policy.flows, "implicit", "hybrid"]
    story.registered.policy.save()
    return story


@spec(SPEC, "RFC 9207 §2", "B-28")
def test_a_code_is_posted_to_the_client() -> None:
    story = begin()
    action, answer = posted(story.decide(response_mode="form_post"))
    assert action == "https://client.example/callback"
    assert set(answer) == {"code", "state", "iss"}
    assert answer["iss"] == "http://testserver/o"
    assert story.redeem(answer["code"]).status_code == 200


@spec(SPEC, "B-8", "B-28")
@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"prompt": "none"}, "consent_required"),
        ({"scope": "unheard-of"}, "invalid_scope"),
        ({"response_type": "unheard-of"}, "unsupported_response_type"),
        ({"response_type": None}, "invalid_request"),
        ({"request": "x"}, "invalid_request_object"),
    ],
)
def test_a_refusal_is_posted_too(changes: dict[str, Any], error: str) -> None:
    _, answer = posted(begin().ask(response_mode="form_post", **changes))
    assert answer["error"] == error
    assert answer["state"] == "a-state"
    assert answer["iss"] == "http://testserver/o"


@spec(SPEC, "B-16")
def test_a_denial_is_posted_too() -> None:
    _, answer = posted(begin().decide("deny", response_mode="form_post"))
    assert answer["error"] == "access_denied"


@spec(SPEC, "B-2")
def test_the_page_runs_our_script_alone_and_posts_to_the_client() -> None:
    response = begin().decide(response_mode="form_post", state=HOSTILE)
    policy = directives(response)
    assert policy["default-src"] == ["'none'"]
    assert policy["script-src"] == ["'self'"]
    assert "https:" in policy["form-action"]
    assert response["Cache-Control"] == "no-store"
    assert response["X-Frame-Options"] == "DENY"
    assert response["Referrer-Policy"] == "no-referrer"
    page = response.content.decode()
    scripts = re.findall(r"<script[^>]*>.*?</script>", page, re.DOTALL)
    assert scripts == ['<script src="/static/oauthflows/form_post.js" defer></script>']
    assert not INLINE.search(page.replace(scripts[0], ""))
    assert posted(response)[1]["state"] == HOSTILE
    assert '<button class="of-button of-button--main">' in page


@spec(SPEC, "OAuth 2.0 Multiple Response Type Encoding Practices §5", "B-28")
def test_a_token_may_be_posted_and_never_stands_in_the_query() -> None:
    unproven = {"code_challenge": None, "code_challenge_method": None}
    story = old_app()
    token = {"response_type": "token", **unproven}
    _, answer = posted(story.decide(response_mode="form_post", **token))
    assert answer["token_type"] == "Bearer"
    assert story.call(answer["access_token"]).status_code == 200
    _, both = posted(story.decide(response_mode="form_post", response_type="code token"))
    assert story.redeem(both["code"]).status_code == 200
    refused = story.ask(response_mode="query", **token)
    assert answered(refused, mode="fragment")["error"] == "invalid_request"


@spec("OAuth 2.0 Multiple Response Type Encoding Practices §2.1", "B-28")
def test_a_code_may_be_asked_for_in_the_fragment() -> None:
    story = begin()
    code = answered(story.decide(response_mode="fragment"), mode="fragment")["code"]
    assert story.redeem(code).status_code == 200


@spec("OAuth 2.0 Multiple Response Type Encoding Practices §2.1", "B-28")
def test_another_response_mode_is_refused_in_the_usual_one() -> None:
    assert answered(begin().ask(response_mode="jwt"))["error"] == "invalid_request"


@spec(SPEC, "RFC 8252 §7.1")
def test_an_app_behind_a_scheme_of_its_own_gets_no_form() -> None:
    story = begin(preset="native-app", redirect_uris=("com.example.app:/callback",))
    assert answered(story.ask(response_mode="form_post"))["error"] == "invalid_request"

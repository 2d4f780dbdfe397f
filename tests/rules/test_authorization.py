"""Authorization requests and resource indicators, rule by rule."""

from typing import Any

import pytest

from django_oauthflows.errors import Code
from django_oauthflows.rules import authorization as rules
from django_oauthflows.rules.base import Rule
from tests.marks import spec
from tests.rules.facts import authorization, client, held, token


@spec("OAuth 2.0 Multiple Response Type Encoding Practices §2.1")
@pytest.mark.parametrize("mode", ["fragment", "form_post", "QUERY", "jwt", "anything"])
def test_a_response_mode_that_is_not_offered_is_refused(mode: str) -> None:
    assert rules.response_mode_must_be_supported(authorization(response_mode=mode))
    assert rules.response_mode_must_be_supported(authorization(response_mode="query")) is None


@spec("OpenID Connect Core §6.1", "OpenID Connect Core §6.2")
@pytest.mark.parametrize(
    ("rule", "name", "code"),
    [
        (rules.request_object_must_not_be_sent, "request", Code.REQUEST_NOT_SUPPORTED),
        (rules.request_uri_must_not_be_sent, "request_uri", Code.REQUEST_URI_NOT_SUPPORTED),
    ],
)
def test_a_request_object_is_refused_rather_than_ignored(
    rule: Rule[Any], name: str, code: Code
) -> None:
    assert rule(authorization(other=frozenset({name})))
    assert rule(authorization()) is None
    assert rule.refuses_with is code


@spec("OpenID Connect Core §3.1.2.1")
@pytest.mark.parametrize(
    ("prompt", "is_refused"),
    [
        ((), False),
        (("none",), False),
        (("consent", "login"), False),
        (("none", "login"), True),
        (("none", "consent"), True),
        (("none", "unheard-of"), True),
    ],
)
def test_prompt_none_stands_alone(prompt: tuple[str, ...], is_refused: bool) -> None:
    asked = authorization(prompt=frozenset(prompt))
    assert bool(rules.prompt_none_must_stand_alone(asked)) == is_refused


@spec("RFC 8707 §2")
@pytest.mark.parametrize(
    "uri",
    ["https://api.example/", "https://api.example/notes?a=b", "http://127.0.0.1:8000/api"],
)
def test_an_absolute_uri_is_a_resource(uri: str) -> None:
    assert rules.resource_must_be_an_absolute_uri(authorization(resource=(uri,))) is None
    assert rules.resource_must_be_an_absolute_uri(token(resource=(uri,))) is None


@spec("RFC 8707 §2")
@pytest.mark.parametrize(
    "uri",
    [
        "/api",
        "api.example",
        "//api.example/",
        "https://api.example/#part",
        "https://api.example/#",
        "https://[api.example/",
        "https://api.example]/",
        "https://\u2100.example/",
        "https://",
    ],
)
def test_anything_else_is_no_resource_and_no_fault_of_the_servers(uri: str) -> None:
    assert rules.resource_must_be_an_absolute_uri(authorization(resource=(uri,)))
    assert rules.resource_must_be_an_absolute_uri(token(resource=(uri,)))


@spec("RFC 8707 §2")
def test_each_of_several_resources_is_looked_at() -> None:
    both = authorization(resource=("https://api.example/", "api"))
    assert rules.resource_must_be_an_absolute_uri(both)


@spec("RFC 8707 §2.2")
@pytest.mark.parametrize(
    ("granted", "asked", "is_refused"),
    [
        ((), (), False),
        ((), ("https://one.example",), False),
        (("https://one.example",), ("https://one.example",), False),
        (("https://one.example", "https://two.example"), ("https://two.example",), False),
        (("https://one.example",), ("https://two.example",), True),
        (("https://one.example",), ("https://one.example", "https://two.example"), True),
        (("https://one.example",), ("https://one.example/",), True),
    ],
)
def test_a_grant_for_one_api_is_not_redeemed_for_another(
    granted: tuple[str, ...], asked: tuple[str, ...], is_refused: bool
) -> None:
    request = token(resource=asked, held=held(resource=granted))
    assert bool(rules.resource_must_be_granted(request)) == is_refused
    assert rules.resource_must_be_granted.refuses_with is Code.INVALID_TARGET


@spec("RFC 8707 §2")
@pytest.mark.parametrize(
    ("allowed", "asked", "is_refused"),
    [
        ((), (), False),
        ((), ("https://one.example",), False),
        (("https://one.example",), ("https://one.example",), False),
        (("https://one.example", "https://two.example"), ("https://two.example",), False),
        (("https://one.example",), (), True),
        (("https://one.example",), ("https://two.example",), True),
        (("https://one.example",), ("https://one.example", "https://two.example"), True),
    ],
)
def test_a_client_that_is_held_to_some_apis_gets_no_token_for_another(
    allowed: tuple[str, ...], asked: tuple[str, ...], is_refused: bool
) -> None:
    who = client(allowed_resources=frozenset(allowed))
    for request in (authorization(client=who, resource=asked), token(client=who, resource=asked)):
        assert bool(rules.resource_must_be_allowed_for_client(request)) == is_refused

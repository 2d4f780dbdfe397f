"""Authorization requests and resource indicators, rule by rule."""

import pytest

from django_oauthflows.errors import Code
from django_oauthflows.rules import authorization as rules
from django_oauthflows.rules.base import enforce
from django_oauthflows.rules.requests import AuthorizationRequest
from tests.marks import spec
from tests.rules.facts import CALLBACK, authorization, client, held, token


@spec("OAuth 2.0 Multiple Response Type Encoding Practices §2.1")
@pytest.mark.parametrize("mode", ["QUERY", "jwt", "form-post", "anything"])
def test_a_response_mode_that_is_not_offered_is_refused(mode: str) -> None:
    assert rules.response_mode_must_be_supported(authorization(response_mode=mode))


@spec("OAuth 2.0 Multiple Response Type Encoding Practices §2.1")
@pytest.mark.parametrize("mode", ["query", "fragment", "form_post"])
def test_a_code_is_answered_in_every_mode(mode: str) -> None:
    enforce(rules.RESPONSE_MODE_RULES, authorization(response_mode=mode))


@spec("OAuth 2.0 Multiple Response Type Encoding Practices §5")
@pytest.mark.parametrize("kind", ["token", "code token", "id_token", "code id_token"])
def test_a_token_is_never_answered_in_the_query(kind: str) -> None:
    def asked(mode: str) -> AuthorizationRequest:
        return authorization(response_type=kind, response_mode=mode)

    assert rules.tokens_must_not_be_answered_in_the_query(asked("query"))
    assert rules.tokens_must_not_be_answered_in_the_query(asked("fragment")) is None
    assert rules.tokens_must_not_be_answered_in_the_query(asked("form_post")) is None


@spec("OAuth 2.0 Form Post Response Mode §2")
def test_no_form_is_posted_to_a_scheme_of_an_apps_own() -> None:
    asked = authorization(response_mode="form_post", redirect_uri="com.example.app:/callback")
    assert rules.form_must_be_posted_to_a_web_address(asked)


@spec("OAuth 2.0 Multiple Response Type Encoding Practices §2.1", "B-8")
@pytest.mark.parametrize(
    ("asked", "response_type", "redirect_uri", "mode"),
    [
        ("", "code", CALLBACK, "query"),
        ("", "code id_token", CALLBACK, "fragment"),
        ("fragment", "code", CALLBACK, "fragment"),
        ("form_post", "code", CALLBACK, "form_post"),
        ("form_post", "id_token", CALLBACK, "form_post"),
        ("form_post", "code", "com.example.app:/callback", "query"),
        ("query", "token", CALLBACK, "fragment"),
        ("unheard-of", "code", CALLBACK, "query"),
        ("unheard-of", "token", CALLBACK, "fragment"),
    ],
)
def test_an_answer_goes_as_it_was_asked_where_that_is_safe(
    asked: str, response_type: str, redirect_uri: str, mode: str
) -> None:
    assert rules.response_mode_of(asked, response_type, redirect_uri) == mode


@spec("RFC 8707 §2", "RFC 8707 §2.2")
def test_a_resource_counts_as_sent_where_the_client_named_it_itself() -> None:
    for made, rule in (
        (authorization, rules.resource_must_be_sent),
        (token, rules.resource_must_be_sent_or_granted),
    ):
        known = ("https://api.example/",)
        assert rule(made(resource=known)), "filled in by the server"
        assert rule(made(resource=known, resource_was_sent=True)) is None


@spec("RFC 8707 §2")
@pytest.mark.parametrize(
    "uri",
    [
        "https://api.example/",
        "https://api.example/notes?a=b",
        "http://127.0.0.1:8000/api",
        "https://[2001:db8::1]:8443/",
        "HTTPS://api.example/a%20b",
        "urn:x:y",
        "urn:ietf:params:oauth:x",
        "com.example.notes:api",
        "tag:example.com,2026:notes",
        "ssh://git@code.example/notes",
        "file:///srv/notes",
        "mailto:notes@api.example",
    ],
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
        "https:api.example",
        "https:///api",
        "urn:",
        "urn:x:y#part",
        "urn:x y",
        "urn:x:y ",
        " urn:x:y",
        "urn:x\ty",
        "urn:x\u00a0y",
        "urn:caf\u00e9",
        "urn:x\x7fy",
        "1urn:x:y",
        ":x:y",
        "https://somebody@api.example/",
        "https://user:password@api.example/",
        "ssh://user:password@code.example/",
        "https://api.example:port/",
        "https://api.example:99999/",
        "https://:443/",
        "https://api.example\\@evil.example/",
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
        ((), ("https://one.example",), True),
        ((), ("https://server.example/api",), False),
        ((), ("https://server.example:8443/api",), True),
        ((), ("https://server.example/api", "https://one.example"), True),
        ((), ("urn:the:site",), False),
        ((), ("urn:another:site",), True),
        (("https://one.example",), ("https://one.example",), False),
        (("https://one.example",), ("https://server.example/api",), True),
        (("https://one.example", "https://two.example"), ("https://two.example",), False),
        (("https://one.example",), ("https://two.example",), True),
        (("https://one.example",), ("https://one.example", "https://two.example"), True),
        (("https://one.example",), ("https://one.example/",), True),
    ],
)
def test_a_grant_for_one_api_is_not_redeemed_for_another(
    granted: tuple[str, ...], asked: tuple[str, ...], is_refused: bool
) -> None:
    request = token(
        resource=asked,
        held=held(resource=granted),
        issuer="https://server.example/o",
        own_resource="urn:the:site",
    )
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

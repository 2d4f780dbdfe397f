"""How strictly parameters are read: what is malformed is a 400, and never a fault of the server's."""

from base64 import b64encode
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from django.test import Client, override_settings
from django.urls import reverse
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as st

from django_oauthflows.audit.models import AuditEvent
from django_oauthflows.clients import facts
from django_oauthflows.testing.client import VERIFIER, FlowClient, answered
from django_oauthflows.testing.factories import ClientFactory, PersonFactory
from tests.marks import spec

FORM = "application/x-www-form-urlencoded"
JSON_ENDPOINTS = ("token", "revoke", "introspect", "device-authorization")

#: What each endpoint takes from a client that means well.
WELL = {
    "token": "grant_type=refresh_token&refresh_token=unknown",
    "revoke": "token=unknown",
    "introspect": "token=unknown",
    "device-authorization": "scope=notes:read",
}

#: Raw form data no endpoint may stumble over, and what each is.
MALFORMED = {
    "a NUL in a value": "x=a%00b",
    "a NUL in a name": "a%00b=x",
    "a raw NUL": "x=a\x00b",
    "a byte that is no UTF-8": "x=%ff",
    "half a character": "x=%c3",
    "an overlong encoding": "x=%c0%80",
    "a surrogate": "x=%ed%a0%80",
    "a byte outside ASCII": "x=\xff",
    "a raw character outside ASCII": "x=\xc3\xa9",
    "more parameters than anybody needs": "&".join(f"x{number}=1" for number in range(101)),
}

#: Parameter → its longest accepted value.
LONGEST = {
    "nonce": 255,
    "state": 4096,
    "code_challenge": 128,
    "code_challenge_method": 10,
    "scope": 2000,
    "redirect_uri": 2000,
    "client_id": 255,
    "resource": 2000,
    "response_type": 8000,
    "prompt": 8000,
    "unheard_of": 8000,
}


def post(flow: FlowClient, endpoint: str, body: str | bytes, **changes: Any) -> Any:
    """Post raw form data as the authenticated client."""
    raw = body.encode("latin-1") if isinstance(body, str) else body
    return flow.back_channel.post(
        reverse(f"oauthflows:{endpoint}"),
        raw,
        **{"content_type": FORM, "headers": flow.basic, **changes},
    )


def open_authorize(flow: FlowClient, query: str, *, method: str = "GET", body: bytes = b"") -> Any:
    """Open the authorization endpoint with a raw query."""
    return flow.browser.generic(
        method, reverse("oauthflows:authorize"), body, content_type=FORM, QUERY_STRING=query
    )


def assert_invalid_request(response: Any, *, status: int = 400) -> None:
    assert response.status_code == status, response.content
    assert response["Content-Type"] == "application/json"
    assert response.json()["error"] == "invalid_request"


def assert_page(response: Any) -> None:
    """A page that says no and leads nowhere."""
    assert response.status_code == 400, response.content
    assert response["Content-Type"] == "text/html; charset=utf-8"
    assert "Location" not in response
    assert b"invalid_request" in response.content


@spec("RFC 6749 §4.1.3", "RFC 7009 §2.1", "RFC 7662 §2.1", "B-1")
@pytest.mark.parametrize("endpoint", JSON_ENDPOINTS)
@pytest.mark.parametrize(
    "content_type",
    ["application/json", "multipart/form-data; boundary=b", "text/plain", "", f"{FORM}ed", "/"],
)
def test_a_body_that_is_no_form_is_415(flow: FlowClient, endpoint: str, content_type: str) -> None:
    response = post(flow, endpoint, WELL[endpoint], content_type=content_type)
    assert_invalid_request(response, status=415)


@spec("RFC 6749 §4.1.3", "B-1")
@pytest.mark.parametrize("content_type", [f"{FORM}; charset=UTF-8", FORM.upper(), f"{FORM};"])
def test_a_form_is_known_by_its_type_whatever_is_said_beside_it(
    flow: FlowClient, content_type: str
) -> None:
    response = post(flow, "revoke", WELL["revoke"], content_type=content_type)
    assert response.status_code == 200


@spec("RFC 6749 §3.2", "B-1")
@pytest.mark.parametrize("endpoint", JSON_ENDPOINTS)
@pytest.mark.parametrize(
    "repeated",
    [
        "token=a&token=a",
        "client_id=a&client_id=b",
        "scope=a&scope=",
        "code=&code=",
        "state=a&state=b",
    ],
)
def test_a_repeated_parameter_is_refused(flow: FlowClient, endpoint: str, repeated: str) -> None:
    assert_invalid_request(post(flow, endpoint, f"{WELL[endpoint]}&{repeated}"))


@spec("RFC 6749 §3.1", "RFC 6749 §3.2", "B-1")
@pytest.mark.parametrize("repeated", ["x=1&x=1", "x=1&x=", "x=&x=", "x=1&x=2&x=3"])
@pytest.mark.parametrize("endpoint", ["revoke", "introspect"])
def test_an_unknown_parameter_is_ignored_however_often_it_comes(
    flow: FlowClient, endpoint: str, repeated: str
) -> None:
    assert post(flow, endpoint, f"{WELL[endpoint]}&{repeated}").status_code == 200


@spec("RFC 6749 §3.1", "B-1")
@pytest.mark.parametrize("repeated", ["x=1&x=1", "code=1&code=2", "grant_type=a&grant_type=b"])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_an_authorization_request_ignores_what_it_does_not_know(
    flow: FlowClient, method: str, repeated: str
) -> None:
    """A parameter of another endpoint is unknown at this one."""
    response = sent_in(flow, method, repeated)
    assert response.status_code == 200, response.content
    assert b"decision" in response.content


def sent_in(flow: FlowClient, method: str, beside: str) -> Any:
    """The answer to an authorization request with more parameters, once its link was followed."""
    query = f"{flow.authorization_url().partition('?')[2]}&{beside}"
    if method == "GET":
        return open_authorize(flow, query)
    response = open_authorize(flow, "", method="POST", body=query.encode())
    kept = response.status_code == 303 and response["Location"].startswith("/o/authorize/")
    return flow.browser.get(response["Location"]) if kept else response


@spec("RFC 6749 §4.1.2.1", "RFC 6749 §3.1", "B-1")
@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize(
    "name", ["client_id", "redirect_uri", "response_mode", "request", "request_uri"]
)
def test_a_repeated_parameter_that_says_where_to_answer_is_a_page(
    flow: FlowClient, method: str, name: str
) -> None:
    value = {"client_id": flow.registered.client_id}.get(name, "query")
    assert_page(sent_in(flow, method, f"{name}={value}&{name}={value}"))


@spec("RFC 6749 §4.1.2.1", "RFC 6749 §3.1", "B-8")
@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize(
    "name", ["scope", "nonce", "response_type", "code_challenge", "prompt", "max_age", "claims"]
)
def test_another_repeated_parameter_is_an_error_at_the_client(
    flow: FlowClient, method: str, name: str
) -> None:
    response = sent_in(flow, method, f"{name}=one&{name}=one")
    assert response["Location"].startswith(flow.registered.redirect_uris[0])
    answer = answered(response)
    assert answer["error"] == "invalid_request"
    assert name in answer["error_description"]
    assert answer["state"] == "a-state"
    assert answer["iss"]


@spec("RFC 6749 §4.1.2.1", "RFC 6749 §3.1")
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_repeated_state_is_not_sent_back(flow: FlowClient, method: str) -> None:
    answer = answered(sent_in(flow, method, "state=another"))
    assert answer["error"] == "invalid_request"
    assert "state" not in answer


@spec("RFC 6749 §4.1.2.1", "B-8")
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_nothing_repeated_is_answered_at_an_address_that_is_not_registered(
    flow: FlowClient, method: str
) -> None:
    query = flow.authorization_url(redirect_uri="https://evil.example/").partition("?")[2]
    body, link = (b"", query) if method == "GET" else (query.encode(), "")
    body, link = (body + b"&nonce=1&nonce=2", "") if body else (b"", f"{link}&nonce=1&nonce=2")
    assert_page(open_authorize(flow, link, method=method, body=body))


@spec("RFC 8693 §2.1", "B-1")
def test_several_audiences_may_be_named(flow: FlowClient) -> None:
    response = post(flow, "revoke", f"{WELL['revoke']}&audience=one&audience=two")
    assert response.status_code == 200
    overlong = post(flow, "revoke", f"{WELL['revoke']}&audience={'x' * 2001}")
    assert_invalid_request(overlong)


@spec("RFC 8707 §2", "B-1")
def test_several_resources_may_be_named(flow: FlowClient) -> None:
    resources = ["https://one.example/", "https://two.example/"]
    answer = answered(flow.decide(resource=resources))
    assert "code" in answer


@spec("RFC 6749 §3.1", "RFC 6749 §3.2", "B-1")
def test_unknown_parameters_are_ignored(flow: FlowClient) -> None:
    code = flow.code(unheard_of="x", audience="y")
    tokens = flow.redeem(code, unheard_of="x", audience="y")
    assert tokens.status_code == 200
    token = tokens.json()["access_token"]
    assert flow.post("introspect", token=token, unheard_of="x").json()["active"] is True
    assert flow.post("revoke", token=token, unheard_of="x").status_code == 200


@spec("RFC 6749 §3.1", "RFC 6749 §3.2", "B-1")
def test_a_parameter_without_a_value_counts_as_not_sent(flow: FlowClient) -> None:
    assert answered(flow.ask(response_type=""))["error"] == "invalid_request"
    assert "The token is missing" in flow.post("revoke", token="").json()["error_description"]
    code = flow.code(nonce="", prompt="", response_mode="", resource="")
    assert flow.redeem(code, resource="", scope="").status_code == 200


@spec("RFC 6749 §3.1", "RFC 6749 §3.3", "B-1", "B-9")
def test_an_empty_scope_is_the_default_scope(flow: FlowClient, settings: Any) -> None:
    settings.OAUTH2_PROVIDER = {**settings.OAUTH2_PROVIDER, "DEFAULT_SCOPES": ["profile"]}
    facts.forget_clients()
    response = flow.decide(scope="", scopes=["profile"])
    assert flow.redeem(answered(response)["code"]).json()["scope"] == "profile"


@spec("RFC 6749 §5.2", "B-1")
@pytest.mark.parametrize("endpoint", JSON_ENDPOINTS)
@pytest.mark.parametrize("malformed", MALFORMED.values(), ids=MALFORMED)
def test_malformed_form_data_is_refused(flow: FlowClient, endpoint: str, malformed: str) -> None:
    assert_invalid_request(post(flow, endpoint, f"{WELL[endpoint]}&{malformed}"))


@spec("RFC 6749 §4.1.2.1", "B-1")
@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("malformed", MALFORMED.values(), ids=MALFORMED)
def test_a_malformed_authorization_request_is_a_page(
    flow: FlowClient, method: str, malformed: str
) -> None:
    query = flow.authorization_url().partition("?")[2]
    assert_page(open_authorize(flow, f"{query}&{malformed}", method=method))


@spec("RFC 6749 §5.2", "B-1")
@pytest.mark.parametrize(
    "basic", ["%00:x", "x:%00", "%ff:x", "x:%ff", "\x00:x", "é:é", "x", ":", "", "a" * 9000 + ":b"]
)
def test_hostile_credentials_are_a_401(flow: FlowClient, basic: str) -> None:
    sent = "Basic " + b64encode(basic.encode()).decode()
    response = post(flow, "token", WELL["token"], headers={"Authorization": sent})
    assert response.status_code == 401
    assert response.json()["error"] == "invalid_client"


@spec("RFC 6749 §5.2", "B-1")
@pytest.mark.parametrize("endpoint", JSON_ENDPOINTS)
@pytest.mark.parametrize("name", [*LONGEST, "code_verifier", "token", "code", "refresh_token"])
def test_an_overlong_value_is_refused(flow: FlowClient, endpoint: str, name: str) -> None:
    limit = {**LONGEST, "code_verifier": 128}.get(name, 8000)
    assert_invalid_request(post(flow, endpoint, f"{name}={'a' * (limit + 1)}"))


@spec("RFC 6749 §4.1.2.1", "B-1")
@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize(("name", "limit"), LONGEST.items())
def test_an_overlong_value_of_an_authorization_request_is_a_page(
    flow: FlowClient, method: str, name: str, limit: int
) -> None:
    query = flow.authorization_url(**{name: "é" * (limit + 1)}).partition("?")[2]
    assert_page(open_authorize(flow, query, method=method))


@spec("RFC 6749 §4.1.1", "OpenID Connect Core §3.1.2.1", "B-1")
def test_the_longest_values_reach_the_client_again(db: None) -> None:
    callback = "https://client.example/".ljust(2000, "c")
    flow = FlowClient(registered=ClientFactory(redirect_uris=(callback,)))
    flow.browser.force_login(PersonFactory())
    state = "𝄞" * 4096
    resource = "https://api.example/".ljust(2000, "e")
    response = flow.decide(state=state, nonce="𝄞" * 255, resource=resource)
    assert answered(response)["state"] == state
    assert flow.redeem(answered(response)["code"]).status_code == 200


@spec("RFC 6749 §2.3.1", "B-1", "B-4")
@pytest.mark.parametrize("endpoint", JSON_ENDPOINTS)
@pytest.mark.parametrize(
    "name", ["client_secret", "token", "code", "refresh_token", "password", "device_code"]
)
def test_what_is_secret_is_refused_in_the_url(flow: FlowClient, endpoint: str, name: str) -> None:
    response = flow.back_channel.post(
        f"{reverse(f'oauthflows:{endpoint}')}?{name}=x",
        WELL[endpoint],
        content_type=FORM,
        headers=flow.basic,
    )
    assert_invalid_request(response)


@spec("RFC 6749 §5.2", "B-1")
@pytest.mark.parametrize("endpoint", JSON_ENDPOINTS)
def test_a_body_beyond_all_measure_is_413(flow: FlowClient, endpoint: str) -> None:
    with override_settings(DATA_UPLOAD_MAX_MEMORY_SIZE=1000):
        assert_invalid_request(post(flow, endpoint, "x=" + "a" * 1000), status=413)


@spec("B-1")
def test_a_consent_form_of_another_encoding_is_a_page(flow: FlowClient) -> None:
    response = flow.browser.post(flow.authorization_url(), {"decision": "allow"})
    assert response.status_code == 415
    assert "Location" not in response


@spec("B-1")
@pytest.mark.parametrize("raw", [b"\xff\xfe", b"decision=allow&scopes=%00", b"scopes=%ff&" * 200])
def test_a_malformed_consent_form_grants_nothing(flow: FlowClient, raw: bytes) -> None:
    query = flow.authorization_url().partition("?")[2]
    response = open_authorize(flow, query, method="POST", body=raw)
    assert response.status_code in (200, 400)
    assert "Location" not in response


@spec("RFC 6749 §5.2", "B-1")
def test_a_refusal_is_recorded_whatever_was_sent(flow: FlowClient) -> None:
    name = quote('é\r\n"\\<script>' * 50)
    response = post(flow, "token", f"{name}=1&grant_type={quote('💣')}&{name[:-3]}=2")
    row = AuditEvent.objects.get(reference=response["X-OAuth-Reference"])
    assert row.rule == "grant_type_must_be_supported"


# Whatever bytes a client may send --------------------------------------------------------------------

NAMES = [
    *LONGEST,
    *("grant_type", "client_secret", "code", "token", "refresh_token", "code_verifier"),
    *("response_mode", "request", "token_type_hint", "decision", "scopes", "max_age", "claims"),
]
VALUES = [
    *(
        "authorization_code",
        "refresh_token",
        "client_credentials",
        "code",
        "token",
        "S256",
        "plain",
    ),
    *(
        "none",
        "consent",
        "openid",
        "notes:read",
        VERIFIER,
        "%00",
        "%ff",
        "%ed%a0%80",
        "%0d%0a",
        "💣",
    ),
    *("https://client.example/callback", "http://[", "http://127.0.0.1:99999/", "javascript:x"),
]
ESCAPED = st.text(max_size=20).map(lambda text: quote(text, errors="ignore"))
FIELD = st.builds(
    "{}={}".format, st.sampled_from(NAMES) | ESCAPED, st.sampled_from(VALUES) | ESCAPED
)
RAW = st.lists(FIELD, max_size=12).map("&".join) | st.binary(max_size=60).map(
    lambda raw: raw.decode("latin-1")
)

many = examples(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@spec("RFC 6749 §5.2", "B-1", "B-2")
@pytest.mark.parametrize("endpoint", JSON_ENDPOINTS)
@many
@given(raw=RAW, is_authenticated=st.booleans())
def test_no_body_can_make_an_endpoint_fail(
    flow: FlowClient, endpoint: str, raw: str, is_authenticated: bool
) -> None:
    headers = flow.basic if is_authenticated else {}
    response = post(flow, endpoint, b"&" + raw.encode("utf-8"), headers=headers)
    assert response.status_code in (200, 400, 401), response.content
    assert response["Content-Type"] == "application/json"
    assert response["Cache-Control"] == "no-store"


@spec("RFC 6749 §4.1.2.1", "B-1", "B-2")
@pytest.mark.parametrize("method", ["GET", "POST"])
@many
@given(raw=RAW, body=RAW, names_the_client=st.booleans())
def test_no_query_can_make_the_authorization_endpoint_fail(
    flow: FlowClient, method: str, raw: str, body: str, names_the_client: bool
) -> None:
    if names_the_client:
        raw += "&" + urlencode({"client_id": flow.registered.client_id, "response_type": "code"})
    response = open_authorize(flow, raw, method=method, body=body.encode("utf-8"))
    if response.status_code in (302, 303):
        assert response["Location"].startswith("https://client.example/callback?")
    else:
        assert response.status_code in (200, 400), response.content
        assert response["Content-Type"] == "text/html; charset=utf-8"
    assert response["Cache-Control"] == "no-store"


@spec("RFC 6749 §5.2", "B-1", "B-5")
@many
@given(header=st.text(st.characters(max_codepoint=255), max_size=60) | st.text(max_size=20))
def test_no_authorization_header_can_make_an_endpoint_fail(flow: FlowClient, header: str) -> None:
    for sent in (header, f"Basic {header}", f"Bearer {header}"):
        response = Client().post(
            reverse("oauthflows:token"),
            WELL["token"],
            content_type=FORM,
            HTTP_AUTHORIZATION=sent,
        )
        assert response.status_code == 401
        assert response.json()["error"] == "invalid_client"

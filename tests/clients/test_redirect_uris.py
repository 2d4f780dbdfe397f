"""Redirect URIs match exactly; whatever does not is a page, and never a redirect."""

from typing import Any

import pytest
from django.core.exceptions import ValidationError

from django_oauthflows.clients.registration import register_client
from django_oauthflows.clients.uris import matches
from django_oauthflows.testing.client import FlowClient, answered
from django_oauthflows.testing.factories import ClientFactory, PersonFactory
from tests.clients.stock import stock_client
from tests.marks import conformance, spec
from tests.stories import WITH_OPENID

WEB = ("https://client.example/callback", "https://client.example/cb?tenant=1")
NATIVE = (
    "http://127.0.0.1/cb?from=app",
    "http://[::1]:5000/cb",
    "http://localhost:3000/native",
    "com.example.app:/cb",
)
LOOPBACK = ("http://localhost:3000/cb", "http://127.0.0.1:8000/cb", "http://[::1]:8000/cb")


def client(*redirect_uris: str, preset: str = "web-app") -> FlowClient:
    registered = ClientFactory(preset=preset, redirect_uris=redirect_uris)
    flow = FlowClient(registered=registered)
    flow.browser.force_login(PersonFactory())
    return flow


def assert_goes_nowhere(response: Any) -> None:
    assert response.status_code == 400
    assert "Location" not in response
    assert b"evil" not in response.content


# At the authorization endpoint ------------------------------------------------------------------------


@conformance("oidcc-redirect-uri-query-OK")
@spec("RFC 9700 §2.1", "RFC 6749 §3.1.2.3", "B-8")
@pytest.mark.parametrize("sent", [*WEB])
def test_a_registered_uri_is_answered_at(db: None, sent: str) -> None:
    response = client(*WEB).decide(redirect_uri=sent)
    joined = "&" if "?" in sent else "?"
    assert response["Location"].startswith(f"{sent}{joined}code=")


@conformance("oidcc-redirect-uri-query-added", "oidcc-redirect-uri-query-mismatch")
@spec("RFC 9700 §2.1", "RFC 6749 §4.1.2.1", "B-8")
@pytest.mark.parametrize(
    "sent",
    [
        "https://client.example/callback/",
        "https://client.example/callback?",
        "https://client.example/callback?a=b",
        "https://client.example/callback#evil",
        "https://client.example/callback#",
        "https://client.example/Callback",
        "https://CLIENT.example/callback",
        "HTTPS://client.example/callback",
        "http://client.example/callback",
        "https://client.example:443/callback",
        "https://client.example./callback",
        "https://user@client.example/callback",
        "https://client.example@evil.example/callback",
        "https://evil.client.example/callback",
        "https://client.example.evil.example/callback",
        "https://evil.example/callback",
        "https://evil.example/?https://client.example/callback",
        "https://client.example/callback/../evil",
        "https://client.example/evil/../callback",
        "https://client.example/%63allback",
        "https://client.example//callback",
        "https://client.example\\callback",
        "https://client.example/callback ",
        " https://client.example/callback",
        "https://client.example/call\tback",
        "https://client.example/callback\n",
        "https://client.example/callback https://client.example/cb?tenant=1",
        "https://client.example/cb",
        "https://client.example/cb?tenant=2",
        "https://client.example/cb?tenant=1&evil=1",
        "//client.example/callback",
        "/callback",
        "client.example",
        "*",
        "javascript:alert(1)//https://client.example/callback",
        "data:text/html,evil",
        "https://[client.example/callback",
        "http://127.0.0.1:99999/callback",
    ],
)
def test_any_difference_is_a_page(db: None, sent: str) -> None:
    flow = client(*WEB)
    assert_goes_nowhere(flow.ask(redirect_uri=sent))
    assert_goes_nowhere(flow.decide(redirect_uri=sent))
    assert_goes_nowhere(flow.decide("deny", redirect_uri=sent))


@spec("RFC 8252 §7.3", "B-8")
@pytest.mark.parametrize(
    "sent",
    [
        "http://127.0.0.1/cb?from=app",
        "http://127.0.0.1:1/cb?from=app",
        "http://127.0.0.1:65535/cb?from=app",
        "http://[::1]/cb",
        "http://[::1]:5000/cb",
        "http://[::1]:49152/cb",
        "http://localhost:3000/native",
        "http://localhost/native",
        "http://localhost:49152/native",
    ],
)
def test_the_port_of_a_loopback_address_is_free_for_a_native_app(db: None, sent: str) -> None:
    response = client(*NATIVE, preset="native-app").decide(redirect_uri=sent)
    assert response["Location"].startswith(sent)
    assert "code" in answered(response)


@spec("RFC 8252 §7.3", "RFC 8252 §8.3", "B-8")
@pytest.mark.parametrize(
    "sent",
    [
        "http://localhost:5000/cb",
        "http://localhost/cb?from=app",
        "http://LOCALHOST:3000/native",
        "http://localhost.:3000/native",
        "http://app.localhost:3000/native",
        "http://localhost.evil.example:3000/native",
        "http://localhost:3000@evil.example/native",
        "http://localhost:3000/native?evil=1",
        "http://localhost:3000/native/",
        "http://localhost:3000/native#evil",
        "https://localhost:3000/native",
        "http://127.0.0.1:3000/native",
        "http://[::1]:3000/native",
        "http://127.0.0.1:5000/cb",
        "http://127.0.0.1:5000/cb?from=evil",
        "http://127.0.0.1:5000/cb?from=app&evil=1",
        "http://127.0.0.1:5000/cb/?from=app",
        "http://127.0.0.1:5000/CB?from=app",
        "http://127.0.0.1:5000/evil/../cb?from=app",
        "http://127.0.0.1:5000/cb?from=app#evil",
        "http://127.0.0.1:5000/cb?from=app#",
        "https://127.0.0.1:5000/cb?from=app",
        "HTTP://127.0.0.1:5000/cb?from=app",
        "http://evil@127.0.0.1:5000/cb?from=app",
        "http://127.0.0.1:5000@evil.example/cb?from=app",
        "http://127.0.0.1.evil.example:5000/cb?from=app",
        "http://127.0.0.2:5000/cb?from=app",
        "http://127.1:5000/cb?from=app",
        "http://0x7f000001:5000/cb?from=app",
        "http://2130706433:5000/cb?from=app",
        "http://[::ffff:127.0.0.1]:5000/cb?from=app",
        "http://[::1]:5000/cb?from=app",
        "http://127.0.0.1:5000/cb?from=a\tpp",
        "http://127.0.0.1:5000/c\nb?from=app",
        " http://127.0.0.1:5000/cb?from=app",
        "http://127.0.0.1:70000/cb?from=app",
        "http://127.0.0.1:-1/cb?from=app",
        "http://127.0.0.1:port/cb?from=app",
        "http://127.0.0.1:5000\\cb?from=app",
        "http:127.0.0.1:5000/cb?from=app",
        "com.example.app:/cb?evil=1",
        "com.example.app://cb",
        "com.example.evil:/cb",
    ],
)
def test_nothing_but_the_port_is_free(db: None, sent: str) -> None:
    assert_goes_nowhere(client(*NATIVE, preset="native-app").ask(redirect_uri=sent))


@spec("RFC 8252 §7.3", "B-8")
@pytest.mark.parametrize("preset", ["web-app", "single-page-app"])
@pytest.mark.parametrize("uri", LOOPBACK)
def test_a_client_that_is_answered_on_the_device_alone_comes_back_by_any_port(
    db: None, uri: str, preset: str
) -> None:
    flow = client(*LOOPBACK, preset=preset)
    sent = uri.replace(":3000/", ":49152/").replace(":8000/", ":49152/")
    assert answered(flow.decide(redirect_uri=sent))["code"]
    assert_goes_nowhere(flow.ask(redirect_uri=sent.replace("http:", "https:")))
    assert_goes_nowhere(flow.ask(redirect_uri=sent.replace("/cb", "/evil")))


@spec("RFC 9700 §2.1", "RFC 8252 §8.3", "B-8")
@pytest.mark.parametrize("preset", ["web-app", "single-page-app"])
@pytest.mark.parametrize("uri", LOOPBACK)
def test_no_port_is_free_for_a_client_that_is_answered_on_the_web_too(
    db: None, uri: str, preset: str
) -> None:
    flow = client(WEB[0], uri, preset=preset)
    assert flow.ask(redirect_uri=uri).status_code == 200
    for other in ("/", ":49152/"):
        sent = uri.replace(":3000/", other).replace(":8000/", other)
        assert_goes_nowhere(flow.ask(redirect_uri=sent))


@spec("RFC 8252 §7.3", "B-8")
@pytest.mark.parametrize("preset", ["web-app", "native-app"])
@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "[::1]"])
def test_no_port_is_free_over_tls(db: None, host: str, preset: str) -> None:
    flow = client(f"https://{host}:8443/cb", preset=preset)
    assert flow.ask(redirect_uri=f"https://{host}:8443/cb").status_code == 200
    for sent in (f"https://{host}:8444/cb", f"https://{host}/cb", f"http://{host}:8443/cb"):
        assert_goes_nowhere(flow.ask(redirect_uri=sent))


@spec("RFC 8252 §8.3", "B-8")
@pytest.mark.parametrize("name", ["localhost", "127.0.0.1", "[::1]"])
def test_one_name_of_the_device_never_stands_for_another(db: None, name: str) -> None:
    flow = client(f"http://{name}/cb", preset="native-app")
    for other in {"localhost", "127.0.0.1", "127.0.0.2", "[::1]", "[0:0:0:0:0:0:0:1]"} - {name}:
        assert_goes_nowhere(flow.ask(redirect_uri=f"http://{other}/cb"))
        assert_goes_nowhere(flow.ask(redirect_uri=f"http://{other}:5000/cb"))


@spec("RFC 8252 §8.1", "B-13")
@pytest.mark.parametrize("uri", [*LOOPBACK, "https://localhost/cb", "https://127.0.0.1:8443/cb"])
@pytest.mark.parametrize("profile", ["standard", "legacy"])
def test_a_code_for_the_device_always_needs_pkce(
    db: None, settings: Any, profile: str, uri: str
) -> None:
    settings.OAUTH2_PROVIDER = WITH_OPENID
    flows = ("authorization-code", *(["hybrid"] if profile == "legacy" else []))
    registered = ClientFactory(redirect_uris=(WEB[0], uri), profile=profile, flows=flows)
    flow = FlowClient(registered=registered)
    flow.browser.force_login(PersonFactory())
    kinds = ("code", "code id_token") if profile == "legacy" else ("code",)
    for kind in kinds:
        asked = {"scope": "openid notes:read", "nonce": "a-nonce", "response_type": kind}
        mode = "query" if kind == "code" else "fragment"
        without = {"code_challenge": None, "code_challenge_method": None}
        refused = answered(flow.ask(redirect_uri=uri, **asked, **without), mode=mode)
        assert refused["error"] == "invalid_request"
        assert "on the person's own device must use PKCE" in refused["error_description"]
        assert "code" in answered(flow.decide(redirect_uri=uri, **asked), mode=mode)
        # At an address of its own a nonce is enough, as before.
        assert "code" in answered(flow.decide(redirect_uri=WEB[0], **asked, **without), mode=mode)


@spec("RFC 8252 §7.1", "B-8")
def test_a_scheme_of_an_apps_own_is_answered_at(db: None) -> None:
    response = client(*NATIVE, preset="native-app").decide(redirect_uri="com.example.app:/cb")
    assert response["Location"].startswith("com.example.app:/cb?code=")


@spec("RFC 6749 §3.1.2.3", "B-8")
def test_the_one_registered_uri_may_be_left_out(db: None) -> None:
    flow = client(WEB[0])
    code = answered(flow.decide(redirect_uri=None))["code"]
    assert flow.redeem(code, redirect_uri=None).status_code == 200


@spec("RFC 6749 §3.1.2.3", "B-8")
def test_one_of_several_must_be_named(db: None) -> None:
    assert_goes_nowhere(client(*WEB).ask(redirect_uri=None))


@conformance("oidcc-ensure-redirect-uri-in-authorization-request")
@spec("OpenID Connect Core §3.1.2.1", "B-8")
def test_an_openid_request_always_names_it(db: None) -> None:
    assert_goes_nowhere(client(WEB[0]).ask(redirect_uri=None, scope="openid notes:read"))


@spec("RFC 6749 §4.1.2.1", "B-8")
@pytest.mark.parametrize("client_id", ["nobody", None, ""])
def test_an_unknown_client_is_a_page(db: None, client_id: str | None) -> None:
    assert_goes_nowhere(client(*WEB).ask(client_id=client_id, redirect_uri="https://evil.example/"))


@spec("RFC 6749 §4.1.2.1", "RFC 9207 §2", "B-8")
@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"response_type": None}, "invalid_request"),
        ({"response_type": "none"}, "unsupported_response_type"),
        ({"scope": "unheard-of"}, "invalid_scope"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"code_challenge": "short"}, "invalid_request"),
        ({"response_mode": "jwt"}, "invalid_request"),
        ({"request": "eyJ"}, "invalid_request_object"),
        ({"request_uri": "urn:x"}, "invalid_request_uri"),
        ({"resource": "http://["}, "invalid_target"),
        ({"prompt": "none consent"}, "invalid_request"),
        ({"prompt": "none"}, "consent_required"),
    ],
)
def test_every_other_refusal_goes_back_with_state_and_issuer(
    db: None, changes: dict[str, Any], error: str
) -> None:
    state = "a state & more=1 é"
    response = client(*WEB).ask(redirect_uri=WEB[1], state=state, **changes)
    assert response.status_code == 302
    assert response["Location"].startswith(f"{WEB[1]}&error={error}&")
    answer = answered(response)
    assert answer["state"] == state
    assert answer["iss"] == "http://testserver/o"
    assert "code" not in answer


@spec("RFC 6749 §4.1.2", "B-8")
def test_no_state_is_made_up(db: None) -> None:
    flow = client(*WEB)
    assert "state" not in answered(flow.ask(state=None, scope="unheard-of"))
    assert "state" not in answered(flow.decide(state=None))


# Stars, where the project asked for them ---------------------------------------------------------------


@spec("RFC 9700 §2.1", "B-8")
def test_a_star_is_a_letter_unless_the_project_says_otherwise(db: None) -> None:
    stock = stock_client(redirect_uris="https://*.client.example/cb", client_type="public")
    assert_goes_nowhere(stock.ask(redirect_uri="https://evil.client.example/cb"))


@spec("B-8")
def test_a_project_may_insist_on_stars(db: None, settings: Any) -> None:
    settings.OAUTH2_PROVIDER = {**settings.OAUTH2_PROVIDER, "ALLOW_URI_WILDCARDS": True}
    register_client(preset="web-app", name="Stars", redirect_uris=["https://*.client.example/cb"])
    stock = stock_client(redirect_uris="https://*.client.example/cb", client_type="public")
    stock.browser.force_login(PersonFactory())
    assert stock.ask(redirect_uri="https://pull-7.client.example/cb").status_code == 200
    for sent in (
        "https://client.example.evil.example/cb",
        "https://pull-7.client.example/other",
        "http://pull-7.client.example/cb",
        "https://pull-7.client.example/cb#evil",
        "https://[",
        "https://pull-7.client.example:port/cb",
    ):
        assert_goes_nowhere(stock.ask(redirect_uri=sent))


@spec("B-8")
def test_a_uri_with_letters_outside_ascii_leads_where_it_says(db: None) -> None:
    stock = stock_client(redirect_uris="https://bücher.example/zurück", client_type="public")
    stock.browser.force_login(PersonFactory())
    location = stock.ask(scope="unheard-of")["Location"]
    assert location.startswith("https://b%C3%BCcher.example/zur%C3%BCck?error=invalid_scope")


# At registration ---------------------------------------------------------------------------------------


def wrong(uri: str, preset: str, field: str = "redirect_uris") -> str:
    """What is said of a URI; nothing where it may be registered."""
    uris = {"redirect_uris": ["https://client.example/"], field: [uri]}
    if preset == "native-app" and field != "redirect_uris":
        uris["redirect_uris"] = ["com.example.app:/cb"]
    messages: dict[str, list[str]] = {}
    try:
        register_client(preset=preset, name="A client", **uris)  # type: ignore[arg-type]
    except ValidationError as error:
        messages = error.message_dict
    assert list(messages) in ([], [field])
    return " ".join(messages.get(field, ()))


@spec("RFC 6749 §3.1.2", "RFC 9700 §2.1", "B-8")
@pytest.mark.parametrize("field", ["redirect_uris", "post_logout_redirect_uris"])
@pytest.mark.parametrize(
    ("uri", "preset", "said"),
    [
        ("https://client.example/cb", "web-app", ""),
        ("https://client.example:8443/cb?a=b", "web-app", ""),
        ("http://localhost:3000/cb", "web-app", ""),
        ("http://127.0.0.1:3000/cb", "single-page-app", ""),
        ("http://[::1]:3000/cb", "native-app", ""),
        ("com.example.app:/cb", "native-app", ""),
        ("https://app.example/cb", "native-app", ""),
        ("http://client.example/cb", "web-app", "in the clear can be"),
        ("http://localhost.evil.example/cb", "web-app", "must begin with https://"),
        ("http://192.168.1.1/cb", "native-app", "must begin with https://"),
        ("https://client.example/cb#part", "web-app", "must not have a fragment"),
        ("https://client.example/cb#", "web-app", "must not have a fragment"),
        ("https://*.client.example/cb", "web-app", "one exact address, without *"),
        ("https://user:word@client.example/cb", "web-app", "must not hold a user name"),
        ("https:///cb", "web-app", "names no host"),
        ("https:client.example/cb", "web-app", "names no host"),
        ("client.example/cb", "web-app", "must begin with https://"),
        ("/cb", "web-app", "must begin with https://"),
        ("https://client.example/a b", "web-app", "holds a space or an invisible character"),
        ("https://client.example/a\nb", "web-app", "holds a space or an invisible character"),
        ("https://client.example/a\u200bb", "web-app", "holds a space or an invisible character"),
        ("https://[client.example/cb", "web-app", "is not a URI"),
        ("https://client.example:port/cb", "web-app", "is not a URI"),
        ("https://bücher.example/cb", "web-app", "xn--"),
        ("javascript:alert(1)", "web-app", "does not lead to an app"),
        ("javascript:alert(1)", "native-app", "does not lead to an app"),
        ("data:text/html,x", "native-app", "does not lead to an app"),
        ("file:///etc/passwd", "native-app", "does not lead to an app"),
        ("com.example.app:/cb", "web-app", "Only installed apps"),
        ("com.example.app:/cb", "single-page-app", "Only installed apps"),
        ("myapp:/cb", "native-app", "a domain name of yours in reverse"),
    ],
)
def test_what_may_be_registered_and_what_is_said_otherwise(
    db: None, field: str, uri: str, preset: str, said: str
) -> None:
    sentence = wrong(uri, preset, field)
    assert said in sentence
    assert bool(sentence) == bool(said)
    assert not said or uri in sentence


@spec("B-8")
def test_what_may_be_registered_matches_itself() -> None:
    for uri in (*WEB, *NATIVE, *LOOPBACK):
        assert matches(uri, (uri,))
        assert not matches(uri, ())


@spec("B-8")
def test_a_project_may_allow_further_schemes(db: None, settings: Any) -> None:
    schemes = ["https", "http", "myapp"]
    settings.OAUTH2_PROVIDER = {**settings.OAUTH2_PROVIDER, "ALLOWED_REDIRECT_URI_SCHEMES": schemes}
    assert wrong("myapp:/cb", "web-app") == ""
    assert wrong("http://client.example/cb", "web-app") == ""
    assert "does not lead to an app" in wrong("javascript:alert(1)", "web-app")

"""The endpoints for clients, asked for without the slash at the end of their paths."""

from typing import Any

import pytest
from django.test import Client, override_settings

from django_oauthflows.audit.models import AuditEvent
from tests.identity.stories import AS_PROVIDER
from tests.marks import spec
from tests.stories import begin

pytestmark = pytest.mark.django_db

#: Each endpoint that clients post to, and one that they put to.
ENDPOINTS = {
    "/o/token": "token",
    "/o/revoke_token": "revoke",
    "/o/introspect": "introspect",
    "/o/device-authorization": "device-authorization",
    "/o/userinfo": "userinfo",
    "/o/register": "register-client",
    "/o/register/a-client": "client-configuration",
}
REDIRECTED = {"/o/userinfo": 401, "/o/register/a-client": 401, "/o/token": 405}


@pytest.fixture(autouse=True)
def provider(settings: Any) -> None:
    settings.OAUTH2_PROVIDER = AS_PROVIDER
    settings.OAUTHFLOWS = {"REGISTRATION": "open"}


@pytest.mark.parametrize("debug", [False, True])
@pytest.mark.parametrize("method", ["post", "put", "delete", "patch"])
@pytest.mark.parametrize("path", ENDPOINTS)
@spec("RFC 9110 §15.5.5", "B-2")
def test_an_endpoint_for_clients_says_its_right_url(path: str, method: str, debug: bool) -> None:
    with override_settings(DEBUG=debug):
        browser = Client(enforce_csrf_checks=True)
        answer = getattr(browser, method)(path, {"grant_type": "x"}, "application/json")
    assert answer.status_code == 404
    assert answer["Content-Type"] == "application/json"
    assert answer["Cache-Control"] == "no-store"
    assert answer["Access-Control-Allow-Origin"] == "*"
    members = answer.json()
    assert members["error"] == "invalid_request"
    assert f" http://testserver{path}/ " in members["error_description"]
    event = AuditEvent.objects.get(reference=answer["X-OAuth-Reference"])
    assert event.endpoint == ENDPOINTS[path]
    assert event.detail == {"method": method.upper()}


@spec("RFC 9110 §15.4.2", "B-4")
def test_no_token_comes_of_a_post_without_the_slash_and_the_code_stays_good() -> None:
    story = begin()
    code = story.code()
    sent = {
        "grant_type": "authorization_code",
        "code": code,
        "client_secret": story.registered.client_secret,
    }
    answer = story.back_channel.post("/o/token", sent, headers=story.basic)
    assert answer.status_code == 404
    assert "access_token" not in answer.json()
    assert "Location" not in answer
    kept = str(AuditEvent.objects.filter(endpoint="token").values())
    assert code not in kept
    assert story.registered.client_secret not in kept
    assert story.redeem(code).status_code == 200


@pytest.mark.parametrize(("path", "status"), REDIRECTED.items())
@spec("RFC 9110 §15.4.2")
def test_get_is_led_on_as_before(path: str, status: int) -> None:
    answer = Client().get(f"{path}?a=b")
    assert (answer.status_code, answer["Location"]) == (301, f"{path}/?a=b")
    assert Client().get(f"{path}/").status_code == status
    with override_settings(APPEND_SLASH=False):
        assert Client().get(path).json()["error"] == "invalid_request"


@pytest.mark.parametrize("path", ENDPOINTS)
@spec("Fetch §3.3.5")
def test_a_script_is_told_too(path: str) -> None:
    asked = {"Origin": "https://elsewhere.example", "Access-Control-Request-Method": "POST"}
    answer = Client().options(path, headers=asked)
    assert answer.status_code == 204
    assert answer["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Credentials" not in answer


@pytest.mark.parametrize("name", ['a"b\\c', "ü", "a%0d%0ab"])
@spec("RFC 6749 §5.2")
def test_no_name_in_the_path_breaks_the_answer(name: str) -> None:
    answer = Client().post(f"/o/register/{name}")
    assert answer.status_code == 404
    assert answer.json()["error"] == "invalid_request"


@spec("RFC 8414 §2")
def test_the_url_is_that_of_the_metadata_whatever_host_was_asked(settings: Any) -> None:
    settings.OAUTHFLOWS = {"ISSUER": "https://id.example/o"}
    settings.ALLOWED_HOSTS = ["*"]
    told = Client().post("/o/token", headers={"Host": "evil.example"}).json()["error_description"]
    assert "https://id.example/o/token/" in told
    assert "evil" not in told


@pytest.mark.parametrize("path", ["/o/device", "/o/connected-apps", "/o/sessions", "/o/authorize"])
def test_pages_keep_djangos_way(path: str) -> None:
    answer = Client().get(path)
    assert (answer.status_code, answer["Location"]) == (301, f"{path}/")
    assert Client().post(path)["Content-Type"].startswith("text/html")

"""Whatever refuses, wherever: the answer has a reference, and the reference leads to its explanation."""

from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl, urlsplit
from uuid import uuid4

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.urls import reverse

from django_oauthflows.audit.explaining import explain
from django_oauthflows.audit.models import AuditEvent
from django_oauthflows.protocol.explained import explained
from django_oauthflows.urls import TABLE
from tests.admin.pages import administrator
from tests.marks import spec
from tests.stories import WITH_OPENID, Story, begin

pytestmark = pytest.mark.django_db

Refused = Callable[[Story], Any]


def _post(name: str, *arguments: Any, **said: Any) -> Refused:
    return lambda story: story.browser.post(reverse(f"oauthflows:{name}", args=arguments), said)


def _without_the_token_of_the_form(name: str, *arguments: Any) -> Refused:
    """As another site's page sends it."""

    def send(story: Story) -> Any:
        browser = Client(enforce_csrf_checks=True)
        browser.force_login(story.person)
        return browser.post(reverse(f"oauthflows:{name}", args=arguments))

    return send


def _own_consent_forged(story: Story) -> Any:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(story.person)
    return browser.post(story.authorization_url(), {"decision": "allow"})


def _json(method: str, name: str, *arguments: Any) -> Refused:
    def send(story: Story) -> Any:
        url = reverse(f"oauthflows:{name}", args=arguments)
        return story.back_channel.generic(method, url, "[]", content_type="application/json")

    return send


#: What an endpoint refuses, by its name in `urls.TABLE`: each of them in a way of its own.
REFUSED: dict[str, tuple[Refused, ...]] = {
    "authorize": (
        lambda story: story.ask(redirect_uri="https://evil.example/"),
        lambda story: story.ask(client_id="nobody"),
        lambda story: story.ask(scope="unheard-of"),
        lambda story: story.ask(scope="unheard-of", response_mode="form_post"),
        lambda story: story.ask(prompt="none"),
        lambda story: story.decide("deny"),
        lambda story: story.browser.post(reverse("oauthflows:authorize"), {"client_id": "x"}),
        _own_consent_forged,
    ),
    "token": (
        lambda story: story.token(grant_type="unheard-of"),
        lambda story: story.token(grant_type="refresh_token", refresh_token="wrong"),
        lambda story: story.token(headers={"X-No": "basic"}, client_id="nobody"),
        _json("POST", "token"),
    ),
    "revoke": (lambda story: story.post("revoke"), _json("POST", "revoke")),
    "introspect": (lambda story: story.post("introspect"), _json("POST", "introspect")),
    "device-authorization": (
        lambda story: story.device_codes(),
        _json("POST", "device-authorization"),
    ),
    "device": (
        lambda story: story.enter("BCDF-GHJK"),
        lambda story: [story.enter("BCDF-GHJK") for _ in range(6)][-1],
        _without_the_token_of_the_form("device"),
    ),
    "device-confirm": (
        _post("device-confirm", decision="continue"),
        _without_the_token_of_the_form("device-confirm"),
    ),
    "device-consent": (
        _post("device-consent", decision="allow"),
        _without_the_token_of_the_form("device-consent"),
    ),
    "connected-app-withdraw": (
        _post("connected-app-withdraw", 999999),
        _without_the_token_of_the_form("connected-app-withdraw", 1),
    ),
    "connected-app-end-sign-in": (
        _post("connected-app-end-sign-in", uuid4()),
        _without_the_token_of_the_form("connected-app-end-sign-in", uuid4()),
    ),
    "userinfo": (
        lambda story: story.call("no-such-token", "/o/userinfo/"),
        lambda story: story.call(story.tokens()["access_token"], "/o/userinfo/"),
    ),
    "logout": (
        lambda story: story.browser.get("/o/logout/?id_token_hint=wrong"),
        lambda story: story.browser.post("/o/logout/", {"id_token_hint": "wrong"}),
        _without_the_token_of_the_form("sessions-end-all"),
    ),
    "session-end": (
        _post("session-end", 999999),
        _without_the_token_of_the_form("session-end", 1),
    ),
    "sessions-end-others": (_without_the_token_of_the_form("sessions-end-others"),),
    "sessions-end-all": (_without_the_token_of_the_form("sessions-end-all"),),
    "register-client": (_json("POST", "register-client"),),
    "client-configuration": (
        _json("GET", "client-configuration", "nobody"),
        _json("PUT", "client-configuration", "nobody"),
        _json("DELETE", "client-configuration", "nobody"),
    ),
    "openid-configuration": (
        lambda story: story.browser.get("/o/.well-known/openid-configuration"),
    ),
    "server-metadata-of-path": (
        lambda story: story.browser.get("/.well-known/oauth-authorization-server/another"),
    ),
    "openid-configuration-of-path": (
        lambda story: story.browser.get("/.well-known/openid-configuration/another"),
    ),
    "authorized-token-delete": (
        lambda story: story.browser.get("/o/authorized_tokens/999999/delete/"),
    ),
    "resource-metadata-of-path": (
        lambda story: story.browser.get("/.well-known/oauth-protected-resource/nothing"),
    ),
    "openid-configuration-by-rfc-8414": (
        lambda story: story.browser.get("/.well-known/openid-configuration/o"),
    ),
}
#: They show what there is to whoever is signed in, or to everybody: there is nothing to refuse but a method.
ONLY_SHOWN = {
    "connected-apps",
    "device-done",
    "jwks",
    "resource-metadata",
    "resource-metadata-below-prefix",
    "server-metadata",
    "server-metadata-below-issuer",
    "sessions",
    "sign-in",
    # DOT's own pages, which lead to the admin.
    # DOT's own pages, which lead to the admin and to our pages for people.
    "authorized-token-list",
    "device-grant-status",
    "list",
    "register",
    "detail",
    "update",
    "delete",
}
#: A look at a reference that is none has no other to look at.
HELPS_ITSELF = {"explain"}

NAMES = {row.name or row.dot_name for row in TABLE}
CASES = [(name, number) for name, ways in REFUSED.items() for number in range(len(ways))]


def assert_explained(response: Any) -> AuditEvent:
    """Whoever has the reference is helped in one look: the rule, its paragraph, and what to do."""
    row = AuditEvent.objects.get(reference=response["X-OAuth-Reference"])
    explanation = explain(row)
    assert row.rule
    assert row.endpoint
    assert explanation.fix
    assert all(paragraph.address for paragraph in explanation.paragraphs)
    assert explanation.paragraphs
    return row


def test_every_endpoint_is_asked_what_it_refuses() -> None:
    """An endpoint that is added has to be put into one of the lists."""
    assert REFUSED.keys() | ONLY_SHOWN | HELPS_ITSELF == NAMES
    assert not REFUSED.keys() & ONLY_SHOWN


@spec("B-1")
@pytest.mark.parametrize(("name", "number"), CASES)
def test_what_an_endpoint_refuses_is_explained(name: str, number: int) -> None:
    response = REFUSED[name][number](begin())
    assert_explained(response)
    assert response.status_code != 401 or "WWW-Authenticate" in response


@pytest.mark.parametrize("name", sorted(NAMES - HELPS_ITSELF))
def test_a_method_an_endpoint_does_not_know_is_explained(name: str) -> None:
    row = next(row for row in TABLE if name in (row.name, row.dot_name))
    space = "oauthflows" if row.name else "oauth2_provider"
    known = {"application_id": 1, "session_id": 1, "authorization_id": uuid4(), "client_id": "x"}
    paths = dict.fromkeys(("path", "issuer_path", "resource_path"), "x")
    given = {**known, **paths, "pk": "x", "user_code": "x"}
    arguments = {key: given[key] for key in given if f":{key}>" in row.path}
    browser = Client()
    browser.force_login(begin().person)
    response = browser.generic("PATCH", reverse(f"{space}:{name}", kwargs=arguments))
    assert response.status_code == 405
    assert assert_explained(response).rule == "method_must_be_known"


@pytest.mark.parametrize("place", ["description", "error_uri"])
@pytest.mark.parametrize(
    "name",
    [
        "token",
        "revoke",
        "introspect",
        "device-authorization",
        "register-client",
        "client-configuration",
    ],
)
def test_a_client_reads_the_reference_where_the_setting_says(
    settings: Any, name: str, place: str
) -> None:
    settings.OAUTHFLOWS = {"REFERENCE_IN": place}
    response = REFUSED[name][0](begin())
    said, reference = response.json(), response["X-OAuth-Reference"]
    assert reference in said["error_description" if place == "description" else "error_uri"]


@pytest.mark.parametrize("place", ["description", "error_uri"])
def test_a_client_reads_it_in_the_redirect_as_well(settings: Any, place: str) -> None:
    settings.OAUTHFLOWS = {"REFERENCE_IN": place}
    response = begin().ask(scope="unheard-of")
    said = dict(parse_qsl(urlsplit(response["Location"]).query))
    told = said["error_description" if place == "description" else "error_uri"]
    assert response["X-OAuth-Reference"] in told


@pytest.mark.parametrize("path", ["/api/notes/", "/api/own/"])
def test_an_api_explains_a_token_and_a_scope(path: str) -> None:
    story = begin()
    assert_explained(story.call("no-such-token", path))
    assert_explained(story.call(story.tokens(scope="profile")["access_token"], path))


def test_a_person_is_told_it_on_the_page() -> None:
    for refuse in REFUSED["authorize"][:2]:
        response = refuse(begin())
        assert response["X-OAuth-Reference"] in response.content.decode()


@spec("B-16")
def test_a_page_that_says_nothing_of_forgery_is_guarded_as_well() -> None:
    """A new endpoint that forgot it takes no form of another site for its own."""

    def page(request: HttpRequest) -> HttpResponse:
        return HttpResponse("done")

    story = begin()
    request = RequestFactory().post("/")
    request.user, request._dont_enforce_csrf_checks = story.person, False
    response = explained(page, "new")(request)
    assert response.status_code == 403
    assert response["X-OAuth-Reference"]


def test_a_refusal_of_djangos_own_is_found_by_the_person(settings: Any) -> None:
    settings.OAUTH2_PROVIDER = WITH_OPENID
    story = begin()
    row = assert_explained(REFUSED["session-end"][1](story))
    assert (row.rule, row.user) == ("form_must_come_from_our_own_page", story.person)
    page = administrator().get("/admin/oauthflows/auditevent/", {"q": story.person.username})
    assert row.reference in page.content.decode()

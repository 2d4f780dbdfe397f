"""The flows under each of Django's own protections: one suite, run on every site of `sites.SITES`."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.urls import reverse

from django_oauthflows.clients import facts
from django_oauthflows.testing.client import answered
from django_oauthflows.testing.factories import PASSWORD, ClientFactory, PersonFactory
from django_oauthflows.urls import TABLE, _by_dot_name, _ours, _without_slash
from tests.clients.dynamic.registering import Registrar
from tests.identity.stories import AS_PROVIDER
from tests.management_api.calling import NOBODY, service
from tests.marks import spec
from tests.settings_matrix.sites import CAUGHT, SITES, Site
from tests.stories import Story

pytestmark = pytest.mark.django_db

SCOPES = ("openid", "profile", "notes:read")


@pytest.fixture(params=SITES.values(), ids=SITES)
def site(request: pytest.FixtureRequest, settings: Any) -> Iterator[Site]:
    """One of the sites, as an OpenID Provider with open registration."""
    chosen: Site = request.param
    if not chosen.is_runnable:
        pytest.skip(f"needs Django {'.'.join(map(str, chosen.needs_django))}")
    chosen.apply(settings)
    settings.OAUTH2_PROVIDER = AS_PROVIDER
    settings.OAUTHFLOWS = {"REGISTRATION": "open"}
    facts.forget_clients()
    CAUGHT.clear()
    yield chosen
    assert CAUGHT == [], "an exception left one of our views"


def begin(site: Site, *, person: Any = None, **client: Any) -> Story:
    """Somebody signed in with a browser of the site's, and a client."""
    story = Story(
        registered=ClientFactory(**{"scopes": SCOPES, **client}),
        person=person or PersonFactory(),
        browser=site.client(),
        back_channel=site.client(),
    )
    story.browser.force_login(story.person)
    return story


def userinfo(story: Story, token: str) -> Any:
    return story.call(token, "/o/userinfo/")


@spec("RFC 6749 §4.1", "OpenID Connect Core §5.3", "RFC 7662 §2", "B-26")
def test_authorization_code_with_consent_and_all_that_comes_of_it(site: Site) -> None:
    story = begin(site)
    page = story.ask()
    assert page.status_code == 200
    assert b"decision" in page.content
    answer = answered(story.decide())
    assert answer["iss"] == f"{site.origin}/o"
    tokens = story.redeem(answer["code"]).json()
    assert story.call(tokens["access_token"]).json()["person"] == story.person.username
    assert userinfo(story, tokens["access_token"]).json()["sub"] == str(story.person.pk)
    assert story.introspect(tokens["access_token"])["active"] is True
    fresh = story.refresh(tokens["refresh_token"]).json()
    assert story.call(fresh["access_token"]).status_code == 200
    assert story.post("revoke", token=fresh["refresh_token"]).status_code == 200
    assert story.introspect(fresh["access_token"]) == {"active": False}
    assert story.call(fresh["access_token"]).status_code == 401


@spec("RFC 6749 §3.1", "B-16")
def test_somebody_who_is_not_signed_in_signs_in_first(site: Site) -> None:
    story = begin(site)
    story.browser.logout()
    away = story.ask()
    assert away.status_code == 302
    assert urlsplit(away["Location"]).path == "/accounts/login/"
    assert story.browser.get(away["Location"]).status_code == 200
    back = story.browser.post(
        away["Location"], {"username": story.person.username, "password": PASSWORD}
    )
    page = story.browser.get(back["Location"])
    assert b"decision" in page.content


@spec("OpenID Connect Core §3.1.2.6")
def test_without_a_session_prompt_none_is_answered_to_the_client(site: Site) -> None:
    story = begin(site)
    story.browser.logout()
    assert answered(story.ask(prompt="none"))["error"] == "login_required"


@spec("OpenID Connect Core §3.1.2.1")
def test_a_request_by_post_goes_on_as_a_link(site: Site) -> None:
    story = begin(site)
    query = story.authorization_url().partition("?")[2]
    form = {"content_type": "application/x-www-form-urlencoded"}
    kept = story.browser.post(reverse("oauthflows:authorize"), query, **form)
    assert kept.status_code == 303
    assert b"decision" in story.browser.get(kept["Location"]).content


@spec("RFC 8628 §3")
def test_a_device_is_paired(site: Site) -> None:
    story = begin(site, preset="device", redirect_uris=(), scopes=("notes:read",))
    codes = story.device_codes().json()
    assert codes["verification_uri"] == f"{site.origin}/o/device/"
    assert story.browser.get(codes["verification_uri_complete"]).status_code == 200
    done = story.decide_on_device(codes["user_code"])
    assert urlsplit(done["Location"]).path == "/o/device/done/"
    assert story.poll(codes["device_code"]).status_code == 200


@spec("RFC 6749 §4.4")
def test_a_service_gets_a_token(site: Site) -> None:
    story = begin(site, preset="service", redirect_uris=(), scopes=("notes:read",))
    token = story.token(grant_type="client_credentials", scope="notes:read").json()["access_token"]
    assert story.call(token).status_code == 200


DOCUMENTS = (
    "/.well-known/oauth-authorization-server/o",
    "/o/.well-known/openid-configuration",
    "/.well-known/openid-configuration/o",
)


@spec("RFC 8414 §3", "OpenID Connect Discovery 1.0 §4", "RFC 9728 §3")
def test_anybody_reads_the_metadata(site: Site) -> None:
    for path in DOCUMENTS:
        for _ in range(2):
            document = site.client().get(path).json()
            assert document["issuer"] == f"{site.origin}/o"
            ends = [uri for name, uri in document.items() if name.endswith("_endpoint")]
            assert all(uri.startswith(f"{site.origin}/o/") for uri in ends)
    assert site.client().get(urlsplit(document["jwks_uri"]).path).json()["keys"]
    resource = site.client().get("/.well-known/oauth-protected-resource").json()
    assert resource["authorization_servers"] == [f"{site.origin}/o"]


@spec("RFC 6750 §3", "RFC 9728 §5.1")
def test_a_challenge_leads_to_the_metadata(site: Site) -> None:
    response = site.client().get("/api/notes/")
    assert response.status_code == 401
    url = f"{site.origin}/.well-known/oauth-protected-resource/api/notes/"
    assert f'resource_metadata="{url}"' in response["WWW-Authenticate"]
    document = site.client().get(urlsplit(url).path).json()
    assert document["resource"] == f"{site.origin}/api/notes/"


@spec("RFC 7591 §3", "RFC 7592 §2")
def test_a_client_registers_itself(site: Site) -> None:
    registrar = Registrar(back_channel=site.client())
    told = registrar.registered()
    assert told["registration_client_uri"].startswith(f"{site.origin}/o/register/")
    assert registrar.read(told).json()["client_id"] == told["client_id"]
    assert registrar.delete(told).status_code == 204


@spec("OpenID Connect RP-Initiated Logout 1.0 §2")
def test_a_client_signs_its_person_out(site: Site) -> None:
    story = begin(site)
    hint = story.tokens()["id_token"]
    response = story.browser.get("/o/logout/", {"id_token_hint": hint})
    assert response.status_code == 200
    assert "_auth_user_id" not in story.browser.session
    again = story.browser.get("/o/logout/")
    assert again.status_code == 200, "whoever is signed out may still be sent here"


@spec("RFC 6749 §5.2", "RFC 6750 §3.1")
def test_what_is_refused_is_refused_in_json(site: Site) -> None:
    story = begin(site)
    refused = story.token(grant_type="refresh_token", refresh_token="wrong")
    assert (refused.status_code, refused.json()["error"]) == (400, "invalid_grant")
    assert story.token(grant_type="password", headers={"X-No": "basic"}).status_code == 401
    assert userinfo(story, "wrong").json()["error"] == "invalid_token"
    assert story.browser.get("/o/token/").status_code == 405


@spec("RFC 6749 §4.1.2.1")
def test_an_error_page_is_one_for_anybody(site: Site) -> None:
    response = site.client().get("/o/authorize/?client_id=nobody")
    assert response.status_code == 400
    reference = response["X-OAuth-Reference"]
    assert site.client().get(f"/o/explain/{reference}/").status_code == 200
    assert site.client().get("/o/explain/0000000000/").status_code == 404


@pytest.mark.parametrize("name", ["connected-apps", "sessions", "device"])
@spec("B-16")
def test_the_pages_of_a_person_ask_who_they_are(site: Site, name: str) -> None:
    url = reverse(f"oauthflows:{name}")
    asked = site.client().get(url)
    assert asked.status_code == 302
    assert urlsplit(asked["Location"]).path == "/accounts/login/"
    assert begin(site).browser.get(url).status_code == 200


@spec("RFC 9111 §3.5", "B-2")
def test_nothing_of_one_person_is_told_to_another(site: Site) -> None:
    """In pairs, so that a copy that was kept of the first would be the answer to the second."""
    one = begin(site)
    other = begin(site, person=PersonFactory())
    first, second = one.tokens()["access_token"], other.tokens()["access_token"]
    for _ in range(2):
        assert userinfo(one, first).json()["sub"] == str(one.person.pk)
        assert userinfo(other, second).json()["sub"] == str(other.person.pk)
        assert one.call(first).json()["person"] == one.person.username
        assert other.call(second).json()["person"] == other.person.username
        assert site.client().get("/o/userinfo/").status_code == 401
        assert site.client().get("/api/notes/").status_code == 401
    for story in (one, other):
        name = story.registered.application.name
        page = story.browser.get("/o/connected-apps/").content.decode()
        assert name in page
        stranger = other if story is one else one
        assert stranger.registered.application.name not in page


@spec("B-2")
def test_our_own_headers_are_the_ones_that_arrive(site: Site) -> None:
    page = begin(site).ask()
    assert "no-store" in page["Cache-Control"]
    assert page["X-Frame-Options"] == "DENY"
    assert "form-action 'self' https:" in page["Content-Security-Policy"]
    assert "default-src 'none'" in page["Content-Security-Policy"]
    assert page["Referrer-Policy"] == "no-referrer"
    assert "ETag" not in page


#: The endpoints that ask for a sign-in themselves, by Django's own decorator or the admin's pages.
CLOSED = {
    *("device", "device-confirm", "device-consent", "device-done"),
    *("connected-apps", "connected-app-withdraw", "connected-app-end-sign-in"),
    *("sessions", "session-end", "sessions-end-others", "sessions-end-all"),
    # DOT's own pages, which lead to the admin.
    *("list", "register", "detail", "update", "delete"),
    # Those that lead to our pages for people.
    *("authorized-token-list", "authorized-token-delete", "device-grant-status"),
}


@pytest.mark.parametrize(
    "pattern",
    [*_ours, *_by_dot_name, *_without_slash],
    ids=lambda one: one.name or str(one.pattern),
)
def test_every_endpoint_is_open_or_closed_on_purpose(pattern: Any) -> None:
    by_dot = {row.dot_name: row.name or row.dot_name for row in TABLE if row.dot_name}
    name = by_dot.get(pattern.name, pattern.name) if pattern in _by_dot_name else pattern.name
    assert getattr(pattern.callback, "login_required", True) is (name in CLOSED)


@pytest.mark.urls("tests.management_api.urls")
def test_the_management_api_is_open_to_tokens(settings: Any) -> None:
    SITES["LoginRequiredMiddleware"].apply(settings)
    assert NOBODY.get("clients").status_code == 401
    assert service("oauthflows:clients:read").get("clients").status_code == 200


def test_what_is_sent_in_the_clear_is_led_to_https_and_answered_nothing(settings: Any) -> None:
    SITES["SECURE_SSL_REDIRECT"].apply(settings)
    plain = Site().client().post("/o/token/", {"grant_type": "client_credentials"})
    assert plain.status_code == 301
    assert plain["Location"].startswith("https://")

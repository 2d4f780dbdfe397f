"""A site below a prefix: issuer, documents, challenges, cookies and links say the same."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.core.handlers.wsgi import get_script_name
from django.test import Client, RequestFactory
from django.test.client import ClientHandler
from django.urls import get_script_prefix, reverse_lazy, set_script_prefix

from django_oauthflows.clients import facts
from django_oauthflows.issuer import issuer_of, url_of
from django_oauthflows.protocol.sign_in_page import login_url
from django_oauthflows.testing.client import answered
from django_oauthflows.testing.factories import ClientFactory, PersonFactory
from tests.checks.test_checks import found
from tests.clients.dynamic.registering import Registrar
from tests.identity.stories import AS_PROVIDER
from tests.marks import spec
from tests.stories import Story

pytestmark = pytest.mark.django_db

HOST = "http://testserver"


class _Below(ClientHandler):
    """Django's handler, told of a prefix as a WSGI server tells it: stripped from the path."""

    def __call__(self, environ: dict[str, Any]) -> Any:
        before, script = get_script_prefix(), environ["SCRIPT_NAME"]
        environ["PATH_INFO"] = environ["PATH_INFO"].removeprefix(script) or "/"
        set_script_prefix(get_script_name(environ) + "/")
        try:
            return super().__call__(environ)
        finally:
            set_script_prefix(before)


class BelowClient(Client):
    """A browser that asks for whole paths, the prefix among them."""

    def __init__(self, prefix: str) -> None:
        super().__init__(SCRIPT_NAME=prefix)
        self.handler = _Below(self.handler.enforce_csrf_checks)

    def get(self, path: str = "/", *args: Any, **named: Any) -> Any:
        return super().get(path, *args, **named)


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where a site stands, and what its issuer is because of that."""

    script: str = ""
    include: str = ""
    issuer: str = ""

    @property
    def path(self) -> str:
        return f"{self.script}{self.include}/o"


PLACES = {
    "at the root": Place(),
    "SCRIPT_NAME": Place(script="/app"),
    "SCRIPT_NAME of two segments": Place(script="/apps/one"),
    "an include below a path": Place(include="/auth"),
    "both": Place(script="/app", include="/auth"),
    "SCRIPT_NAME, with the issuer written down": Place(script="/app", issuer=f"{HOST}/app/o"),
    "both, with the issuer written down": Place(
        script="/app", include="/auth", issuer=f"{HOST}/app/auth/o"
    ),
}


@pytest.fixture(params=PLACES.values(), ids=PLACES)
def place(request: pytest.FixtureRequest, settings: Any) -> Iterator[Place]:
    chosen: Place = request.param
    settings.OAUTH2_PROVIDER = AS_PROVIDER
    settings.OAUTHFLOWS = {"REGISTRATION": "open"}
    if chosen.issuer:
        settings.OAUTHFLOWS["ISSUER"] = chosen.issuer
    if chosen.include:
        settings.ROOT_URLCONF = "tests.prefixes.urls_below_a_path"
    facts.forget_clients()
    # As `reverse` answers within the tests themselves.
    before = get_script_prefix()
    set_script_prefix(f"{chosen.script}/")
    yield chosen
    set_script_prefix(before)


def story_at(place: Place) -> Story:
    story = Story(
        registered=ClientFactory(scopes=("openid", "notes:read")),
        person=PersonFactory(),
        browser=BelowClient(place.script),
        back_channel=BelowClient(place.script),
    )
    story.browser.force_login(story.person)
    return story


SITE = "/oauth-protected-resource"


@spec("RFC 8414 §3", "OpenID Connect Discovery 1.0 §4")
def test_the_documents_name_the_issuer_they_are_found_below(place: Place) -> None:
    client = BelowClient(place.script)
    for path in (
        f"{place.path}/.well-known/openid-configuration",
        f"{place.path}/.well-known/oauth-authorization-server",
    ):
        document = client.get(path).json()
        assert document["issuer"] == f"{HOST}{place.path}"
        for name, uri in document.items():
            if name.endswith("_endpoint") or name == "jwks_uri":
                assert uri.startswith(f"{HOST}{place.path}/"), name
    assert client.get(urlsplit(document["jwks_uri"]).path).json()["keys"]


@spec("RFC 8414 §3.1")
def test_the_path_of_the_issuer_may_stand_behind_the_well_known_one(place: Place) -> None:
    """Whatever serves the root of the host leads it there."""
    client = BelowClient(place.script)
    for kind in ("oauth-authorization-server", "openid-configuration"):
        url = f"{place.script}{place.include}/.well-known/{kind}"
        assert client.get(f"{url}{place.path}").json()["issuer"] == f"{HOST}{place.path}"
        assert client.get(f"{url}/another/issuer").status_code == 404


@spec("RFC 9728 §5.1", "RFC 9728 §3")
def test_a_challenge_leads_to_metadata_that_lead_to_the_issuer(place: Place) -> None:
    client = BelowClient(place.script)
    refused = client.get(f"{place.script}/api/notes/")
    assert refused.status_code == 401
    url = refused["WWW-Authenticate"].partition('resource_metadata="')[2].partition('"')[0]
    assert url.startswith(f"{HOST}{place.script}{place.include}/.well-known/")
    document = client.get(urlsplit(url).path).json()
    assert document["authorization_servers"] == [f"{HOST}{place.path}"]
    assert document["resource"] == f"{HOST}{place.script}/api/notes/"
    site = client.get(urlsplit(url).path.partition("/oauth-protected-resource")[0] + SITE).json()
    assert site["resource"] == f"{HOST}{place.script}"


@spec("RFC 6749 §4.1", "RFC 9207 §2", "RFC 8707 §2")
def test_the_flows_work_there(place: Place) -> None:
    story = story_at(place)
    assert story.ask().status_code == 200
    answer = answered(story.decide(resource=f"{HOST}{place.script}"))
    assert answer["iss"] == f"{HOST}{place.path}"
    tokens = story.redeem(answer["code"]).json()
    assert story.call(tokens["access_token"], f"{place.script}/api/notes/").status_code == 200
    assert story.call(tokens["access_token"], f"{place.path}/userinfo/").status_code == 200
    assert story.introspect(tokens["access_token"])["iss"] == f"{HOST}{place.path}"


@spec("B-16")
def test_cookies_and_links_stay_below_the_prefix(place: Place) -> None:
    story = story_at(place)
    story.browser.logout()
    away = story.ask()
    assert away.cookies["oauthflows_errands"]["path"] == f"{place.path}/authorize/"
    query = story.authorization_url().partition("?")[2]
    form = {"content_type": "application/x-www-form-urlencoded"}
    kept = story.browser.post(f"{place.path}/authorize/", query, **form)
    assert kept["Location"].startswith(f"{place.path}/authorize/?")
    story.browser.force_login(story.person)
    page = story.browser.get(f"{place.path}/sessions/").content.decode()
    assert f'href="{place.path}/connected-apps/"' in page


@spec("RFC 7592 §3", "RFC 8628 §3.2")
def test_addresses_that_are_handed_out_lead_there(place: Place) -> None:
    registrar = Registrar(back_channel=BelowClient(place.script))
    told = registrar.registered()
    assert told["registration_client_uri"].startswith(f"{HOST}{place.path}/register/")
    assert registrar.send("get", urlsplit(told["registration_client_uri"]).path).status_code == 401
    device = Story(
        registered=ClientFactory(preset="device", redirect_uris=(), scopes=("notes:read",)),
        person=PersonFactory(),
        back_channel=BelowClient(place.script),
    )
    assert device.device_codes().json()["verification_uri"] == f"{HOST}{place.path}/device/"


def test_a_command_knows_the_prefix_from_the_issuer(settings: Any) -> None:
    """Outside of a server nobody says where the site stands but ISSUER."""
    settings.OAUTHFLOWS = {"ISSUER": "https://id.example/app/o"}
    request = RequestFactory().get("/")
    assert issuer_of(request) == "https://id.example/app/o"
    assert url_of(request, "token") == "https://id.example/app/o/token/"


# The checks -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("urls", "issuer", "ids"),
    [
        ("tests.urls", "https://id.example/o", []),
        ("tests.urls", "https://id.example", []),
        ("tests.urls", "https://id.example/app/o", []),
        ("tests.urls", "https://id.example/app/two/o", []),
        ("tests.urls", "https://id.example/other", ["oauthflows.E003"]),
        ("tests.urls", "https://id.example/foo", ["oauthflows.E003"]),
        ("tests.prefixes.urls_below_a_path", "https://id.example/auth/o", ["oauthflows.W002"]),
        ("tests.prefixes.urls_below_a_path", "https://id.example/app/auth/o", ["oauthflows.W002"]),
        (
            "tests.prefixes.urls_below_a_path",
            "https://id.example/o",
            ["oauthflows.E003", "oauthflows.W002"],
        ),
    ],
)
@spec("RFC 8414 §2")
def test_the_true_issuer_is_accepted(settings: Any, urls: str, issuer: str, ids: list[str]) -> None:
    settings.ROOT_URLCONF, settings.OAUTHFLOWS = urls, {"ISSUER": issuer}
    assert sorted(str(message.id) for message in found()) == ids


@pytest.fixture
def forced(settings: Any) -> Iterator[None]:
    """FORCE_SCRIPT_NAME, as Django's own setup reads it."""
    settings.FORCE_SCRIPT_NAME = "/app"
    before = get_script_prefix()
    set_script_prefix("/app/")
    yield
    set_script_prefix(before)


@pytest.mark.usefixtures("forced")
@pytest.mark.parametrize(
    "login",
    ["login", reverse_lazy("login"), "/app/accounts/login/", "/accounts/of-the-host/"],
)
def test_a_forced_prefix_is_no_mistake(settings: Any, login: str) -> None:
    settings.LOGIN_URL = login
    settings.OAUTHFLOWS = {"ISSUER": "https://id.example/app/o"}
    assert found() == []
    assert issuer_of(RequestFactory().get("/")) == "https://id.example/app/o"


@pytest.mark.usefixtures("forced")
def test_a_sign_in_page_whose_prefix_was_forgotten_is_named(settings: Any) -> None:
    settings.LOGIN_URL = "/accounts/login/"  # Django's default, to which it adds no prefix
    (message,) = found()
    assert message.id == "oauthflows.W152"
    assert "Write /app/accounts/login/" in str(message.hint)


@pytest.mark.parametrize("login", ["login", "/accounts/login/", "/app/accounts/login/"])
def test_a_prefix_that_only_the_server_tells_is_known_from_the_issuer(
    settings: Any, login: str
) -> None:
    settings.LOGIN_URL = login
    settings.OAUTHFLOWS = {"ISSUER": "https://id.example/app/o"}
    assert found() == []


LANGUAGES = [("en", "English"), ("de", "Deutsch")]


@pytest.mark.parametrize("login", ["/en/accounts/login/", "/de/accounts/login/", "login"])
def test_a_sign_in_page_below_a_language_is_known(settings: Any, login: str) -> None:
    settings.LANGUAGE_CODE, settings.LANGUAGES = "en", LANGUAGES
    settings.ROOT_URLCONF = "tests.prefixes.urls_with_a_sign_in_by_language"
    settings.LOGIN_URL = login
    assert found() == []
    settings.LOGIN_URL = "/fr/accounts/login/"
    assert [message.id for message in found()] == ["oauthflows.W003"]


def test_a_sign_in_page_that_django_leads_to_a_language_is_known(settings: Any) -> None:
    settings.LANGUAGE_CODE, settings.LANGUAGES = "en", LANGUAGES
    settings.ROOT_URLCONF = "tests.prefixes.urls_with_a_sign_in_by_language"
    settings.LOGIN_URL = "/accounts/login/"
    assert found() == []
    assert login_url() == "oauthflows:sign-in"
    settings.MIDDLEWARE = [*settings.MIDDLEWARE, "django.middleware.locale.LocaleMiddleware"]
    assert found() == []
    assert login_url() == "/accounts/login/"


@spec("RFC 8414 §2")
@pytest.mark.parametrize("urls", ["urls_by_language", "urls_by_translated_path"])
def test_an_include_below_a_language_is_an_error_that_names_it(urls: str, settings: Any) -> None:
    settings.LANGUAGE_CODE, settings.LANGUAGES = "en", LANGUAGES
    settings.ROOT_URLCONF = f"tests.prefixes.{urls}"
    (message,) = [one for one in found() if one.is_serious()]
    assert message.id == "oauthflows.E147"
    assert "i18n_patterns" in str(message.hint)
    assert 'include("django_oauthflows.urls")' in str(message.hint)

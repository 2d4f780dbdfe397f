"""Each flow's page, and the walk through it against the running server."""

import html
import re
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlsplit

import pytest
import requests

from django_oauthflows.flows.base import Flow, Standing
from django_oauthflows.flows.catalogue import FLOWS
from example_project.accounts.people import PEOPLE
from example_project.playground.walks.catalogue import WALKS
from tests.browsing import Form, Person, forms
from tests.marks import spec

SECRETS = {"code", "access_token", "id_token", "device_code"}
BROWSER = [slug for slug, walk in WALKS.items() if walk.comes_back]
DIRECT = ["client-credentials", "jwt-bearer"]


@dataclass(kw_only=True)
class Visit:
    """A person on the page of one flow."""

    site: str
    slug: str
    person: Person

    @property
    def url(self) -> str:
        return f"{self.site}/playground/flows/{self.slug}/"

    @property
    def answer_url(self) -> str:
        return f"{self.url}answer/"

    def begin(self, *filled: tuple[str, str], until: str = "") -> requests.Response:
        page = self.person.open(self.url)
        return self.person.press(page, form_to(page, "/try/"), *filled, until=until)

    def sign_in_and_allow(self) -> str:
        """Where the browser is sent back to, with the provider's answer."""
        page = self.begin(until=self.answer_url)
        while not page.is_redirect:
            page = self.person._answer(page, self.answer_url)
        return page.headers["Location"]

    def come_back(self, location: str) -> requests.Response:
        page = self.person.open(location)
        fragment = urlsplit(location).fragment
        if not fragment:
            return page
        # What the page's script does.
        return self.person.press(page, form_to(page, "/answer/"), ("fragment", fragment))


@pytest.fixture
def visit(request: pytest.FixtureRequest, site: str, person: Person) -> Visit:
    return Visit(site=site, slug=request.param, person=person)


def form_to(page: requests.Response, ending: str) -> Form:
    return next(form for form in forms(page) if form.action.endswith(ending))


def told(page: requests.Response) -> str:
    """The page as a person reads it, markup left out."""
    return html.unescape(re.sub(r"<[^>]*>", "", page.text))


def steps_of(page: requests.Response) -> list[str]:
    return [html.unescape(title) for title in re.findall(r"<h3>(.*?)(?: <span|</h3>)", page.text)]


@pytest.mark.parametrize("flow", FLOWS, ids=lambda flow: flow.slug)
def test_the_page_says_what_the_flow_says(flow: Flow, site: str, person: Person) -> None:
    page = person.open(f"{site}/playground/flows/{flow.slug}/")
    text = told(page)

    assert page.status_code == 200
    assert all(step.does in text for step in flow.steps)
    assert all(note in text for note in flow.security_notes)
    assert all(rule.name in text for rule in (*flow.authorization_rules, *flow.token_rules))
    assert ("Legacy." in text) == (flow.standing is Standing.LEGACY)
    assert form_to(page, "/try/")


def test_the_overview_leads_to_every_flow(site: str, person: Person) -> None:
    page = person.open(f"{site}/playground/flows/")

    assert [flow for flow in FLOWS if f"/playground/flows/{flow.slug}/" not in page.text] == []


@spec("RFC 6749 §4.1", "RFC 6749 §4.2", "RFC 6749 §6", "RFC 8693 §2.1", "RFC 7636 §4")
@pytest.mark.parametrize("visit", BROWSER, indirect=True)
def test_a_walk_through_the_browser_ends_with_notes(visit: Visit) -> None:
    location = visit.sign_in_and_allow()
    page = visit.come_back(location)

    assert 'role="alert"' not in page.text
    assert "Note G" in told(page)
    assert "refused" not in steps_of(page)
    parts = urlsplit(location)
    came = dict(parse_qsl(parts.query or parts.fragment))
    assert SECRETS & set(came)
    assert [name for name in SECRETS & set(came) if came[name] in page.text] == []


@spec("RFC 6749 §4.4", "RFC 7523 §2.1")
@pytest.mark.parametrize("visit", DIRECT, indirect=True)
def test_a_service_counts_the_notes(visit: Visit) -> None:
    assert '"count": 5' in told(visit.begin())


@pytest.mark.parametrize("visit", ["client-credentials"], indirect=True)
def test_a_walk_is_forgotten(visit: Visit) -> None:
    page = visit.begin()
    page = visit.person.press(page, form_to(page, "/try/"), ("forget", "yes"))

    assert "count" not in told(page)
    assert "count" not in told(visit.person.open(visit.url))


@spec("RFC 8693 §4.1")
@pytest.mark.parametrize("visit", ["token-exchange"], indirect=True)
def test_the_exchanged_token_says_who_acts(visit: Visit) -> None:
    text = told(visit.come_back(visit.sign_in_and_allow()))

    assert '"act": {' in text
    assert f'"aud": "{visit.site}/"' in text


@spec("OpenID Connect Core §3.1.3.7")
@pytest.mark.parametrize("visit", ["authorization-code", "implicit", "hybrid"], indirect=True)
def test_the_id_token_is_opened(visit: Visit) -> None:
    assert '"nonce": "' in told(visit.come_back(visit.sign_in_and_allow()))


@spec("RFC 6749 §6")
@pytest.mark.parametrize("visit", ["refresh-token"], indirect=True)
def test_the_tokens_are_refreshed(visit: Visit) -> None:
    page = visit.come_back(visit.sign_in_and_allow())

    assert steps_of(page)[-2:] == [
        "The tokens are refreshed, and nobody is asked",
        "The API is called with the new token",
    ]


@spec("RFC 6749 §4.3")
@pytest.mark.parametrize("visit", ["password"], indirect=True)
def test_a_password_is_handed_on_and_never_shown(visit: Visit) -> None:
    grace = PEOPLE[1]
    page = visit.begin(("username", grace.username), ("password", grace.password))
    assert "The moth" in told(page)
    sent = re.findall(r"password=(.*)", told(page))
    assert sent == ["•" * 8]

    page = visit.begin(("username", grace.username), ("password", "a wrong guess"))
    assert "invalid_grant" in told(page)
    assert "a wrong guess" not in page.text
    assert "The moth" not in told(page)


@spec("RFC 8628 §3.4", "RFC 8628 §3.5")
@pytest.mark.parametrize("visit", ["device-code"], indirect=True)
def test_a_device_waits_until_somebody_decides(visit: Visit) -> None:
    page = visit.begin()
    link = re.search(r'href="([^"]*user_code=[^"]*)"', page.text)
    assert link
    page = visit.person.press(page, form_to(page, "/answer/"))
    assert "authorization_pending" in told(page)
    assert form_to(page, "/answer/")

    visit.person.pair(html.unescape(link[1]))
    # Too soon, and so it is told to slow down; what the person decided waits.
    page = visit.person.press(page, form_to(page, "/answer/"))
    assert "slow_down" in told(page)


@spec("RFC 6749 §4.1.2.1")
@pytest.mark.parametrize("visit", ["authorization-code-pkce"], indirect=True)
def test_somebody_says_no(visit: Visit) -> None:
    visit.person = Person(username=PEOPLE[1].username, password=PEOPLE[1].password)
    page = visit.begin()
    named = (("username", visit.person.username), ("password", visit.person.password))
    page = visit.person.press(
        page, next(form for form in forms(page) if form.asks_for("password")), *named
    )
    consent = next(form for form in forms(page) if ("decision", "deny") in form.buttons)
    page = visit.person.press(page, consent, ("decision", "deny"))

    assert page.url.startswith(visit.url)
    assert "You said no" in told(page)


@spec("RFC 6749 §10.12")
@pytest.mark.parametrize("visit", ["authorization-code-pkce", "hybrid"], indirect=True)
def test_an_answer_that_nobody_asked_for_is_refused(visit: Visit) -> None:
    location = visit.sign_in_and_allow()
    stranger = Visit(site=visit.site, slug=visit.slug, person=Person(username="grace", password=""))

    assert "belongs to no walk" in told(stranger.come_back(location))
    stranger.begin(until=visit.site)
    assert "belongs to no walk" in told(stranger.come_back(location))


@spec("RFC 9207 §2.4")
@pytest.mark.parametrize("visit", ["authorization-code"], indirect=True)
def test_an_answer_of_another_issuer_is_refused(visit: Visit) -> None:
    location = visit.sign_in_and_allow().replace("%2Fo", "%2Fevil")

    assert "another provider" in told(visit.come_back(location))


@pytest.mark.parametrize("visit", ["implicit"], indirect=True)
@pytest.mark.parametrize("fragment", ["", "#", "%00", "a=b&" * 50, "state=%ff", "x" * 100_000])
def test_a_strange_fragment_is_refused_on_a_page(visit: Visit, fragment: str) -> None:
    visit.begin(until=visit.site)
    page = visit.person.open(visit.answer_url)
    page = visit.person.press(page, form_to(page, "/answer/"), ("fragment", fragment))

    assert page.status_code == 200
    assert "belongs to no walk" in told(page)


@pytest.mark.parametrize("visit", ["authorization-code"], indirect=True)
@pytest.mark.parametrize(
    "query", ["", "state=%00", "state=%ff&code=%ff", "error=x", "state=a&state=b"]
)
def test_a_strange_answer_is_refused_on_a_page(visit: Visit, query: str) -> None:
    visit.begin(until=visit.site)

    assert "belongs to no walk" in told(visit.person.open(f"{visit.answer_url}?{query}"))


@pytest.mark.parametrize("visit", ["password"], indirect=True)
@pytest.mark.parametrize("name", ["a\x00b", "\ud800", "x" * 100_000])
def test_a_strange_name_is_refused_on_a_page(visit: Visit, name: str) -> None:
    sent = name.encode(errors="surrogatepass")
    page = visit.begin(("username", sent), ("password", "a password"))  # type: ignore[arg-type]

    assert page.status_code == 200
    assert "invalid_" in told(page)
    assert len(page.content) < 100_000


def test_what_is_no_flow_is_not_there(site: str, person: Person) -> None:
    assert person.open(f"{site}/playground/flows/magic/").status_code == 404
    assert person.open(f"{site}/playground/flows/device-code/answer/").status_code == 404

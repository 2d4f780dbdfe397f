"""A person's browser for tests over the network: cookies, redirects and forms, and no JavaScript."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin

import requests


@dataclass(kw_only=True)
class Form:
    """What a form would send, and the buttons that send it."""

    action: str
    fields: list[tuple[str, str]] = field(default_factory=list)
    buttons: list[tuple[str, str]] = field(default_factory=list)

    def asks_for(self, name: str) -> bool:
        return any(name == known for known, _ in self.fields)


class _Forms(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[Form] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "form":
            self.found.append(Form(action=given.get("action") or ""))
        if tag not in ("input", "button") or not self.found or "disabled" in given:
            return
        if given.get("type") == "checkbox" and "checked" not in given:
            return
        if name := given.get("name"):
            named = (name, given.get("value") or "")
            (self.found[-1].buttons if tag == "button" else self.found[-1].fields).append(named)


@dataclass(kw_only=True)
class Person:
    """Somebody with a password, in front of a browser."""

    username: str
    password: str
    browser: requests.Session = field(default_factory=requests.Session)

    def open(self, url: str, *, until: str = "") -> requests.Response:
        """A page, or the redirect that leads to an address beginning with `until`."""
        return self._follow(self.browser.get(url, allow_redirects=False, timeout=30), until)

    def press(
        self, page: requests.Response, form: Form, *pressed: tuple[str, str], until: str = ""
    ) -> requests.Response:
        """Send a form with a button's name and value, or with fields filled in."""
        filled = dict(pressed)
        kept = [pair for pair in form.fields if pair[0] not in filled]
        url = urljoin(page.url, form.action)
        answer = self.browser.post(
            url,
            [*kept, *pressed],
            headers={"Referer": page.url},
            allow_redirects=False,
            timeout=30,
        )
        return self._follow(answer, until)

    def allow(self, url: str, redirect_uri: str) -> str:
        """Sign in where asked, agree where asked; the address the browser is sent back to."""
        page = self.open(url, until=redirect_uri)
        while not page.is_redirect:
            assert page.ok, page.text
            page = self._answer(page, redirect_uri)
        return page.headers["Location"]

    def pair(self, url: str) -> str:
        """Follow a device's link, say yes wherever it is asked; the last page."""
        page = self.open(url)
        while found := forms(page):
            assert page.ok, page.text
            page = self._say_yes(page, found)
        return page.text

    def _say_yes(self, page: requests.Response, found: list[Form]) -> requests.Response:
        for form in found:
            if form.asks_for("password"):
                named = (("username", self.username), ("password", self.password))
                return self.press(page, form, *named)
            if form.asks_for("user_code"):
                return self.press(page, form)
            for yes in (("decision", "continue"), ("decision", "allow")):
                if yes in form.buttons:
                    return self.press(page, form, yes)
        raise AssertionError(f"nothing to press:\n{page.text}")

    def _answer(self, page: requests.Response, redirect_uri: str) -> requests.Response:
        for form in forms(page):
            if form.asks_for("password"):
                named = (("username", self.username), ("password", self.password))
                return self.press(page, form, *named, until=redirect_uri)
            if ("decision", "allow") in form.buttons:
                return self.press(page, form, ("decision", "allow"), until=redirect_uri)
            if form.asks_for("allow"):  # django-oauth-toolkit's own page
                return self.press(page, form, until=redirect_uri)
        raise AssertionError(f"nothing to press:\n{page.text}")

    def _follow(self, answer: requests.Response, until: str) -> requests.Response:
        while answer.is_redirect:
            location = urljoin(answer.url, answer.headers["Location"])
            if until and location.startswith(until):
                return answer
            answer = self.browser.get(location, allow_redirects=False, timeout=30)
        return answer


def forms(page: requests.Response) -> list[Form]:
    return _Forms(page.text).found

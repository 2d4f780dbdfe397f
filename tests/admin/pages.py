"""Pages of the admin as a browser reads and sends them."""

from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

from django.test import Client

from django_oauthflows.testing.factories import PersonFactory

CLIENTS = "/admin/oauth2_provider/application/"


def administrator() -> Client:
    """A browser in which somebody with every permission is signed in."""
    return browser_of(PersonFactory(is_staff=True, is_superuser=True))


def browser_of(person: Any) -> Client:
    browser = Client()
    browser.force_login(person)
    return browser


class _Forms(HTMLParser):
    """Each form of a page: what the browser would send if nobody touched it."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, list[str]]]] = []
        self._select = self._textarea = ""
        self._is_open = False
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.found.append((given.get("action", ""), {}))
            self._is_open = True
        if not self._is_open or "disabled" in given:
            return
        fields = self.found[-1][1]
        name = given.get("name", "")
        if tag == "input" and name and given.get("type") != "submit":
            is_tick = given.get("type") in ("checkbox", "radio")
            if not is_tick or "checked" in given:
                fields.setdefault(name, []).append(given.get("value", "on" if is_tick else ""))
        elif tag == "select":
            self._select = name
        elif tag == "option" and self._select:
            # The first one, unless another is selected.
            if "selected" in given or self._select not in fields:
                fields[self._select] = [given.get("value", "")]
        elif tag == "textarea":
            self._textarea = name
            fields[name] = [""]

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._is_open = False
        elif tag == "select":
            self._select = ""
        elif tag == "textarea":
            self._textarea = ""

    def handle_data(self, data: str) -> None:
        if self._textarea:
            # A browser drops the line break a textarea begins with.
            self.found[-1][1][self._textarea][0] += data.removeprefix("\n")


def fields_on(response: Any, *, with_field: str) -> dict[str, list[str]]:
    """What the form with a certain field sends, as the page came."""
    for _, fields in _Forms(response.content.decode()).found:
        if with_field in fields:
            return fields
    raise AssertionError(f"no form with a field {with_field}")


def buttons_on(response: Any) -> Iterator[str]:
    """Where the forms of a page lead."""
    yield from (action for action, _ in _Forms(response.content.decode()).found)


def change(browser: Client, pk: int, **changes: Any) -> Any:
    """Open a client's page, change some fields, and save; `policy__x` is a field of its policy."""
    url = f"{CLIENTS}{pk}/change/"
    fields = fields_on(browser.get(url), with_field="name")
    for name, value in changes.items():
        fields[name.replace("policy__", "oauthflows_policy-0-")] = value
    return browser.post(url, fields)


def act(browser: Client, path: str, action: str, *rows: Any) -> Any:
    """Choose an action for some rows of a list, and say yes to the page that asks."""
    keys = [str(row.pk) for row in rows]
    return browser.post(path, {"action": action, "_selected_action": keys, "post": "yes"})

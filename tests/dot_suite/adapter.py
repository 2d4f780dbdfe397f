"""A pytest plugin that lets django-oauth-toolkit's own suite talk to the endpoints of this app.

The suite posts the fields of the toolkit's consent form without opening the page. Here a decision is bound to
what the page showed, so the adapter opens the page, fills in its form and posts that. Redirects after a POST
are 303 here and 302 there; the adapter tells the suite 302. Forms are sent urlencoded (RFC 6749 §3.2), where
the suite's client sends them as multipart. Everything else goes through as it is.
"""

from html.parser import HTMLParser
from importlib import import_module
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest
from django.test import Client

_AUTHORIZE = "/o/authorize/"

#: As the module has them before this app's `ready` replaces the permissive ones.
_DEFAULTS = dict(import_module("oauth2_provider.settings").DEFAULTS)


class _Forms(HTMLParser):
    """Every form of a page: its action, and the fields a browser would send."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[tuple[str, list[tuple[str, str]], list[tuple[str, str]]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append((found.get("action", ""), [], []))
        elif self.forms and "name" in found:
            _, fields, buttons = self.forms[-1]
            named = (found["name"], found.get("value", ""))
            if tag == "button" or found.get("type") == "submit":
                buttons.append(named)
            elif tag == "input" and (
                found.get("type") not in ("checkbox", "radio") or "checked" in found
            ):
                fields.append(named)


class AdaptedClient(Client):
    """Django's test client, which answers the consent page as a browser would."""

    def post(self, path: str, data: Any = None, *args: Any, **extra: Any) -> Any:
        if urlsplit(path).path == _AUTHORIZE and isinstance(data, dict) and "client_id" in data:
            return self._decide(path, dict(data), **extra)
        if isinstance(data, dict) and not args and "content_type" not in extra:
            sent = {name: value for name, value in data.items() if value is not None}
            extra |= {"content_type": "application/x-www-form-urlencoded"}
            return _as_302(super().post(path, urlencode(sent, doseq=True), **extra))
        return _as_302(super().post(path, data, *args, **extra))

    def logout(self) -> None:
        """Lose the cookies alone: a sign-out would end the codes that the suite redeems after it."""
        self.cookies.clear()

    def get(self, path: str, *args: Any, **extra: Any) -> Any:
        return _as_302(super().get(path, *args, **extra))

    def _decide(self, path: str, data: dict[str, Any], **extra: Any) -> Any:
        allowed = data.pop("allow", False)
        asked = {name: value for name, value in data.items() if value not in (None, "")}
        path = f"{path}?{urlencode(asked, doseq=True)}"
        page = super().get(path, **extra)
        forms = _Forms()
        if page.status_code == 200:
            forms.feed(page.content.decode())
        for action, fields, buttons in forms.forms:
            names = [name for name, _ in fields]
            if "shown" in names:
                is_allowing = allowed not in (False, "", "False")
                wanted = "allow" if is_allowing else "deny"
                pressed = [pair for pair in buttons if wanted in pair] or buttons[:1]
                return _as_302(
                    super().post(
                        action or path,
                        urlencode([*fields, *pressed]),
                        content_type="application/x-www-form-urlencoded",
                        **extra,
                    )
                )
        return _as_302(page)


def _as_302(response: Any) -> Any:
    if response.status_code == 303:
        response.status_code = 302
    if response.has_header("Location") and not hasattr(response, "url"):
        response.url = response["Location"]
    return response


def pytest_collection_modifyitems() -> None:
    """Take each setting of the suite, and each default it relies on, as written by the project.

    A site that migrates has such lines in its settings where it wants the toolkit's permissive defaults.
    """
    from django.conf import settings
    from oauth2_provider.settings import OAuth2ProviderSettings, oauth2_settings

    from django_oauthflows.dot import TIGHTENED
    from tests.conftest import OAuthSettingsWrapper

    relied_on = {name: _DEFAULTS[name] for name in TIGHTENED if not name.endswith("_CLASS")}

    def user_settings(self: Any) -> dict[str, Any]:
        if not hasattr(self, "_user_settings"):
            self._user_settings = relied_on | dict(getattr(settings, "OAUTH2_PROVIDER", None) or {})
        return self._user_settings

    set_one = OAuthSettingsWrapper.__setattr__

    def write_one(self: Any, name: str, value: Any) -> None:
        set_one(self, name, value)
        if name != "settings":
            oauth2_settings.user_settings[name] = value

    OAuth2ProviderSettings.user_settings = property(user_settings)
    OAuthSettingsWrapper.__setattr__ = write_one
    oauth2_settings.reload()


@pytest.fixture(autouse=True)
def _no_memory(request: pytest.FixtureRequest) -> None:
    """Forget what throttles counted and what workers remember of clients."""
    from django.core.cache import cache

    from django_oauthflows.clients.facts import forget_clients

    cache.clear()
    forget_clients()


@pytest.fixture(autouse=True)
def _adapted(monkeypatch: pytest.MonkeyPatch) -> None:
    import django.test
    import django.test.client
    import django.test.testcases

    for cls in (django.test.SimpleTestCase,):
        monkeypatch.setattr(cls, "client_class", AdaptedClient)
    monkeypatch.setattr(django.test.client, "Client", AdaptedClient)
    monkeypatch.setattr(django.test, "Client", AdaptedClient)


@pytest.fixture
def client() -> AdaptedClient:
    return AdaptedClient()

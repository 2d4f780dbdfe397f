"""Who calls the management API: services, and people through an app of their own."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from django_oauthflows import own_scopes
from django_oauthflows.testing.factories import ClientFactory, PersonFactory
from tests.stories import Story, begin

URLS = "tests.management_api.urls"
ALL = tuple(own_scopes.DESCRIPTIONS)


@dataclass(frozen=True, kw_only=True)
class Caller:
    """Somebody with a token, or nobody. `story` is how they came by it."""

    token: str = ""
    story: Any = None

    def send(self, method: str, url: str, body: Any = None) -> Any:
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        return getattr(Client(), method.lower())(
            url, body, content_type="application/json", headers=headers
        )

    def get(self, name: str, /, *args: Any, **query: Any) -> Any:
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        return Client().get(url(name, *args), query, headers=headers)

    def post(self, name: str, /, *args: Any, **body: Any) -> Any:
        return self.send("post", url(name, *args), body)

    def patch(self, name: str, /, *args: Any, **body: Any) -> Any:
        return self.send("patch", url(name, *args), body)

    def delete(self, name: str, /, *args: Any) -> Any:
        return self.send("delete", url(name, *args))


NOBODY = Caller()


def url(name: str, *args: Any) -> str:
    return reverse(f"oauthflows-api:{name}", args=args)


def service(*scopes: str) -> Caller:
    """A service that an administrator gave these scopes; all of them, if none is named."""
    wanted = scopes or tuple(own_scopes.MANAGEMENT)
    registered = ClientFactory(preset="service", redirect_uris=(), scopes=wanted, is_verified=True)
    story = begin(registered=registered)
    answer = story.token(grant_type="client_credentials", scope=" ".join(wanted))
    assert answer.status_code == 200, answer.content
    return Caller(token=answer.json()["access_token"], story=story)


def person(*permissions: str, scopes: Collection[str] = ALL, **who: Any) -> Caller:
    """Somebody with these permissions of Django's, and a token of these scopes."""
    return through_an_app(somebody(*permissions, **who), scopes)


def somebody(*permissions: str, **who: Any) -> Any:
    made = PersonFactory(**who)
    allow(made, *permissions)
    return made


def allow(who: Any, *permissions: str) -> None:
    """Give somebody these permissions in place of those they had; each call reads them afresh."""
    found = Permission.objects.filter(codename__in=permissions)
    assert found.count() == len(permissions)
    who.user_permissions.set(found)


def through_an_app(who: Any, scopes: Collection[str] = ALL) -> Caller:
    story: Story = begin(person=who, scopes=tuple(scopes), is_verified=True)
    return Caller(token=story.tokens()["access_token"], story=story)

"""A site with two clients that are alike: one is somebody's own, the other is not."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.contrib.auth.models import Permission
from django.db.models import Model
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from oauth2_provider.models import (
    get_access_token_model,
    get_grant_model,
    get_id_token_model,
    get_refresh_token_model,
)

from django_oauthflows.audit.events import Event
from django_oauthflows.audit.models import AuditEvent
from django_oauthflows.clients.dynamic import initial_tokens
from django_oauthflows.clients.models import ClientSecret
from django_oauthflows.consent.models import Consent
from django_oauthflows.identity.models import LogoutDelivery
from django_oauthflows.keys.models import SigningKey
from django_oauthflows.sessions.models import ProviderSession
from django_oauthflows.testing.factories import ClientFactory, PersonFactory
from django_oauthflows.tokens.models import Authorization
from tests.admin.pages import browser_of
from tests.stories import Story, begin

#: What the review of each client finds, and one click mends.
FINDING = "legacy_profile_should_be_needed"
#: No key set is fetched from there: the address is one of this machine's own.
NO_KEYS = "https://127.0.0.1:1/keys"

_BY_CLIENT: dict[str, Any] = {
    "accesstoken": get_access_token_model(),
    "refreshtoken": get_refresh_token_model(),
    "grant": get_grant_model(),
    "idtoken": get_id_token_model(),
    "auditevent": AuditEvent,
    "authorization": Authorization,
    "consent": Consent,
    "logoutdelivery": LogoutDelivery,
}
_BY_NOBODY: dict[str, Any] = {"signingkey": SigningKey}


@dataclass(frozen=True, kw_only=True)
class Side:
    """One of the two clients, with a row of everything that can belong to a client."""

    story: Story

    @property
    def application(self) -> Any:
        return self.story.registered.application

    @property
    def secret(self) -> ClientSecret:
        return ClientSecret.objects.get(application=self.application)

    def row(self, model_name: str) -> Any:
        """Its row of a table; in a table that knows no clients, whichever there is."""
        if model_name == "application":
            return self.application
        if model_name == "initialaccesstoken":
            return initial_tokens.live_tokens().get()
        if model_name == "providersession":
            return ProviderSession.objects.get(user=self.story.person)
        if model_name in _BY_NOBODY:
            return _BY_NOBODY[model_name].objects.first()
        rows = _BY_CLIENT[model_name]._default_manager
        return rows.filter(application=self.application).order_by("pk").first()

    @property
    def marks(self) -> tuple[str, ...]:
        """What gives the client away on a page."""
        return (self.application.name, self.application.client_id, self.story.person.username)


@dataclass(frozen=True, kw_only=True)
class Site:
    """Both sides, and whoever owns the one."""

    owner: Any
    own: Side
    foreign: Side


def build_site() -> Site:
    """Everything there are screens for. The owner's client is named first in no order."""
    owner = holder_of("manage_own_clients")
    foreign = add_side("Foreign", owner=PersonFactory())
    own = add_side("Own", owner=owner)
    initial_tokens.issue(label="For a friend")
    SigningKey.objects.create(kid="a-key", algorithm="RS256", public={})
    return Site(owner=owner, own=own, foreign=foreign)


def holder_of(*permissions: str) -> Any:
    """Somebody on the staff with these permissions and no others."""
    person = PersonFactory(is_staff=True)
    found = Permission.objects.filter(codename__in=permissions)
    assert found.count() == len(set(permissions)), permissions
    person.user_permissions.set(found)
    return person


def staff(*permissions: str) -> Client:
    """Their browser."""
    return browser_of(holder_of(*permissions))


def url_of(name: str, *arguments: Any) -> str:
    return reverse(f"admin:{name}", args=arguments)


def add_side(name: str, *, owner: Any) -> Side:
    """One more client with everything that can belong to one."""
    registered = ClientFactory(
        name=f"{name} paper", owner=owner, profile="legacy", jwks_uri=NO_KEYS
    )
    # One that django-oauth-toolkit stored, beside the one of our own.
    registered.application.client_secret = "a secret its owner chose"
    registered.application.save()
    story = begin(registered=registered, person=PersonFactory(username=f"{name.lower()}-reader"))
    story.tokens()
    story.code()
    side = Side(story=story)
    _fill(side)
    return side


def _fill(side: Side) -> None:
    """What no flow of the story leaves behind."""
    both: dict[str, Any] = {"application": side.application, "user": side.story.person}
    soon = timezone.now() + timedelta(hours=1)
    made: list[Model] = [
        get_id_token_model()(**both, expires=soon),
        AuditEvent(
            reference=f"{side.application.pk:012x}",
            event=Event.REQUEST_REFUSED,
            client_id=side.application.client_id,
            code="invalid_scope",
            rule="scopes_must_be_allowed_for_client",
            sentence="No.",
            **both,
        ),
        LogoutDelivery(
            application=side.application, uri=f"https://{side.application.client_id}.example/"
        ),
    ]
    if not ProviderSession.objects.filter(user=side.story.person).exists():
        made.append(
            ProviderSession(user=side.story.person, sid=f"sid-{side.application.pk}", expires=soon)
        )
    for row in made:
        row.save(force_insert=True)

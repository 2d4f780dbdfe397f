"""A client of somebody else's, with everything that can be looked at, changed and ended."""

from dataclasses import dataclass
from typing import Any

from django_oauthflows.audit.models import AuditEvent
from django_oauthflows.clients.models import ClientSecret
from django_oauthflows.clients.review import fixing
from django_oauthflows.clients.review.gathering import all_applications
from django_oauthflows.consent.models import Consent
from django_oauthflows.keys.ring import published
from django_oauthflows.sessions.models import ProviderSession
from django_oauthflows.tokens.models import Authorization
from tests.management_api.calling import Caller
from tests.stories import Story, begin

#: What one click can mend of it.
FINDING = "exchanged_tokens_should_say_who_acts"
REFERENCE = "76f1f43ce545"


@dataclass(frozen=True, kw_only=True)
class World:
    story: Story
    application: Any
    secret: ClientSecret
    consent: Consent
    grant: Authorization
    event: AuditEvent

    @property
    def seal(self) -> str:
        application = all_applications().get(pk=self.application.pk)
        return fixing.preview(application, FINDING).proposal.seal


def made() -> World:
    """The client, with a person who uses it."""
    story = begin(name="Somebody else's app")
    story.tokens()
    published()
    application = story.registered.application
    story.registered.policy.may_impersonate = True
    story.registered.policy.save()
    event = AuditEvent.objects.create(
        event="request.refused",
        reference=REFERENCE,
        application=application,
        client_id=application.client_id,
        user=story.person,
        code="invalid_scope",
        rule="scopes_must_be_allowed_for_client",
        specification="RFC 6749 §3.3",
        sentence="This client may not ask for the scope: admin.",
        detail={"scope": "admin"},
    )
    return World(
        story=story,
        application=application,
        secret=ClientSecret.objects.get(application=application),
        consent=Consent.objects.get(application=application),
        grant=Authorization.objects.get(application=application),
        event=event,
    )


def sign_in_of(caller: Caller) -> Authorization:
    return Authorization.objects.get(user=caller.story.person)


def browser_of(caller: Caller) -> ProviderSession:
    return ProviderSession.objects.get(user=caller.story.person)

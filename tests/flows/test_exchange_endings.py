"""Whatever ends the grant of a token ends what was made of the token, down to the last (RFC 8693)."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from oauth2_provider.models import get_access_token_model, get_refresh_token_model

from django_oauthflows.audit.models import AuditEvent
from django_oauthflows.clients.models import ClientPolicy
from django_oauthflows.tokens import families
from django_oauthflows.tokens.models import Authorization
from tests.flows.exchanges import API, ID_TOKEN, NEXT, api, exchanged, refused
from tests.flows.test_refresh_token import after_the_grace_window
from tests.identity.stories import userinfo
from tests.marks import spec
from tests.stories import WITH_OPENID, Story, begin, dot_application, dot_tokens

pytestmark = pytest.mark.django_db

Access = get_access_token_model()


class Chain:
    """An app's token, what a first service made of it, and what a second one made of that."""

    def __init__(self, *, may_impersonate: bool = False, **app: Any) -> None:
        self.app = begin(**app)
        self.code = self.app.code(scope="notes:read profile", resource=API)
        self.tokens = self.app.redeem(self.code).json()
        acting: dict[str, Any] = {"may_impersonate": may_impersonate}
        self.first, self.second = api(exchange_targets=[API], **acting), api(**acting)
        self.middle = exchanged(self.first, self.tokens["access_token"])["access_token"]
        self.last = exchanged(self.second, self.middle)["access_token"]
        assert self.live() == [True, True, True]

    def live(self) -> list[bool]:
        stories = (self.app, self.first, self.second)
        values = (self.tokens["access_token"], self.middle, self.last)
        told = zip(stories, values, strict=True)
        return [story.introspect(value)["active"] for story, value in told]


def revoke_refresh_token(chain: Chain) -> None:
    chain.app.post("revoke", token=chain.tokens["refresh_token"])


def replay_refresh_token(chain: Chain) -> None:
    chain.app.refresh(chain.tokens["refresh_token"])
    after_the_grace_window()
    chain.app.refresh(chain.tokens["refresh_token"])


def replay_code(chain: Chain) -> None:
    chain.app.redeem(chain.code)


def withdraw(chain: Chain) -> None:
    key = chain.app.registered.application.pk
    chain.app.browser.post(f"/o/connected-apps/{key}/withdraw/")


def change_password(chain: Chain) -> None:
    chain.app.person.set_password("another one")
    chain.app.person.save()


def end_by_administrator(chain: Chain) -> None:
    families.revoke(Authorization.objects.get(parent=None), reason="revoked_by_administrator")


def revoke_access_token(chain: Chain) -> None:
    chain.app.post("revoke", token=chain.tokens["access_token"])


@pytest.mark.parametrize(
    "end",
    [
        revoke_refresh_token,
        replay_refresh_token,
        replay_code,
        withdraw,
        change_password,
        end_by_administrator,
        revoke_access_token,
    ],
)
@spec("RFC 8693 §2.1", "RFC 7009 §2.1", "RFC 9700 §4.14.2", "B-12", "B-15", "B-18", "B-20", "B-21")
def test_the_end_of_the_first_is_the_end_of_all(end: Callable[[Chain], None]) -> None:
    chain = Chain()
    end(chain)
    assert chain.live() == [False, False, False]
    assert not Authorization.objects.live().exclude(parent=None).exists()


@spec("RFC 7009 §2.1", "B-21")
def test_the_end_of_one_is_not_the_end_of_what_it_was_made_of() -> None:
    chain = Chain()
    chain.first.post("revoke", token=chain.middle)
    assert chain.live() == [True, False, False]
    assert chain.app.refresh(chain.tokens["refresh_token"]).status_code == 200


@spec("RFC 7009 §2.1", "B-21")
def test_revoking_an_access_token_alone_leaves_its_grant() -> None:
    chain = Chain()
    revoke_access_token(chain)
    assert chain.app.refresh(chain.tokens["refresh_token"]).status_code == 200


@spec("B-20")
def test_a_deactivated_person_stops_all() -> None:
    chain = Chain()
    chain.app.person.is_active = False
    chain.app.person.save()
    assert chain.live() == [False, False, False]


def switch(story: Story, *, on: bool) -> None:
    """Enable or disable a client."""
    story.registered.policy.is_enabled = on
    story.registered.policy.save()


@pytest.mark.parametrize("may_impersonate", [False, True])
@pytest.mark.parametrize("whose", ["app", "first"])
@spec("RFC 8693 §2.1", "RFC 7662 §2.2", "B-20")
def test_a_disabled_client_stops_all_that_was_made_of_its_tokens(
    whose: str, may_impersonate: bool
) -> None:
    chain = Chain(may_impersonate=may_impersonate)
    keeper = begin(preset="service", redirect_uris=())
    keeper.registered.policy.may_introspect_all = True
    keeper.registered.policy.save()
    values = (chain.tokens["access_token"], chain.middle, chain.last)
    disabled: Story = getattr(chain, whose)

    def live() -> list[bool]:
        return [keeper.introspect(value)["active"] for value in values]

    assert live() == [True, True, True]
    paths = ("/api/notes/", "/api/stock/")  # the second by django-oauth-toolkit's own authenticator
    assert [chain.second.call(chain.last, path).status_code for path in paths] == [200, 200]
    switch(disabled, on=False)
    assert live() == [whose == "first", False, False]
    assert [chain.second.call(chain.last, path).status_code for path in paths] == [401, 401]
    assert userinfo(chain.second, chain.last).status_code == 401
    assert refused(chain.second.exchange(chain.middle))[0] == "invalid_request"
    # As its own tokens, they are good again with it.
    switch(disabled, on=True)
    assert live() == [True, True, True]


@pytest.mark.parametrize("whose", ["app", "first"])
@spec("RFC 8693 §2.1", "B-20")
def test_a_deleted_client_takes_all_along_that_was_made_of_its_tokens(whose: str) -> None:
    chain = Chain()
    getattr(chain, whose).registered.application.delete()
    assert chain.second.introspect(chain.last) == {"active": False}
    for path in ("/api/notes/", "/api/stock/"):
        assert chain.second.call(chain.last, path).status_code == 401


@spec("RFC 8693 §2.1", "B-20")
def test_what_was_made_of_an_id_token_stops_with_its_client(settings: Any) -> None:
    """Here the client that exchanges is the one whose token it was; another gets none of them."""
    settings.OAUTH2_PROVIDER = WITH_OPENID
    app = begin(flows=["authorization-code-pkce", "token-exchange"], exchange_targets=[NEXT])
    signed = app.tokens(scope="openid notes:read")["id_token"]
    token = exchanged(app, signed, subject_token_type=ID_TOKEN)["access_token"]
    assert Authorization.objects.get(flow="token-exchange").origins == [
        str(app.registered.application.pk)
    ]
    switch(app, on=False)
    assert app.call(token).status_code == 401


@spec("RFC 8693 §2.1", "B-20")
def test_what_was_made_of_a_token_of_django_oauth_toolkit_stops_with_its_client() -> None:
    app, service = begin(registered=dot_application()), api()
    access, _ = dot_tokens(app)
    Access.objects.update(resource=[API], expires=timezone.now() + timedelta(seconds=60))
    token = exchanged(service, access)["access_token"]
    assert service.call(token).status_code == 200
    ClientPolicy.objects.create(application=app.registered.application, is_enabled=False)
    assert service.call(token).status_code == 401


@pytest.mark.parametrize("spared", ["app", "first", "second"])
@spec("B-20")
def test_a_client_that_goes_on_after_a_new_password_does_not_outlive_its_parent(
    spared: str,
) -> None:
    chain = Chain()
    policy = getattr(chain, spared).registered.policy
    policy.revokes_on_password_change = False
    policy.save()
    change_password(chain)
    assert chain.live() == [spared == "app", False, False]


@spec("B-15")
def test_withdrawing_from_the_one_in_the_middle_ends_the_last_too() -> None:
    chain = Chain()
    key = chain.first.registered.application.pk
    chain.app.browser.post(f"/o/connected-apps/{key}/withdraw/")
    assert chain.live() == [True, False, False]


@spec("B-20")
def test_a_sign_out_ends_what_was_made_in_that_sign_in(settings: Any) -> None:
    settings.OAUTHFLOWS = {"REVOKE_ON_LOGOUT": True}
    chain = Chain()
    chain.app.browser.logout()
    assert chain.live() == [False, False, False]


@spec("B-18")
def test_every_end_is_audited(django_capture_on_commit_callbacks) -> None:
    chain = Chain()
    keys = {str(key) for key in Authorization.objects.values_list("pk", flat=True)}
    with django_capture_on_commit_callbacks(execute=True):
        revoke_refresh_token(chain)
    events = AuditEvent.objects.filter(event="authorization.revoked")
    assert {event.detail["authorization"] for event in events} == keys
    assert {event.detail["reason"] for event in events} == {"revoked_by_client"}


def test_an_end_takes_no_more_for_many_children_than_for_one() -> None:
    counts = []
    for number in (1, 5):
        app, service = begin(), api()
        tokens = app.tokens(scope="notes:read", resource=API)
        for _ in range(number):
            exchanged(service, tokens["access_token"])
        with CaptureQueriesContext(connection) as captured:
            app.post("revoke", token=tokens["refresh_token"])
        counts.append(len(captured))
    assert counts[0] == counts[1]


# Tokens of django-oauth-toolkit's own ----------------------------------------------------------------------


@pytest.mark.parametrize("by", ["refresh_token", "access_token", "withdrawal"])
@spec("RFC 8693 §2.1", "B-21")
def test_what_was_made_of_a_family_without_a_grant_ends_with_it(by: str) -> None:
    app, service = begin(registered=dot_application()), api()
    access, refresh = dot_tokens(app)
    family = "0b8f3c1e-6f0d-4f0a-9a53-5c1c8c0a1b2c"
    get_refresh_token_model().objects.update(token_family=family)
    Access.objects.update(resource=[API], expires=timezone.now() + timedelta(seconds=60))
    token = exchanged(service, access)["access_token"]
    assert str(Authorization.objects.get().parent) == family
    if by == "withdrawal":
        key = app.registered.application.pk
        app.browser.post(f"/o/connected-apps/{key}/withdraw/")
    else:
        app.post("revoke", token={"refresh_token": refresh, "access_token": access}[by])
    assert service.call(token).status_code == 401


@spec("RFC 8693 §2.1")
def test_a_family_that_is_refreshed_becomes_the_parent() -> None:
    app, service = begin(registered=dot_application()), api(exchange_targets=[NEXT])
    access, refresh = dot_tokens(app)
    family = "0b8f3c1e-6f0d-4f0a-9a53-5c1c8c0a1b2c"
    get_refresh_token_model().objects.update(token_family=family)
    Access.objects.update(resource=[API])
    token = exchanged(service, access)["access_token"]
    refreshed = app.refresh(refresh).json()
    app.post("revoke", token=refreshed["refresh_token"])
    assert service.call(token).status_code == 401

"""After an incident: everything of a person, a client, a scope or a time ends at once, and nothing else."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from oauth2_provider.models import (
    get_access_token_model,
    get_device_grant_model,
    get_grant_model,
    get_refresh_token_model,
)

from django_oauthflows import signals
from django_oauthflows.audit.models import AuditEvent
from django_oauthflows.keys import jwt
from django_oauthflows.tokens import blast
from django_oauthflows.tokens.leaks import find_leak
from django_oauthflows.tokens.models import Authorization
from django_oauthflows.tokens.radius import Counts, Leak, Radius
from tests.flows.exchanges import API as API_RESOURCE
from tests.flows.exchanges import api, exchanged
from tests.marks import spec
from tests.stories import WITH_OPENID, Story, begin, dot_application, dot_tokens, error_of

pytestmark = pytest.mark.django_db


def revoke(**limits: Any) -> Counts:
    """Everything within these limits is ended; how much that was."""
    return [Counts(), *blast.revoke(Radius(**limits), batch=2)][-1]


def works(story: Story, tokens: dict[str, str]) -> bool:
    """Both tokens of a pair do, or neither does."""
    call = story.call(tokens["access_token"]).status_code
    refresh = story.refresh(tokens["refresh_token"]).status_code
    assert (call, refresh) in ((200, 200), (401, 400))
    return call == 200


def client_of(story: Story) -> Any:
    return story.registered.application.pk


@spec("B-21")
def test_all_that_a_person_granted_ends_and_nothing_of_others() -> None:
    mine, other = begin(), begin()
    second = begin(person=mine.person)
    pairs = [*[mine.tokens() for _ in range(4)], second.tokens()]
    kept = other.tokens()
    assert blast.preview(Radius(person=mine.person.pk)) == blast.Preview(
        counts=Counts(grants=5, refresh_tokens=5, access_tokens=5), people=1, clients=2
    )
    assert revoke(person=mine.person.pk) == Counts(grants=5, refresh_tokens=5, access_tokens=5)
    assert not any(
        works(story, pair) for story, pair in zip([mine] * 4 + [second], pairs, strict=True)
    )
    assert works(other, kept)


@spec("B-21")
def test_all_that_a_client_holds_ends_its_own_tokens_too() -> None:
    story, other = begin(preset="service", redirect_uris=()), begin()
    token = story.token(grant_type="client_credentials", scope="notes:read").json()["access_token"]
    kept = other.tokens()
    assert revoke(client=client_of(story)) == Counts(access_tokens=1)
    assert story.call(token).status_code == 401
    assert works(other, kept)


@spec("B-21")
def test_limits_are_met_together() -> None:
    one = begin()
    two = begin(registered=one.registered)
    elsewhere = begin(person=one.person)
    pair, others, third = one.tokens(), two.tokens(), elsewhere.tokens()
    assert revoke(person=one.person.pk, client=client_of(one)).grants == 1
    assert not works(one, pair)
    assert works(two, others)
    assert works(elsewhere, third)


@pytest.mark.parametrize(
    ("granted", "ends"),
    [
        ("notes:read", True),
        ("notes:read profile", True),
        ("profile", False),
        ("notes:write", False),
    ],
)
@spec("B-21")
def test_a_scope_is_a_whole_word(granted: str, ends: bool) -> None:
    story = begin()
    story.tokens(scope=granted)
    assert revoke(scope="notes:read").grants == ends
    assert revoke(scope="Profile").grants == 0
    assert revoke(scope="n.tes:read|profile").grants == 0


@spec("B-21")
def test_a_time_takes_in_whatever_was_issued_in_it() -> None:
    story = begin()
    before, refreshed, within = (story.tokens() for _ in range(3))
    now = timezone.now()
    long_ago = now - timedelta(days=3)
    Authorization.objects.update(created=long_ago, redeemed=long_ago)
    for model in (get_access_token_model(), get_refresh_token_model()):
        model.objects.update(created=long_ago)
    refreshed = story.refresh(refreshed["refresh_token"]).json()
    since, until = now - timedelta(hours=1), now + timedelta(hours=1)
    assert revoke(until=now - timedelta(days=4)) == Counts()
    assert revoke(since=since, until=now - timedelta(minutes=1)) == Counts()
    assert revoke(since=since, until=until).grants == 1
    assert not works(story, refreshed)
    assert works(story, before)
    assert works(story, within)


@spec("B-11", "B-24")
def test_codes_and_waiting_devices_end_too() -> None:
    story, device = begin(), begin(preset="device", redirect_uris=())
    code = story.code()
    waiting = device.device_codes().json()["device_code"]
    agreed = device.device_codes().json()
    device.decide_on_device(agreed["user_code"])
    seen = blast.preview(Radius(client=client_of(device)))
    assert seen.counts == Counts(grants=1, device_codes=2)
    assert revoke(client=client_of(device)) == Counts(grants=1, device_codes=2)
    assert revoke(client=client_of(story)) == Counts(grants=1, codes=1)
    assert error_of(story.redeem(code)) == (400, "invalid_grant")
    for device_code in (waiting, agreed["device_code"]):
        assert error_of(device.poll(device_code)) == (400, "invalid_grant")
    assert not get_device_grant_model().objects.exists()
    assert not get_grant_model().objects.exists()


@spec("RFC 8693 §2.1", "B-21")
def test_what_was_exchanged_for_other_clients_ends_as_well() -> None:
    app, first, second = begin(), api(exchange_targets=[API_RESOURCE]), api()
    tokens = app.tokens(scope="notes:read", resource=API_RESOURCE)
    middle = exchanged(first, tokens["access_token"])["access_token"]
    last = exchanged(second, middle)["access_token"]
    seen = blast.preview(Radius(client=client_of(app)))
    expected = Counts(grants=1, exchanged=2, refresh_tokens=1, access_tokens=3)
    assert (seen.counts, seen.clients, seen.people) == (expected, 3, 1)
    assert revoke(client=client_of(app)) == expected
    assert second.call(last).status_code == 401
    assert not Authorization.objects.live().exists()


@spec("RFC 8693 §2.1", "B-21")
def test_a_radius_that_holds_parents_and_children_counts_each_once() -> None:
    app, service = begin(), api()
    exchanged(service, app.tokens(scope="notes:read", resource=API_RESOURCE)["access_token"])
    assert blast.preview(Radius(person=app.person.pk)).counts == Counts(
        grants=2, refresh_tokens=1, access_tokens=2
    )
    assert revoke(person=app.person.pk) == Counts(grants=2, refresh_tokens=1, access_tokens=2)


@pytest.mark.parametrize("limit", ["person", "client", "scope", "since"])
@spec("B-21")
def test_tokens_of_django_oauth_toolkits_own_end(limit: str) -> None:
    story = begin(registered=dot_application())
    access, refresh = dot_tokens(story)
    limits = {
        "person": story.person.pk,
        "client": client_of(story),
        "scope": "notes:read",
        "since": timezone.now() - timedelta(minutes=1),
    }
    expected = Counts(refresh_tokens=1, access_tokens=1)
    assert blast.preview(Radius(**{limit: limits[limit]})).counts == expected
    assert revoke(**{limit: limits[limit]}) == expected
    assert story.call(access).status_code == 401
    assert error_of(story.refresh(refresh)) == (400, "invalid_grant")


@spec("B-21")
def test_a_run_that_was_stopped_is_finished_by_the_next(
    django_capture_on_commit_callbacks: Any,
) -> None:
    story = begin()
    pairs = [story.tokens() for _ in range(5)]
    radius = Radius(client=client_of(story))
    with django_capture_on_commit_callbacks(execute=True):
        run = blast.revoke(radius, batch=2)
        assert next(run).grants == 2
        run.close()
    assert blast.preview(radius).counts.grants == 3
    with django_capture_on_commit_callbacks(execute=True):
        assert revoke(client=client_of(story)).grants == 3
    assert not any(works(story, pair) for pair in pairs)
    first, second = AuditEvent.objects.filter(event="tokens.mass_revoked").order_by("pk")
    assert (first.detail["complete"], first.detail["ended"]["grants"]) == (False, 2)
    assert (second.detail["complete"], second.detail["ended"]["grants"]) == (True, 3)
    assert second.application_id == client_of(story)


def test_whoever_listens_hears_of_each_grant(django_capture_on_commit_callbacks: Any) -> None:
    story = begin()
    for _ in range(3):
        story.tokens()
    heard: list[Any] = []

    def listen(sender: Any, authorization_id: Any, reason: str, **_: Any) -> None:
        heard.append((authorization_id, reason))

    signals.authorization_revoked.connect(listen)
    try:
        with django_capture_on_commit_callbacks(execute=True):
            revoke(person=story.person.pk)
    finally:
        signals.authorization_revoked.disconnect(listen)
    keys = Authorization.objects.values_list("pk", flat=True)
    assert sorted(heard) == sorted((key, "mass_revoked") for key in keys)
    assert not AuditEvent.objects.filter(event="authorization.revoked").exists()


def test_a_radius_without_a_limit_is_refused() -> None:
    with pytest.raises(ValueError, match="everything"):
        Radius()
    with pytest.raises(ValueError, match="of its own"):
        Radius(leak=Leak(), scope="notes:read")


# A leaked value -----------------------------------------------------------------------------------------


def revoke_leaked(value: str) -> Counts:
    leak = find_leak(value)
    assert leak is not None
    return revoke(leak=leak)


@pytest.mark.parametrize("kind", ["access_token", "refresh_token"])
@pytest.mark.parametrize("written", ["{}", "  {}\n", "Bearer {}"])
@spec("B-21")
def test_a_leaked_token_ends_its_grant_and_no_other(kind: str, written: str) -> None:
    story = begin()
    leaked, other = story.tokens(), story.tokens()
    assert revoke_leaked(written.format(leaked[kind])).grants == 1
    assert not works(story, leaked)
    assert works(story, other)


@spec("B-18", "B-21")
def test_a_token_that_was_used_up_still_leads_to_its_grant() -> None:
    story = begin()
    first = story.tokens()
    second = story.refresh(first["refresh_token"]).json()
    assert revoke_leaked(first["refresh_token"]).grants == 1
    assert not works(story, second)
    third = story.tokens()
    get_access_token_model().objects.all().delete()
    assert revoke_leaked(third["access_token"]).grants == 1
    assert error_of(story.refresh(third["refresh_token"])) == (400, "invalid_grant")


@spec("B-12", "B-21")
def test_a_leaked_code_ends_what_it_earned() -> None:
    story = begin()
    code = story.code()
    tokens = story.redeem(code).json()
    assert revoke_leaked(code).grants == 1
    assert not works(story, tokens)
    unused = story.code()
    assert revoke_leaked(unused) == Counts(grants=1, codes=1)
    assert error_of(story.redeem(unused)) == (400, "invalid_grant")


@spec("B-24")
def test_a_leaked_device_code_ends_the_wait() -> None:
    device = begin(preset="device", redirect_uris=())
    leaked, other = (device.device_codes().json()["device_code"] for _ in range(2))
    assert revoke_leaked(leaked) == Counts(device_codes=1)
    assert error_of(device.poll(leaked)) == (400, "invalid_grant")
    assert error_of(device.poll(other)) == (400, "authorization_pending")


@spec("B-23")
def test_a_leaked_signed_token_is_found_as_any_other() -> None:
    story = begin()
    story.registered.policy.token_format = "jwt"
    story.registered.policy.save()
    tokens = story.tokens()
    assert tokens["access_token"].count(".") == 2
    assert revoke_leaked(tokens["access_token"]).grants == 1
    assert not works(story, tokens)


@spec("B-21")
def test_a_leaked_token_of_a_service_ends_alone() -> None:
    story = begin(preset="service", redirect_uris=())
    one, other = (
        story.token(grant_type="client_credentials", scope="notes:read").json()["access_token"]
        for _ in range(2)
    )
    assert revoke_leaked(one) == Counts(access_tokens=1)
    assert story.call(one).status_code == 401
    assert story.call(other).status_code == 200


@spec("OpenID Connect Core §2", "B-29")
def test_a_leaked_id_token_ends_what_its_client_got_in_that_sign_in(settings: Any) -> None:
    settings.OAUTH2_PROVIDER = WITH_OPENID
    story = begin(scopes=["openid", "notes:read"])
    elsewhere = begin(person=story.person, registered=story.registered)
    tokens, others = story.tokens(), elsewhere.tokens()
    assert revoke_leaked(tokens["id_token"]).grants == 1
    assert not works(story, tokens)
    assert works(elsewhere, others)


@spec("OpenID Connect Core §2", "B-29")
def test_an_id_token_that_names_no_sign_in_leads_to_its_person_and_client() -> None:
    story, other = begin(), begin()
    elsewhere = begin(person=story.person)
    for one in (story, other, elsewhere):
        one.tokens()
    said = {"aud": story.registered.client_id, "sub": str(story.person.pk)}
    for claims, typ in (
        (said, "at+jwt"),
        ({**said, "sub": "nobody"}, "JWT"),
        ({**said, "aud": ["a", "b"]}, "JWT"),
        ({**said, "aud": "nobody"}, "JWT"),
    ):
        assert find_leak(jwt.sign(claims, typ=typ)) is None
    assert revoke_leaked(jwt.sign(said, typ="JWT")).grants == 1
    assert Authorization.objects.live().count() == 2


@spec("B-21")
def test_a_radius_that_fills_again_is_not_called_empty(
    monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    story = begin()
    story.tokens()
    # As if another grant were made as soon as a pass has begun.
    monkeypatch.setattr(blast, "_MOST_PASSES", 0)
    with django_capture_on_commit_callbacks(execute=True):
        assert revoke(client=client_of(story)) == Counts()
    assert not blast.nothing_is_left(Radius(client=client_of(story)))
    assert AuditEvent.objects.get(event="tokens.mass_revoked").detail["complete"] is False


@pytest.mark.parametrize("value_of", [lambda pair: pair[0], lambda pair: pair[1]])
@spec("B-21")
def test_a_leaked_token_of_django_oauth_toolkits_own_ends_the_pair(value_of: Any) -> None:
    story = begin(registered=dot_application())
    pair = dot_tokens(story)
    leak = find_leak(value_of(pair))
    assert leak is not None
    assert blast.preview(Radius(leak=leak)).counts == Counts(refresh_tokens=1, access_tokens=1)
    assert revoke(leak=leak) == Counts(refresh_tokens=1, access_tokens=1)
    assert story.call(pair[0]).status_code == 401
    assert error_of(story.refresh(pair[1])) == (400, "invalid_grant")


@spec("B-18", "B-21")
def test_a_first_refresh_in_between_does_not_lose_the_grant() -> None:
    story = begin(registered=dot_application())
    _, refresh = dot_tokens(story)
    leak = find_leak(refresh)
    assert leak is not None
    tokens = story.refresh(refresh).json()
    assert revoke(leak=leak).grants == 1
    assert not works(story, tokens)


@pytest.mark.parametrize(
    "value",
    [
        "",
        " ",
        "unknown",
        "a.b.c",
        "eyJhbGciOiJub25lIn0.e30.",
        "\x00",
        "\ud800",
        "x" * 100_000,
        "a" * 300,
    ],
)
@spec("B-1")
def test_a_value_of_nobodys_is_found_nowhere(value: str) -> None:
    begin().tokens()
    assert find_leak(value) is None

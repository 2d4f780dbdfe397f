"""`oauthflows_cleanup` deletes what has ended: nothing that can still be used, or still tells of a theft."""

import json
from datetime import timedelta
from io import StringIO
from typing import Any
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command
from django.db.models import F, signals
from django.utils import timezone
from oauth2_provider.models import (
    get_access_token_model,
    get_device_grant_model,
    get_grant_model,
    get_id_token_model,
    get_refresh_token_model,
)

from django_oauthflows.audit.models import AuditEvent
from django_oauthflows.clients import secrets
from django_oauthflows.clients.models import ClientSecret
from django_oauthflows.clients.replay import spend_once
from django_oauthflows.consent.models import Consent
from django_oauthflows.core import clock
from django_oauthflows.testing.client import answered
from django_oauthflows.tokens.models import Authorization
from tests.flows.exchanges import API, api, exchanged
from tests.marks import spec
from tests.stories import begin, dot_application, dot_tokens, error_of

pytestmark = pytest.mark.django_db

Access, Refresh = get_access_token_model(), get_refresh_token_model()


def cleanup(**options: Any) -> dict[str, int]:
    """What went, by kind."""
    printed = StringIO()
    options.setdefault("older_than", "0s")
    call_command("oauthflows_cleanup", json=True, stdout=printed, **options)
    return {name: count for name, count in json.loads(printed.getvalue()).items() if count}


def later(**ago: float) -> None:
    """Let time pass for everything there is."""
    for model in (Access, Refresh, get_grant_model(), Authorization, Consent, AuditEvent):
        moments = {"created", "expires", "revoked", "redeemed", "last_used", "replay_until"}
        mine = moments & {field.name for field in model._meta.get_fields()}
        model.objects.update(**{name: F(name) - timedelta(**ago) for name in mine})


@spec("RFC 7523 §3", "RFC 7519 §4.1.7")
def test_a_used_assertion_is_forgotten_only_once_nobody_would_accept_it() -> None:
    for jti, seconds in (("soon over", 30), ("alive", 90)):
        assert spend_once("client", jti, clock.now() + timedelta(seconds=seconds))
    with clock.ahead(timedelta(seconds=60)):
        assert cleanup() == {"used_jwt_ids": 1}
        assert not spend_once("client", "alive", clock.now() + timedelta(seconds=30))


def test_nothing_that_is_alive_is_touched() -> None:
    story = begin()
    code = story.code()
    tokens = story.refresh(story.tokens()["refresh_token"]).json()
    assert cleanup() == {}
    assert story.call(tokens["access_token"]).status_code == 200
    assert story.refresh(tokens["refresh_token"]).status_code == 200
    assert story.redeem(code).status_code == 200


def test_an_expired_access_token_goes_and_its_refresh_token_works() -> None:
    story = begin()
    tokens = story.tokens()
    later(hours=1)
    assert cleanup() == {"access_tokens": 1}
    assert story.refresh(tokens["refresh_token"]).json()["scope"] == tokens["scope"]


@spec("B-18", "RFC 9700 §4.14.2")
def test_a_replay_is_noticed_as_long_as_the_family_lives(
    django_capture_on_commit_callbacks,
) -> None:
    story = begin()
    first = story.tokens()
    second = story.refresh(first["refresh_token"]).json()
    later(days=20)
    cleanup()
    with django_capture_on_commit_callbacks(execute=True):
        assert error_of(story.refresh(first["refresh_token"])) == (400, "invalid_grant")
    assert error_of(story.refresh(second["refresh_token"])) == (400, "invalid_grant")
    assert AuditEvent.objects.filter(event="refresh_token.replayed").exists()


@spec("B-12")
def test_a_replayed_code_is_noticed_as_long_as_its_tokens_live() -> None:
    story = begin()
    code = story.code()
    tokens = story.redeem(code).json()
    later(days=20)
    cleanup()
    assert error_of(story.redeem(code)) == (400, "invalid_grant")
    assert error_of(story.refresh(tokens["refresh_token"])) == (400, "invalid_grant")


def test_a_family_that_idled_to_its_end_goes_as_a_whole() -> None:
    story = begin()
    story.refresh(story.tokens()["refresh_token"])
    later(days=31)
    assert cleanup() == {"access_tokens": 2, "refresh_tokens": 2, "grants": 1}
    assert not Authorization.objects.exists()


def test_a_family_past_its_absolute_end_goes_as_a_whole() -> None:
    story = begin()
    tokens = story.tokens()
    Authorization.objects.update(expires=timezone.now() - timedelta(minutes=1))
    later(minutes=5)
    assert cleanup() == {}  # its access token has not ended
    later(minutes=15)
    assert cleanup() == {"access_tokens": 1, "refresh_tokens": 1, "grants": 1}
    assert error_of(story.refresh(tokens["refresh_token"])) == (400, "invalid_grant")


def test_a_revoked_family_goes_and_its_neighbour_stays() -> None:
    story = begin()
    tokens, neighbour = story.tokens(), story.tokens()
    story.post("revoke", token=tokens["refresh_token"])
    later(minutes=2)
    assert cleanup() == {"refresh_tokens": 1, "grants": 1}
    assert story.refresh(neighbour["refresh_token"]).status_code == 200


def test_a_clients_own_idle_lifetime_counts() -> None:
    long, short = begin(), begin()
    for story, days in ((long, 60), (short, 5)):
        story.registered.policy.refresh_token_idle_lifetime = days * 86400
        story.registered.policy.save()
    kept, gone = long.tokens(), short.tokens()
    later(days=40)
    assert cleanup() == {"access_tokens": 2, "refresh_tokens": 1, "grants": 1}
    assert long.refresh(kept["refresh_token"]).status_code == 200
    assert error_of(short.refresh(gone["refresh_token"])) == (400, "invalid_grant")


@spec("RFC 8693 §2.1", "B-21")
def test_a_grant_stays_as_long_as_what_was_made_of_it() -> None:
    """Whoever ends the parent finds the child by it, though nothing of the parent's own is left."""
    app, service = begin(), api()
    tokens = app.tokens(scope="notes:read", resource=API)
    token = exchanged(service, tokens["access_token"])["access_token"]
    parent = Authorization.objects.get(parent=None)
    app.post("revoke", token=tokens["access_token"])
    token = exchanged(service, app.refresh(tokens["refresh_token"]).json()["access_token"])[
        "access_token"
    ]
    Refresh.objects.all().delete()
    Access.objects.filter(application=app.registered.application).delete()
    Authorization.objects.filter(pk=parent.pk).update(
        created=timezone.now() - timedelta(days=9), last_used=timezone.now() - timedelta(days=9)
    )
    assert "grants" not in cleanup(older_than="1d")
    app.browser.post(f"/o/connected-apps/{app.registered.application.pk}/withdraw/")
    assert service.call(token).status_code == 401


@spec("RFC 8693 §2.1")
def test_an_exchanged_token_goes_with_its_grant_when_both_have_ended() -> None:
    app, service = begin(), api()
    tokens = app.tokens(scope="notes:read", resource=API)
    exchanged(service, tokens["access_token"])
    later(hours=1)
    assert cleanup() == {"access_tokens": 2, "grants": 1}
    assert Authorization.objects.get().parent is None
    later(days=31)
    cleanup()
    assert not Authorization.objects.exists()


def test_refresh_tokens_that_never_idle_out_stay(settings: Any) -> None:
    settings.OAUTH2_PROVIDER = {**settings.OAUTH2_PROVIDER, "REFRESH_TOKEN_EXPIRE_SECONDS": None}
    settings.OAUTHFLOWS = {"REFRESH_TOKEN_ABSOLUTE_LIFETIME": None}
    story = begin()
    tokens = story.tokens()
    later(days=4000)
    assert cleanup() == {"access_tokens": 1, "consents": 1}
    assert story.refresh(tokens["refresh_token"]).status_code == 200


def test_an_access_token_without_a_refresh_token_goes_with_its_grant() -> None:
    story = begin(preset="web-app")
    story.registered.policy.flows = ["authorization-code-pkce"]
    story.registered.policy.save()
    tokens = story.tokens()
    later(minutes=5)
    assert cleanup() == {}
    assert story.call(tokens["access_token"]).status_code == 200
    later(minutes=15)
    assert cleanup() == {"access_tokens": 1, "grants": 1}


def test_a_code_nobody_redeemed_goes_with_its_grant() -> None:
    story = begin()
    story.code()
    assert cleanup() == {}
    later(minutes=2)
    assert cleanup() == {"codes": 1, "grants": 1}


def test_a_services_tokens_go() -> None:
    story = begin(preset="service", redirect_uris=())
    story.token(grant_type="client_credentials", scope="notes:read")
    later(hours=1)
    assert cleanup() == {"access_tokens": 1}


# What django-oauth-toolkit issued -----------------------------------------------------------------------


def test_an_adopted_refresh_token_keeps_its_scope() -> None:
    story = begin(registered=dot_application())
    _, refresh = dot_tokens(story)
    later(days=2)
    assert cleanup() == {}
    assert story.refresh(refresh).json()["scope"] == "notes:read"


def test_what_django_oauth_toolkit_issued_goes_when_it_has_ended() -> None:
    story = begin(registered=dot_application())
    dot_tokens(story)
    later(days=31)
    assert cleanup() == {"refresh_tokens": 1}
    assert cleanup() == {"access_tokens": 1}


@spec("RFC 9700 §4.14.2")
def test_a_spent_token_of_its_own_stays_while_its_family_lives() -> None:
    story = begin(registered=dot_application())
    dot_tokens(story)
    family = uuid4()
    Refresh.objects.update(token_family=family)
    spent = Refresh.objects.create(
        user=story.person,
        application=story.registered.application,
        token="spent",
        token_family=family,
        revoked=timezone.now(),
    )
    later(days=2)
    assert cleanup() == {}
    assert error_of(story.refresh("spent")) == (400, "invalid_grant")
    assert error_of(story.refresh("refresh-of-old")) == (400, "invalid_grant")
    assert Refresh.objects.filter(pk=spent.pk).exists()


def test_id_tokens_go_but_for_those_an_access_token_needs() -> None:
    story = begin(registered=dot_application())
    dot_tokens(story)
    ended = timezone.now() - timedelta(days=2)
    of_access, alone = (
        get_id_token_model().objects.create(
            user=story.person, application=story.registered.application, expires=ended
        )
        for _ in range(2)
    )
    Access.objects.update(id_token=of_access, expires=ended)
    assert cleanup() == {"id_tokens": 1}
    assert get_id_token_model().objects.get() == of_access
    assert Access.objects.exists()
    assert alone.pk != of_access.pk


def test_device_codes_go() -> None:
    story = begin()
    for number, minutes in enumerate((-5, 5)):
        get_device_grant_model().objects.create(
            client_id=story.registered.client_id,
            device_code=f"device-{number}",
            user_code=f"user-{number}",
            scope="notes:read",
            expires=timezone.now() + timedelta(minutes=minutes),
        )
    assert cleanup() == {"device_codes": 1}
    assert get_device_grant_model().objects.get().device_code == "device-1"


# Beside the tokens --------------------------------------------------------------------------------------


@spec("B-15")
def test_an_expired_consent_goes_and_a_live_one_stays() -> None:
    one, other = begin(), begin()
    one.decide()
    other.decide()
    Consent.objects.filter(user=one.person).update(expires=timezone.now() - timedelta(seconds=1))
    assert cleanup() == {"consents": 1}
    assert Consent.objects.get().user == other.person


def test_the_audit_log_is_kept_for_a_year() -> None:
    story = begin()
    story.refresh("no-such-token")
    later(days=364)
    assert "audit_events" not in cleanup()
    later(days=2)
    assert cleanup()["audit_events"] >= 1
    assert not AuditEvent.objects.exists()


def test_the_audit_log_is_kept_for_ever_where_a_site_says_so(settings: Any) -> None:
    settings.OAUTHFLOWS = {"AUDIT_RETENTION": None}
    begin().refresh("no-such-token")
    later(days=4000)
    cleanup()
    assert AuditEvent.objects.exists()


@spec("B-7")
def test_a_secret_retired_long_ago_goes_but_never_what_shuts_the_old_one_out() -> None:
    story = begin(registered=dot_application())
    secrets.add(story.registered.application, label="ours")
    secrets.retire_dots(story.registered.application)
    long_ago = timezone.now() - timedelta(days=400)
    ClientSecret.objects.update(retired=long_ago)
    assert cleanup() == {"client_secrets": 1}
    assert ClientSecret.objects.get().is_from_dot
    _, refresh = dot_tokens(story)
    assert error_of(story.refresh(refresh)) == (401, "invalid_client")


# How it goes about it -----------------------------------------------------------------------------------


def test_what_ended_a_moment_ago_is_kept_for_a_day() -> None:
    story = begin()
    story.post("revoke", token=story.tokens()["refresh_token"])
    later(hours=23)
    assert cleanup(older_than="1d") == {}
    later(hours=2)
    assert cleanup(older_than="1d") == {"refresh_tokens": 1, "grants": 1}


def test_a_dry_run_counts_and_deletes_nothing() -> None:
    story = begin()
    story.refresh(story.tokens()["refresh_token"])
    later(days=31)
    counted = cleanup(dry_run=True)
    assert Refresh.objects.count() == 2
    assert counted.pop("dry_run")
    assert counted == cleanup() == {"access_tokens": 2, "refresh_tokens": 2, "grants": 1}


def test_a_second_run_finds_nothing() -> None:
    story = begin()
    story.refresh(story.tokens()["refresh_token"])
    later(days=31)
    assert cleanup() != {}
    assert cleanup() == {}


def test_small_batches_come_to_the_same() -> None:
    story = begin()
    for _ in range(5):
        story.refresh(story.tokens()["refresh_token"])
    story.tokens()
    later(days=31)
    live = story.tokens()
    assert cleanup(batch=2) == {"access_tokens": 11, "refresh_tokens": 11, "grants": 6}
    assert story.refresh(live["refresh_token"]).status_code == 200


def test_a_project_that_listens_is_told_of_each_row() -> None:
    story = begin(preset="service", redirect_uris=())
    story.token(grant_type="client_credentials", scope="notes:read")
    later(hours=1)
    told = []

    def listen(sender: Any, instance: Any, **_: Any) -> None:
        told.append(instance.pk)

    signals.post_delete.connect(listen, sender=Access)
    try:
        assert cleanup() == {"access_tokens": 1}
    finally:
        signals.post_delete.disconnect(listen, sender=Access)
    assert len(told) == 1


@pytest.mark.parametrize("age", ["", "7", "d", "-1d", "7w", "1.5h"])
def test_an_age_that_is_none_is_refused(age: str) -> None:
    with pytest.raises(CommandError, match="30m, 12h, 7d"):
        call_command("oauthflows_cleanup", older_than=age)


@pytest.mark.parametrize("batch", [0, -1, 10_001])
def test_a_batch_without_bounds_is_refused(batch: int) -> None:
    with pytest.raises(CommandError, match="between 1 and 10000"):
        call_command("oauthflows_cleanup", batch=batch)


def test_people_read_what_was_done() -> None:
    begin().code()
    later(minutes=2)
    printed = StringIO()
    call_command("oauthflows_cleanup", older_than="0s", dry_run=True, stdout=printed)
    assert "codes                    1 to delete" in printed.getvalue()
    printed = StringIO()
    call_command("oauthflows_cleanup", older_than="0s", stdout=printed)
    assert "grants                   1 deleted" in printed.getvalue()


def test_a_device_that_was_approved_and_has_not_asked_yet_still_gets_its_tokens() -> None:
    tv = begin(preset="device", redirect_uris=())
    codes = tv.device_codes(scope="notes:read").json()
    tv.decide_on_device(codes["user_code"], scopes=["notes:read"])
    later(minutes=2)
    assert cleanup() == {}
    assert tv.poll(codes["device_code"]).status_code == 200


def test_a_grant_of_the_front_channel_stays_while_its_token_lives() -> None:
    app = begin(preset="single-page-app", profile="legacy")
    app.registered.policy.flows = ["implicit"]
    app.registered.policy.save()
    response = app.decide(response_type="token", code_challenge=None, code_challenge_method=None)
    token = answered(response, mode="fragment")["access_token"]
    later(minutes=5)
    assert cleanup() == {}
    assert app.call(token).status_code == 200
    page = app.browser.get("/o/connected-apps/").content.decode()
    assert app.registered.application.name in page
    later(hours=1)
    assert cleanup() == {"access_tokens": 1, "grants": 1}

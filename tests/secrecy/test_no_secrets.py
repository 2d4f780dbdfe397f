"""Nobody who reads a table, a log, the cache, a page or an answer to somebody else learns a secret."""

import logging
from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib import admin
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from oauth2_provider.models import get_application_model

from django_oauthflows.audit.models import AuditEvent
from django_oauthflows.clients import facts, secrets
from django_oauthflows.flows.catalogue import FLOWS
from django_oauthflows.testing.client import FlowClient
from django_oauthflows.testing.factories import ClientFactory, PersonFactory
from django_oauthflows.traffic import counting
from django_oauthflows.traffic.models import RequestShape
from tests.marks import spec
from tests.secrecy import walks_of_clients, walks_of_keepers, walks_of_people
from tests.secrecy.diary import WALKS, WRONG, Diary
from tests.secrecy.places import (
    every_cached,
    every_letter,
    every_number,
    every_record,
    every_row,
    every_session,
    tell_on,
)

#: Where the table of walks is filled.
_OF = (walks_of_people, walks_of_clients, walks_of_keepers)
_APPS = ("oauthflows", "oauth2_provider")
_PAGES_OF_A_CLIENT = ("connect_client", "client_profile", "rehearse")


@pytest.fixture
def watched(
    transactional_db: None, settings: Any, caplog: pytest.LogCaptureFixture
) -> Iterator[Any]:
    """A site that writes down all it can, counts, and forgets nothing of the test before."""
    settings.OAUTHFLOWS = {"AUDIT_ISSUED_TOKENS": True}
    settings.MIDDLEWARE = ["django_oauthflows.metrics.MetricsMiddleware", *settings.MIDDLEWARE]
    caplog.set_level(logging.DEBUG)
    facts.forget_clients()
    secrets._noted.clear()
    yield settings
    facts.forget_clients()
    secrets._noted.clear()


def walked(name: str, settings: Any) -> Diary:
    """The diary of a walk, at whose end everybody looks at everything they may see."""
    diary = Diary()
    WALKS[name][0](diary, settings)
    diary.cached = list(every_cached())
    look_into(diary)
    return diary


def look_into(diary: Diary) -> None:
    """Whoever is given a reference, and the administrator, read about everything that happened."""
    counting.flush()
    keeper = Client()
    keeper.force_login(PersonFactory(is_staff=True, is_superuser=True))
    diary.told.append(keeper.get("/admin/oauthflows/auditevent/export/").getvalue().decode())
    for model in (model for model in admin.site._registry if model._meta.app_label in _APPS):
        page = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        diary.hear(keeper.get(reverse(f"{page}_changelist")))
        for row in model._default_manager.all():
            diary.hear(keeper.get(reverse(f"{page}_change", args=[row.pk])))
            if model is get_application_model():
                diary.hear(keeper.get(reverse(f"{page}_history", args=[row.pk])))
                for name in _PAGES_OF_A_CLIENT:
                    diary.hear(keeper.get(reverse(f"admin:oauthflows_{name}", args=[row.pk])))
    diary.hear(keeper.get("/admin/oauth2_provider/application/review/"))
    diary.hear(keeper.get("/admin/oauthflows/"))
    for row in AuditEvent.objects.all():
        cache.clear()  # or somebody who looks up so many would have to wait
        diary.hear(Client().get(reverse("oauthflows:explain", args=[row.reference])))
        diary.run("oauthflows_explain", row.reference)
    diary.run("oauthflows_export_audit")


@spec("RFC 6749 §10.3", "RFC 9700 §4.2", "B-4", "B-17")
@pytest.mark.parametrize("name", WALKS)
def test_nothing_that_is_kept_or_said_to_others_holds_a_secret(
    name: str, watched: Any, caplog: pytest.LogCaptureFixture
) -> None:
    diary = walked(name, watched)
    assert len({*diary.secrets.values()}) == len(diary.secrets) > len(WRONG)
    for places in (
        every_row(),
        every_session(),
        iter(diary.cached),
        every_record(caplog.records),
        every_number(),
        every_letter(),
        (("what was told", text) for text in diary.told),
    ):
        assert tell_on(places, diary.secrets) == []
    for position, (text, delivered) in enumerate(diary.answers):
        kept = {known: value for known, value in diary.secrets.items() if known not in delivered}
        assert tell_on(iter([(f"answer {position}", text)]), kept) == []
        assert all(diary.secrets[known] in text for known in delivered)
    assert {"django_oauthflows.audit"} <= {record.name for record in caplog.records}


def test_every_flow_is_walked() -> None:
    """A flow that is added needs a way that goes through it."""
    assert {slug for _, flows in WALKS.values() for slug in flows} == {flow.slug for flow in FLOWS}


@spec("B-4")
def test_what_was_refused_is_recorded_without_what_was_sent(watched: Any) -> None:
    walked("a_person_signs_in_and_the_client_refreshes", watched)
    assert RequestShape.objects.exists()
    rules = set(AuditEvent.objects.exclude(rule="").values_list("rule", flat=True))
    assert rules >= {
        "code_verifier_must_match_challenge",
        "code_must_exist",
        "code_must_be_unspent",
        "client_secret_must_match",
        "client_must_use_one_authentication_method",
        "parameter_must_not_be_repeated",
        "refresh_token_must_exist",
        "redirect_uri_must_be_registered",
        "person_must_agree",
    }
    refused = AuditEvent.objects.get(rule="code_verifier_must_match_challenge")
    assert refused.detail["code_verifier"] == refused.detail["code"] == "(not recorded)"
    assert refused.detail["grant_type"] == "authorization_code"


@spec("B-4")
def test_a_secret_that_holds_an_ampersand_is_not_recorded_as_a_name(
    transactional_db: None,
) -> None:
    flow = FlowClient(registered=ClientFactory())
    flow.back_channel.post(
        reverse("oauthflows:token"),
        f"grant_type=password&client_id={flow.registered.client_id}&password=half&other-half=of-it",
        content_type="application/x-www-form-urlencoded",
    )
    assert AuditEvent.objects.filter(event="request.refused").exists()
    assert tell_on(every_row(), {"half of a password": "other-half"}) == []


@spec("B-4")
def test_the_search_for_secrets_would_find_one(transactional_db: None) -> None:
    PersonFactory(username="marked-wrong-secret")
    assert "wrong secret in auth_user" in tell_on(every_row(), WRONG)
    record = logging.makeLogRecord({"msg": "%s", "args": ("marked-wrong-code",), "name": "x"})
    assert tell_on(every_record([record]), WRONG) == ["wrong code in log x"]
    cache.set("key", {"deep": ["marked-wrong-token"]})
    cache.set("marked-hint", 1)
    assert sorted(tell_on(every_cached(), WRONG)) == ["hint in cache", "wrong token in cache"]
    browser = Client()
    browser.force_login(PersonFactory())
    session = browser.session
    session["kept"] = "marked-assertion"
    session.save()
    assert tell_on(every_session(), WRONG) == ["assertion in decoded session"]


@spec("B-4")
def test_a_clients_secret_is_not_printed_with_its_registration(db: None) -> None:
    registered = ClientFactory()
    assert registered.client_secret not in repr(registered)
    assert registered.client_secret not in str(vars(registered.application))
    assert registered.client_secret not in str(vars(registered.policy))

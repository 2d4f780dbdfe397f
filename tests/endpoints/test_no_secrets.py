"""Nobody who reads a table, a log, a page or an answer to somebody else learns a secret."""

import logging
import traceback
from base64 import b64encode
from collections.abc import Iterator
from importlib import import_module
from io import StringIO
from typing import Any

import pytest
from django.conf import settings
from django.core.cache import cache
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.urls import reverse

from django_oauthflows.audit.models import AuditEvent
from django_oauthflows.rules.pkce import s256
from django_oauthflows.testing.client import FlowClient, answered
from django_oauthflows.testing.factories import ClientFactory, PersonFactory
from django_oauthflows.traffic import counting
from django_oauthflows.traffic.models import RequestShape
from tests.flows.exchanges import ACCESS_TOKEN, ID_TOKEN, api, app_token
from tests.marks import spec
from tests.stories import begin

PASSWORD = "marked-password-of-the-person"
VERIFIER = "marked-verifier-of-legal-length-made-of-letters"
WRONG_VERIFIER = "marked-wrong-verifier-of-legal-length-it-is-long"

#: What a client sends by mistake, or a thief by guessing: it is as secret as the real thing.
WRONG = {
    "wrong secret": "marked-wrong-secret",
    "wrong code": "marked-wrong-code",
    "wrong token": "marked-wrong-token",
    "wrong refresh token": "marked-wrong-refresh-token",
    "wrong verifier": WRONG_VERIFIER,
    "assertion": "marked-assertion",
    "hint": "marked-hint",
    "name": "marked-name-of-somebody",
}


class Diary:
    """Every answer of a run, and what was secret in it."""

    def __init__(self) -> None:
        self.answers: list[tuple[str, frozenset[str]]] = []
        self.secrets: dict[str, str] = dict(WRONG)
        #: What was told outside an answer: exports, and what commands print.
        self.told: list[str] = []

    def hear(self, response: Any, *, delivers: tuple[str, ...] = ()) -> Any:
        """Keep an answer; `delivers` are the secrets it hands to the one they are for."""
        self.answers.append((f"{response.headers}\n{response.content!r}", frozenset(delivers)))
        return response

    def learn(self, name: str, value: str) -> str:
        self.secrets[name] = value
        return value


def every_row() -> Iterator[tuple[str, str]]:
    """Table → each of its rows as text, whatever the columns are."""
    for table in connection.introspection.table_names():
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")  # noqa: S608
            for row in cursor.fetchall():
                yield table, repr([bytes(x) if isinstance(x, memoryview) else x for x in row])


def every_session() -> Iterator[tuple[str, str]]:
    """The sessions again, decoded."""
    engine = import_module(settings.SESSION_ENGINE)
    for row in engine.SessionStore.get_model_class().objects.all():
        yield "decoded session", repr(row.get_decoded())


def every_record(records: list[logging.LogRecord]) -> Iterator[tuple[str, str]]:
    """Each log record with all it carries but the request itself, which is not printed."""
    for record in records:
        carried = {name: value for name, value in vars(record).items() if name != "request"}
        said = "".join(traceback.format_exception(*record.exc_info)) if record.exc_info else ""
        yield f"log {record.name}", f"{record.getMessage()} {carried} {said}"


def tell_on(places: Iterator[tuple[str, str]], secrets: dict[str, str]) -> list[str]:
    """Where a secret was found: its name and the place, never its value."""
    return [
        f"{name} in {place}"
        for place, text in places
        for name, secret in secrets.items()
        if secret in text
    ]


def walk(diary: Diary, browser: Client, flow: FlowClient) -> None:
    """A person's whole way, with every refusal on it."""
    learn, hear = diary.learn, diary.hear
    learn("password", PASSWORD)
    learn("verifier", VERIFIER)
    secret = learn("client secret", flow.registered.client_secret)
    asked = {"code_challenge": s256(VERIFIER), "nonce": "a-nonce"}

    sign_in = hear(flow.ask(**asked))["Location"]
    hear(browser.post(sign_in, {"username": "marked", "password": "marked-wrong-password"}))
    learn("wrong password", "marked-wrong-password")
    hear(browser.post(sign_in, {"username": "marked", "password": PASSWORD}))
    hear(flow.ask(**asked))
    hear(flow.ask(**asked, prompt="none"))
    hear(flow.ask(**asked, scope="unheard-of"))
    hear(flow.ask(**asked, redirect_uri="https://evil.example/"))
    hear(flow.ask(**asked, request=WRONG["assertion"]))
    hear(flow.ask(**asked, id_token_hint=WRONG["hint"]))
    hear(flow.ask(**asked, login_hint=WRONG["name"], claims=WRONG["hint"]))
    hear(flow.ask(**asked, login_hint=WRONG["name"], prompt="login"), delivers=("name",))
    posted = flow.authorization_url(**asked, id_token_hint=WRONG["hint"]).partition("?")
    form = "application/x-www-form-urlencoded"
    kept = browser.post(posted[0], posted[2], content_type=form)
    learn("reference", kept["Location"].rpartition("%3A")[2])
    hear(browser.get(hear(kept, delivers=("reference",))["Location"]))
    hear(flow.decide("deny", **asked))
    consented = flow.decide(**asked)
    code = learn("code", answered(consented)["code"])
    hear(consented, delivers=("code",))

    hear(flow.redeem(code, code_verifier=WRONG_VERIFIER))
    hear(flow.redeem(code, code_verifier=VERIFIER, redirect_uri="https://client.example/"))
    hear(flow.redeem(code, code_verifier=VERIFIER, client_secret=secret))
    hear(flow.redeem(code, code_verifier=[VERIFIER, VERIFIER]))
    hear(flow.redeem(WRONG["wrong code"], code_verifier=VERIFIER))
    hear(flow.redeem(code, headers=basic(flow.registered.client_id, WRONG["wrong secret"])))
    hear(flow.redeem(code, headers={"X-No": "basic"}, client_secret=WRONG["wrong secret"]))
    hear(flow.token(grant_type="password", username="marked", password=PASSWORD))
    hear(flow.token(grant_type="unheard-of", assertion=WRONG["assertion"]))
    tokens = flow.redeem(code, code_verifier=VERIFIER)
    access = learn("access token", tokens.json()["access_token"])
    refresh = learn("refresh token", tokens.json()["refresh_token"])
    hear(tokens, delivers=("access token", "refresh token"))

    api = Client()
    for value in (access, WRONG["wrong token"], code):
        hear(api.get(reverse("notes"), headers={"Authorization": f"Bearer {value}"}))
        hear(api.get(reverse("stock"), headers={"Authorization": f"Bearer {value}"}))
    hear(api.get(f"{reverse('notes')}?access_token={access}"))
    for endpoint in ("introspect", "revoke"):
        hear(flow.post(endpoint, token=WRONG["wrong token"]))
    hear(flow.post("introspect", token=access))
    hear(flow.post("introspect", token=refresh))

    hear(flow.refresh(WRONG["wrong refresh token"]))
    hear(flow.refresh(refresh, scope="unheard-of"))
    successor = ("next access token", "next refresh token")
    for _ in ("once", "and again within the grace"):
        refreshed = flow.refresh(refresh)
        learn("next access token", refreshed.json()["access_token"])
        learn("next refresh token", refreshed.json()["refresh_token"])
        hear(refreshed, delivers=successor)
    hear(flow.redeem(code, code_verifier=VERIFIER))
    hear(flow.refresh(diary.secrets["next refresh token"]))

    again = flow.decide(**asked, prompt="consent")
    learn("second code", answered(again)["code"])
    hear(again, delivers=("second code",))
    hear(browser.get(reverse("oauthflows:connected-apps")))
    withdraw = reverse("oauthflows:connected-app-withdraw", args=[flow.registered.application.pk])
    hear(browser.post(withdraw))
    hear(flow.redeem(diary.secrets["second code"], code_verifier=VERIFIER))


def serve(diary: Diary, service: FlowClient) -> None:
    """A service's way."""
    diary.learn("service's secret", service.registered.client_secret)
    answer = service.token(grant_type="client_credentials", scope="notes:read")
    token = diary.learn("service's token", answer.json()["access_token"])
    diary.hear(answer, delivers=("service's token",))
    diary.hear(service.token(grant_type="client_credentials"))
    diary.hear(service.post("introspect", token=token))
    app = begin()
    subject = diary.learn("subject token", app_token(app))
    acting = api()
    diary.learn("acting service's secret", acting.registered.client_secret)
    exchanged = acting.exchange(subject)
    diary.learn("exchanged token", exchanged.json()["access_token"])
    diary.hear(exchanged, delivers=("exchanged token",))
    kind = {"actor_token_type": ACCESS_TOKEN}
    diary.hear(acting.exchange(subject, actor_token=WRONG["wrong token"], **kind))
    diary.hear(acting.exchange(subject, actor_token=token, **kind))
    diary.hear(acting.exchange(WRONG["wrong token"]))
    diary.hear(acting.exchange(subject, subject_token_type=subject))
    diary.hear(acting.exchange(subject, requested_token_type=subject))
    diary.hear(acting.exchange(subject, subject_token_type=ID_TOKEN))
    diary.hear(acting.exchange(subject, scope="unheard-of"))
    diary.hear(acting.exchange(subject, resource="https://evil.example/"))
    diary.hear(app.browser.get(reverse("oauthflows:connected-apps")))
    diary.hear(acting.post("introspect", token=diary.secrets["exchanged token"]))
    diary.hear(service.post("revoke", token=token))


def look_into(diary: Diary) -> None:
    """Whoever is given a reference, and the administrator, read about everything that happened."""
    counting.flush()
    admin = Client()
    admin.force_login(PersonFactory(is_staff=True, is_superuser=True))
    diary.hear(admin.get("/admin/oauthflows/auditevent/"))
    diary.told.append(admin.get("/admin/oauthflows/auditevent/export/").getvalue().decode())
    for row in AuditEvent.objects.all():
        cache.clear()  # or somebody who looks up so many would have to wait
        diary.hear(Client().get(reverse("oauthflows:explain", args=[row.reference])))
        diary.hear(admin.get(f"/admin/oauthflows/auditevent/{row.pk}/change/"))
        out = StringIO()
        call_command("oauthflows_explain", row.reference, stdout=out)
        diary.told.append(out.getvalue())


def basic(client_id: str, secret: str) -> dict[str, str]:
    return {"Authorization": "Basic " + b64encode(f"{client_id}:{secret}".encode()).decode()}


@pytest.fixture
def diary(transactional_db: None, settings: Any, caplog: pytest.LogCaptureFixture) -> Diary:
    """Everything happened: people signed in, clients were served and refused, and all was committed."""
    settings.OAUTHFLOWS = {"AUDIT_ISSUED_TOKENS": True}
    caplog.set_level(logging.DEBUG)
    diary = Diary()
    PersonFactory(username="marked", password=PASSWORD)
    flow = FlowClient(registered=ClientFactory())
    walk(diary, flow.browser, flow)
    serve(diary, FlowClient(registered=ClientFactory(preset="service", redirect_uris=())))
    look_into(diary)
    return diary


@spec("RFC 6749 §10.3", "RFC 9700 §4.2", "B-4", "B-17")
def test_no_table_log_record_or_answer_to_others_holds_a_secret(
    diary: Diary, caplog: pytest.LogCaptureFixture
) -> None:
    records = caplog.get_records("setup")
    assert {"django_oauthflows.audit", "django.request"} <= {record.name for record in records}
    assert len({*diary.secrets.values()}) == len(diary.secrets) == 24
    assert RequestShape.objects.count() > 5
    assert tell_on(every_row(), diary.secrets) == []
    assert tell_on(every_session(), diary.secrets) == []
    assert tell_on(every_record(records), diary.secrets) == []
    assert len(diary.told) > 20
    assert tell_on((("what was told", text) for text in diary.told), diary.secrets) == []
    for position, (text, delivered) in enumerate(diary.answers):
        kept = {name: value for name, value in diary.secrets.items() if name not in delivered}
        assert tell_on(iter([(f"answer {position}", text)]), kept) == []
        assert all(diary.secrets[name] in text for name in delivered)


@spec("B-4")
def test_what_was_refused_is_recorded_without_what_was_sent(diary: Diary) -> None:
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


@spec("B-4")
def test_a_clients_secret_is_not_printed_with_its_registration(db: None) -> None:
    registered = ClientFactory()
    assert registered.client_secret not in repr(registered)
    assert registered.client_secret not in str(vars(registered.application))
    assert registered.client_secret not in str(vars(registered.policy))

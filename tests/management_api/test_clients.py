"""Stories of clients: added, changed, stopped, reviewed, deleted, and written down with whoever did it."""

import json
from base64 import urlsafe_b64decode
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from django_oauthflows.audit.models import AuditEvent
from django_oauthflows.clients.models import ClientPolicy
from django_oauthflows.clients.programs.base import KnownProgram
from django_oauthflows.clients.registration import RegisteredClient
from django_oauthflows.testing.factories import ClientFactory
from tests.management_api.calling import URLS, Caller, person, service, url
from tests.management_api.world import FINDING, made
from tests.marks import spec
from tests.stories import WITH_OPENID, begin, dot_application

#: A program of a project's own, which asks for passwords itself.
OLD = KnownProgram(
    slug="old",
    title="Old",
    template="",
    file_name="",
    documentation="",
    callbacks=("/callback",),
    preset="legacy-app",
)

pytestmark = [pytest.mark.django_db, pytest.mark.urls(URLS)]


def told_of(event: str) -> AuditEvent:
    return AuditEvent.objects.get(event=event)


def doer_of(row: AuditEvent) -> str:
    """Who did it, in the word of the audit log."""
    return getattr(row, "actor", "") or row.detail["by"]


def names(caller: Caller, **query: Any) -> list[str]:
    return [row["name"] for row in caller.get("clients", **query).json()["results"]]


@pytest.mark.parametrize("who", ["service", "person"])
def test_a_client_is_added_and_its_secret_gets_tokens(
    who: str, django_capture_on_commit_callbacks: Any
) -> None:
    caller = service() if who == "service" else person("add_application")
    with django_capture_on_commit_callbacks(execute=True):
        answer = caller.post(
            "clients", preset="service", name="A job", scopes=["notes:read", "profile"]
        )
    told = answer.json()
    assert answer.status_code == 201
    story = begin(registered=_registered(told))
    assert story.token(grant_type="client_credentials", scope="notes:read").status_code == 200
    row = told_of("client.registered")
    own_id = caller.story.registered.client_id
    assert doer_of(row) == (
        f"client:{own_id}" if who == "service" else f"person:{caller.story.person.pk}"
    )
    assert (row.client_id, row.network) == (told["client_id"], "127.0.0.1")


def _registered(told: dict[str, Any]) -> RegisteredClient:
    policy = ClientPolicy.objects.select_related("application").get(application_id=told["id"])
    return RegisteredClient(
        application=policy.application,
        policy=policy,
        client_id=told["client_id"],
        client_secret=told["client_secret"],
        redirect_uris=tuple(told["redirect_uris"]),
        scopes=tuple(told["policy"]["scopes"]),
        preset=policy.preset,
        profile=policy.profile,
    )


def test_all_that_is_wrong_with_a_new_client_is_said_at_once_by_field() -> None:
    answer = service().post(
        "clients", preset="web-app", name="x", scopes=["nonsense"], redirect_uris=["http://a.b/"]
    )
    assert answer.status_code == 400
    assert answer.json().keys() == {"scopes", "redirect_uris"}


def test_what_a_client_is_shows_no_secret_and_a_link_that_leads_to_it() -> None:
    made = ClientFactory(preset="service", redirect_uris=())
    caller = service()
    told = caller.get("client", made.application.pk).json()
    assert caller.send("get", told["url"]).json() == told
    assert made.client_secret not in str(told)
    assert not [name for name in told if "secret" in name]


def test_what_is_changed_is_changed_and_all_else_stays(
    django_capture_on_commit_callbacks: Any,
) -> None:
    pk, caller = ClientFactory(name="Before").application.pk, service()
    before = caller.get("client", pk).json()
    with django_capture_on_commit_callbacks(execute=True):
        answer = caller.patch(
            "client",
            pk,
            name="After",
            policy={"scopes": ["notes:read"], "access_token_lifetime": 60},
        )
    told = answer.json()
    assert answer.status_code == 200
    assert told.pop("warnings") == {}
    changed = {name for name in told if told[name] != before[name]}
    assert changed == {"name", "policy", "updated"}
    policy, held = told["policy"], before["policy"]
    assert {name for name in policy if policy[name] != held[name]} == {
        "scopes",
        "access_token_lifetime",
        "updated",
    }
    row = told_of("client.changed")
    assert row.detail["changed"] == ["access_token_lifetime", "name", "scopes"]
    assert doer_of(row) == f"client:{caller.story.registered.client_id}"


@spec("RFC 6749 §3.3", "B-9")
def test_the_default_scopes_are_given_shown_and_lost_with_the_scopes(
    django_capture_on_commit_callbacks: Any,
) -> None:
    caller = service()
    new = {"preset": "service", "name": "Reports", "scopes": ["notes:read", "notes:write"]}
    told = caller.post("clients", **new).json()
    assert told["policy"]["default_scopes"] == ["notes:read", "notes:write"]
    fewer = caller.post("clients", **new, default_scopes=["notes:read"]).json()
    assert fewer["policy"]["default_scopes"] == ["notes:read"]
    beyond = caller.post("clients", **new, default_scopes=["profile"])
    assert (beyond.status_code, list(beyond.json())) == (400, ["default_scopes"])
    with django_capture_on_commit_callbacks(execute=True):
        changed = caller.patch("client", told["id"], policy={"scopes": ["notes:write"]}).json()
    assert changed["policy"]["default_scopes"] == ["notes:write"]
    row = AuditEvent.objects.filter(event="client.changed").latest("pk")
    assert row.detail["changed"] == ["default_scopes", "scopes"]


def test_a_change_that_changes_nothing_is_not_written_down(
    django_capture_on_commit_callbacks: Any,
) -> None:
    made, caller = ClientFactory(), service()
    pk = made.application.pk
    held = caller.get("client", pk).json()
    sent = {name: held[name] for name in ("name", "redirect_uris", "allowed_origins")}
    policy = dict(held["policy"])
    for name in ("preset", "program", "is_enabled", "created", "updated"):
        del policy[name]
    with django_capture_on_commit_callbacks(execute=True):
        assert caller.patch("client", pk, **sent, policy=policy).status_code == 200
    assert not AuditEvent.objects.filter(event="client.changed").exists()


@pytest.mark.parametrize("other", ["https://other.example/", "com.example.app://other.example/"])
def test_a_client_with_pairwise_subjects_does_not_move_into_another_sector(other: str) -> None:
    made, caller = ClientFactory(), service()
    pk = made.application.pk
    ClientPolicy.objects.filter(application=pk).update(subject_type="pairwise")
    answer = caller.patch("client", pk, redirect_uris=[other, *made.redirect_uris])
    assert answer.status_code == 400
    assert list(answer.json()) == ["redirect_uris"]
    moved = caller.patch("client", pk, redirect_uris=["https://other.example/"])
    assert moved.status_code == 200


@pytest.mark.parametrize(
    ("body", "wrong"),
    [
        ({"redirect_uris": ["http://client.example/"]}, ["redirect_uris"]),
        ({"redirect_uris": "https://client.example/"}, ["redirect_uris"]),
        ({"name": ""}, ["name"]),
        ({"name": "x" * 256}, ["name"]),
        ({"name": "half\x00"}, ["name"]),
        ({"colour": "red"}, ["colour"]),
        ({"policy": {"colour": "red"}}, ["policy.colour"]),
        ({"policy": {"preset": "service"}}, ["policy.preset"]),
        ({"policy": {"is_enabled": False}}, ["policy.is_enabled"]),
        ({"policy": {"scopes": ["nonsense"]}}, ["policy.scopes"]),
        ({"policy": {"scopes": []}}, ["policy.scopes"]),
        ({"policy": {"flows": ["implicit"]}}, ["policy.flows"]),
        ({"policy": {"profile": "wild"}}, ["policy.profile"]),
        ({"policy": {"required_scopes": ["admin"]}}, ["policy.required_scopes"]),
        ({"policy": {"default_scopes": ["admin"]}}, ["policy.default_scopes"]),
        ({"policy": {"default_scopes": ["oauthflows:clients:read"]}}, ["policy.default_scopes"]),
        ({"policy": {"access_token_lifetime": -1}}, ["policy.access_token_lifetime"]),
        ({"policy": {"jwks": {"keys": []}}}, ["policy.jwks"]),
        ({"policy": {"jwks": {"keys": [{"kty": "oct", "k": "AAAA"}]}}}, ["policy.jwks"]),
        ({"policy": {"backchannel_logout_uri": "javascript:x"}}, ["policy.backchannel_logout_uri"]),
        ({"policy": {"authentication_method": "none"}}, ["policy.authentication_method"]),
        ({"policy": None}, ["policy"]),
        ({"policy": []}, ["policy.non_field_errors"]),
    ],
)
def test_what_is_wrong_with_a_change_is_said_by_field_and_changes_nothing(
    body: dict[str, Any], wrong: list[str]
) -> None:
    pk = ClientFactory().application.pk
    caller = service()
    before = caller.get("client", pk).json()
    answer = caller.patch("client", pk, **body)
    assert answer.status_code == 400, answer.content
    told = answer.json()
    below = told.pop("policy", {})
    if isinstance(below, list):
        below, told = {}, {**told, "policy": below}
    assert [*told, *(f"policy.{name}" for name in below)] == wrong
    assert caller.get("client", pk).json() == before


def test_a_private_key_is_neither_kept_nor_told_back() -> None:
    pk = ClientFactory().application.pk
    jwk = {"kty": "EC", "crv": "P-256", "x": "x", "y": "y", "d": "marked-private-part"}
    answer = service().patch("client", pk, policy={"jwks": {"keys": [jwk]}})
    assert (answer.status_code, list(answer.json())) == (400, ["policy"])
    assert "marked-private-part" not in answer.content.decode()
    assert ClientPolicy.objects.get(application_id=pk).jwks is None


def test_a_body_that_is_no_json_object_is_refused() -> None:
    pk, caller = ClientFactory().application.pk, service()
    assert caller.send("patch", url("client", pk), []).status_code == 400
    for body in ("{", "[" * 100_000, "null", '"text"', '{"name": NaN}', b"\xff"):
        assert caller.send("patch", url("client", pk), body).status_code == 400, body[:20]


@spec("B-20")
def test_a_disabled_clients_tokens_stop_and_an_enabled_ones_go_on(
    django_capture_on_commit_callbacks: Any,
) -> None:
    world, caller = made(), service()
    pk, token = world.application.pk, world.story.tokens()["access_token"]
    with django_capture_on_commit_callbacks(execute=True):
        assert caller.post("disable-client", pk).json()["policy"]["is_enabled"] is False
    assert world.story.call(token).status_code == 401
    assert told_of("client.changed").detail["enabled"] is False
    assert caller.post("enable-client", pk).json()["policy"]["is_enabled"] is True
    assert world.story.call(token).status_code == 200


@pytest.mark.django_db(transaction=True)
@spec("B-21")
def test_a_deleted_client_takes_its_tokens_with_it() -> None:
    world, caller = made(), service()
    token, client_id = world.story.tokens()["access_token"], world.application.client_id
    assert caller.delete("client", world.application.pk).status_code == 204
    assert world.story.call(token).status_code == 401
    assert caller.get("client", world.application.pk).status_code == 404
    assert AuditEvent.objects.filter(event="authorization.revoked").exists()
    row = told_of("client.deleted")
    assert row.client_id == client_id
    assert doer_of(row) == f"client:{caller.story.registered.client_id}"


def test_clients_are_found_by_what_they_are() -> None:
    ClientFactory(name="Alpha")
    stopped = ClientFactory(name="Beta", preset="service", redirect_uris=())
    stopped.policy.is_enabled = False
    stopped.policy.save()
    caller = service()
    assert names(caller, name="alp") == ["Alpha"]
    assert names(caller, client_id=stopped.client_id) == ["Beta"]
    assert names(caller, is_enabled="false") == ["Beta"]
    # An application without a policy was never disabled.
    dot_application(name="Gamma")
    enabled = names(caller, is_enabled="true", ordering="name")
    assert [name for name in enabled if "Client" not in name] == ["Alpha", "Gamma"]
    assert names(caller, preset="web-app", profile="standard") == ["Alpha"]
    assert names(caller, ordering="name")[:2] == ["Alpha", "Beta"]
    assert names(caller, uses_an_old_secret="true") == []


@pytest.mark.parametrize("key", ["0", "999999", "9" * 40, "-1", "x", "1.5", "1%00", "%F0%9F%92%A9"])
def test_a_client_that_is_not_there_is_not_found(key: str) -> None:
    assert service().send("get", f"/api/oauthflows/clients/{key}/").status_code == 404


def test_a_finding_is_mended_as_it_was_shown(django_capture_on_commit_callbacks: Any) -> None:
    world, caller = made(), service()
    pk = world.application.pk
    found = caller.get("review", pk).json()
    assert FINDING in [one["name"] for one in found["findings"] if one["can_be_fixed"]]
    shown = caller.get("fix", pk, FINDING).json()
    assert shown["changes"] == [{"column": "may_impersonate", "old": True, "new": False}]
    assert caller.post("fix", pk, FINDING, seal="something else").status_code == 409
    with django_capture_on_commit_callbacks(execute=True):
        assert caller.post("fix", pk, FINDING, seal=shown["seal"]).status_code == 200
    assert caller.get("fix", pk, FINDING).status_code == 404
    assert caller.get("review", pk).json()["score"] > found["score"]
    assert doer_of(told_of("client.changed")) == f"client:{caller.story.registered.client_id}"


def test_a_clients_keys_are_told_as_they_were_understood() -> None:
    made = ClientFactory(preset="service-account", redirect_uris=())
    told = service().get("client-keys", made.application.pk).json()
    assert (told["keys"][0]["kid"], told["keys"][0]["size"]) == ("test-client", "P-256")
    assert service().get("client-keys", ClientFactory().application.pk).json()["keys"] == []


GRAFANA = {"program": "grafana", "address": "https://grafana.example.com"}


@pytest.fixture
def provider(settings: Any) -> None:
    settings.OAUTH2_PROVIDER = WITH_OPENID


def test_a_known_program_is_added_by_where_it_runs(provider: None) -> None:
    caller = service()
    told = caller.post("clients", **GRAFANA).json()
    assert (told["name"], told["policy"]["program"]) == ("Grafana", "grafana")
    assert told["policy"]["preset"] == "web-app"
    assert told["redirect_uris"] == ["https://grafana.example.com/login/generic_oauth"]
    assert "openid" in told["policy"]["scopes"]
    assert told["policy"]["scopes"] == told["policy"]["default_scopes"]
    more = caller.post(
        "clients",
        **GRAFANA,
        name="Charts",
        scopes=["openid"],
        redirect_uris=["https://other.example/callback"],
    ).json()
    assert (more["name"], more["policy"]["scopes"]) == ("Charts", ["openid"])
    assert more["redirect_uris"][1:] == ["https://other.example/callback"]


@pytest.mark.parametrize(
    ("said", "wrong"),
    [
        ({"program": "toaster"}, {"program"}),
        ({**GRAFANA, "preset": "web-app"}, {"preset"}),
        ({"program": "grafana"}, {"address"}),
        ({"program": "grafana", "address": "http://"}, {"address"}),
        ({"preset": "service", "name": "x", "scopes": [], "address": "https://a.b"}, {"address"}),
        ({}, {"preset", "name", "scopes"}),
        ({**GRAFANA, "scopes": ["oauthflows:clients:write"]}, None),
    ],
)
def test_what_is_wrong_with_a_program_is_said_by_field(
    said: dict[str, Any], wrong: set[str] | None, provider: None
) -> None:
    caller = service()
    before = ClientPolicy.objects.count()
    answer = caller.post("clients", **said)
    assert answer.status_code == (403 if wrong is None else 400)
    assert wrong is None or answer.json().keys() == wrong
    assert ClientPolicy.objects.count() == before


def test_the_program_of_a_client_is_not_changed() -> None:
    made = ClientFactory()
    answer = service().patch("client", made.application.pk, policy={"program": "grafana"})
    assert answer.status_code == 400
    made.policy.refresh_from_db()
    assert made.policy.program == ""


def test_a_program_of_the_legacy_kind_is_added_in_the_admin_alone(settings: Any) -> None:
    settings.OAUTHFLOWS = {"KNOWN_PROGRAMS": ["tests.management_api.test_clients.OLD"]}
    answer = service().post("clients", program="old", address="https://old.example")
    assert answer.json().keys() == {"program"}


@spec("RFC 9068 §3")
def test_the_audience_of_a_client_is_told(settings: Any) -> None:
    caller = service()
    site = ClientFactory()
    elsewhere = ClientFactory(allowed_resources=["https://mail.example/"])
    api = ClientFactory(
        preset="api", redirect_uris=(), scopes=(), resources=["https://prices.example/"]
    )
    without = dot_application()
    for registered, audience in (
        (site, ["http://testserver"]),
        (elsewhere, ["https://mail.example/"]),
        (api, ["https://prices.example/"]),
        (without, ["http://testserver"]),
    ):
        told = caller.get("client", registered.application.pk).json()
        assert told["audience"] == audience
    settings.OAUTHFLOWS = {"RESOURCE": "https://api.example/"}
    assert caller.get("client", site.application.pk).json()["audience"] == ["https://api.example/"]


@spec("RFC 9068 §3")
def test_the_audience_that_is_told_is_that_of_its_tokens() -> None:
    made = ClientFactory(token_format="jwt")
    told = service().get("client", made.application.pk).json()
    token = begin(registered=made).tokens(scope="notes:read")["access_token"]
    claims = json.loads(urlsafe_b64decode(token.split(".")[1] + "=="))
    assert claims["aud"] in (told["audience"], told["audience"][0])


def test_a_list_of_clients_with_their_audiences_costs_no_more_for_more_of_them() -> None:
    caller = service()
    counts = []
    for _ in range(2):
        ClientFactory()
        ClientFactory()
        with CaptureQueriesContext(connection) as asked:
            caller.get("clients")
        counts.append(len(asked))
    assert counts[0] == counts[1]

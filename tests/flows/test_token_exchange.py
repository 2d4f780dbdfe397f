"""Token exchange: an API that was called with a person's token calls the next one for them (RFC 8693)."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from oauth2_provider.models import get_access_token_model, get_refresh_token_model

from django_oauthflows.audit.models import AuditEvent
from django_oauthflows.tokens.models import Authorization
from tests.flows.exchanges import (
    ACCESS_TOKEN,
    API,
    ID_TOKEN,
    JWT,
    NEXT,
    REFRESH_TOKEN,
    api,
    app_token,
    claims,
    exchanged,
    refused,
)
from tests.flows.test_jwt_access_tokens import jwt_story
from tests.marks import spec
from tests.stories import WITH_OPENID, Story, begin, dot_application, dot_tokens, error_of

pytestmark = pytest.mark.django_db

Access = get_access_token_model()
NOT_GOOD = "The subject token is unknown, revoked or expired."


def own_token(service: Story, **changes: Any) -> str:
    """A token of the service's own."""
    asked = {"grant_type": "client_credentials", "scope": "notes:read", **changes}
    token: str = service.token(**asked).json()["access_token"]
    return token


@spec("RFC 8693 §2.2.1", "B-2")
def test_the_new_token_opens_the_next_api_for_the_person() -> None:
    app, service = begin(), api()
    response = service.exchange(app_token(app), resource=NEXT, scope="notes:read")
    assert response["Cache-Control"] == "no-store"
    members = response.json()
    token = members.pop("access_token")
    assert members.pop("expires_in") in range(890, 901)
    assert members == {
        "issued_token_type": ACCESS_TOKEN,
        "token_type": "Bearer",
        "scope": "notes:read",
    }
    assert service.call(token).json()["person"] == app.person.username


@spec("RFC 8693 §1.1", "RFC 8693 §4.1", "RFC 9068 §2.2", "B-23")
def test_the_new_token_says_for_whom_and_who_acts() -> None:
    app, service = begin(), api()
    said = claims(exchanged(service, app_token(app))["access_token"])
    assert said["sub"] == str(app.person.pk)
    assert said["act"] == {"sub": service.registered.client_id}
    assert said["client_id"] == service.registered.client_id
    assert (said["aud"], said["scope"]) == (NEXT, "notes:read profile")


@spec("RFC 8693 §4.1", "RFC 7662 §2.2", "B-22")
def test_introspection_says_who_acts() -> None:
    service = api()
    token = exchanged(service, app_token(begin()))["access_token"]
    assert service.introspect(token)["act"] == {"sub": service.registered.client_id}
    assert "act" not in service.introspect(own_token(service))


@spec("RFC 8693 §4.1")
def test_each_further_exchange_names_the_one_before() -> None:
    app, first = begin(), api()
    middle = exchanged(api(exchange_targets=[API]), app_token(app))["access_token"]
    last = exchanged(first, middle)["access_token"]
    act = claims(last)["act"]
    assert act == {
        "sub": first.registered.client_id,
        "act": claims(middle)["act"],
    }
    assert Authorization.objects.get(application=first.registered.application).act == act


@spec("RFC 8693 §4.1")
def test_no_chain_grows_without_end() -> None:
    service, token = api(), app_token(begin())
    for _ in range(8):
        token = exchanged(service, token)["access_token"]
    code, sentence = refused(service.exchange(token))
    assert (code, sentence) == ("invalid_request", "Too many have acted one for the other already.")


@spec("RFC 8693 §1.1")
def test_a_client_that_may_impersonate_is_not_named_and_yet_known() -> None:
    app, service = begin(), api(may_impersonate=True)
    token = exchanged(service, app_token(app))["access_token"]
    assert token.count(".") == 0
    assert "act" not in service.introspect(token)
    grant = Authorization.objects.get(application=service.registered.application)
    assert grant.act == {"sub": service.registered.client_id}
    assert service.call(token).json()["person"] == app.person.username


@spec("RFC 8693 §1.1", "RFC 8693 §4.1")
def test_impersonation_hides_nobody_else(django_capture_on_commit_callbacks) -> None:
    middle, hidden = api(exchange_targets=[API]), api(may_impersonate=True)
    token = exchanged(middle, app_token(begin()))["access_token"]
    with django_capture_on_commit_callbacks(execute=True):
        last = exchanged(hidden, token)["access_token"]
    assert claims(last)["act"] == {"sub": middle.registered.client_id}
    detail = AuditEvent.objects.get(event="token.exchanged").detail
    assert detail["said_by_the_token"] is False
    assert detail["act"] == {
        "sub": hidden.registered.client_id,
        "act": {"sub": middle.registered.client_id},
    }


@spec("RFC 8693 §2.1", "RFC 8693 §2.2.1")
def test_a_jwt_may_be_asked_for() -> None:
    members = exchanged(
        api(may_impersonate=True), app_token(begin()), requested_token_type=JWT, scope="notes:read"
    )
    assert members["issued_token_type"] == JWT
    assert "act" not in claims(members["access_token"])


@pytest.mark.parametrize("kind", [ACCESS_TOKEN, JWT])
@spec("RFC 8693 §3")
def test_a_jwt_access_token_is_a_subject_by_either_name(kind: str) -> None:
    token = app_token(jwt_story())
    assert exchanged(api(), token, subject_token_type=kind)["scope"] == "notes:read profile"


@spec("RFC 8693 §3")
def test_an_opaque_token_is_no_jwt() -> None:
    response = api().exchange(app_token(begin()), subject_token_type=JWT)
    assert refused(response) == ("invalid_request", NOT_GOOD)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"subject_token": None}, "The subject_token is missing."),
        ({"subject_token_type": None}, "The subject_token_type is missing."),
        ({"subject_token_type": "opaque"}, "This subject_token_type is not supported."),
        ({"subject_token_type": REFRESH_TOKEN}, "A refresh token cannot be exchanged"),
        ({"requested_token_type": REFRESH_TOKEN}, "Only an access token can be asked for"),
        ({"requested_token_type": "saml2"}, "Only an access token can be asked for"),
        ({"actor_token": "x"}, "Send actor_token and actor_token_type together"),
        ({"actor_token_type": ACCESS_TOKEN}, "Send actor_token and actor_token_type together"),
        ({"actor_token": "x", "actor_token_type": REFRESH_TOKEN}, "A refresh token cannot be"),
        ({"actor_token": "x", "actor_token_type": "x"}, "This actor_token_type is not supported."),
        ({"actor_token": "x", "actor_token_type": ACCESS_TOKEN}, "The actor token is unknown"),
    ],
)
@spec("RFC 8693 §2.1", "RFC 8693 §2.2.2")
def test_a_malformed_request_is_refused(changes: dict[str, Any], said: str) -> None:
    code, sentence = refused(api().exchange(app_token(begin()), **changes))
    assert code == "invalid_request"
    assert sentence.startswith(said)


@spec("RFC 8693 §2.1")
def test_a_refresh_token_is_no_access_token_by_another_name() -> None:
    service = api()
    tokens = begin(registered=None).tokens(resource=API)
    response = service.exchange(tokens["refresh_token"])
    assert refused(response) == ("invalid_request", NOT_GOOD)


# Who may exchange what -------------------------------------------------------------------------------------


@spec("RFC 8693 §2.1")
def test_a_client_exchanges_a_token_of_its_own() -> None:
    """Issued to it, it need not be meant for an API of its own."""
    app = begin(
        flows=["authorization-code-pkce", "token-exchange"],
        exchange_targets=[NEXT],
    )
    token = exchanged(app, app_token(app, resource=None))["access_token"]
    assert claims(token)["act"] == {"sub": app.registered.client_id}


@pytest.mark.parametrize("resource", [None, "https://other.example/"])
@spec("RFC 8693 §2.2.2", "B-3", "B-22")
def test_a_token_that_is_not_meant_for_the_client_is_refused(
    resource: str | None, django_capture_on_commit_callbacks
) -> None:
    """In the words for an unknown one: whether it is live is none of its business."""
    app, service = begin(), api()
    token = app_token(app, resource=resource)
    grant = Authorization.objects.values().get()
    with django_capture_on_commit_callbacks(execute=True):
        assert refused(service.exchange(token)) == ("invalid_request", NOT_GOOD)
    assert refused(service.exchange("no-such-token")) == ("invalid_request", NOT_GOOD)
    assert AuditEvent.objects.filter(rule="subject_token_must_be_meant_for_client").exists()
    assert Access.objects.count() == 1
    assert Authorization.objects.values().get() == grant


@spec("RFC 8693 §2.2.2")
def test_a_service_token_stands_for_nobody() -> None:
    service = api()
    code, sentence = refused(service.exchange(own_token(service)))
    assert (code, "only a person's" in sentence) == ("invalid_request", True)


@pytest.mark.parametrize("preset", ["single-page-app", "native-app", "device"])
@spec("RFC 8693 §2.1", "B-6")
def test_a_public_client_exchanges_nothing(preset: str) -> None:
    story = begin(preset=preset)
    story.registered.policy.flows = [*story.registered.policy.flows, "token-exchange"]
    story.registered.policy.exchange_targets = [NEXT]
    story.registered.policy.save()
    assert error_of(story.exchange("x")) == (400, "unauthorized_client")


@spec("RFC 8693 §2.1", "B-5")
def test_nobody_exchanges_without_authentication() -> None:
    service = api()
    unnamed = service.exchange(app_token(begin()), headers={"Accept": "*/*"})
    assert error_of(unnamed) == (401, "invalid_client")


@spec("RFC 6749 §5.2")
def test_a_client_without_the_flow_exchanges_nothing() -> None:
    story = begin(preset="service", redirect_uris=(), resources=[API], exchange_targets=[NEXT])
    assert error_of(story.exchange(app_token(begin()))) == (400, "unauthorized_client")


def expire(app: Story) -> None:
    Access.objects.update(expires=timezone.now() - timedelta(seconds=1))


def deactivate(app: Story) -> None:
    app.person.is_active = False
    app.person.save()


def disable(app: Story) -> None:
    app.registered.policy.is_enabled = False
    app.registered.policy.save()


def mark_revoked(app: Story) -> None:
    Authorization.objects.update(revoked=timezone.now())


def end_grant(app: Story) -> None:
    Authorization.objects.update(expires=timezone.now())


@pytest.mark.parametrize("end", [expire, deactivate, disable, mark_revoked, end_grant])
@spec("RFC 8693 §2.2.2", "B-3", "B-20")
def test_a_token_that_is_not_live_is_refused(end: Any) -> None:
    app, service = begin(), api()
    token = app_token(app)
    end(app)
    assert refused(service.exchange(token)) == ("invalid_request", NOT_GOOD)
    assert Access.objects.count() == 1


# What for --------------------------------------------------------------------------------------------------


@spec("RFC 8693 §2.1", "RFC 8707 §2")
def test_resources_and_audiences_are_named_together() -> None:
    service = api(exchange_targets=[NEXT, "https://next.example/", "billing", "stock"])
    token = exchanged(
        service,
        app_token(begin()),
        resource=[NEXT, "https://next.example/"],
        audience=["billing", "stock", NEXT],
    )["access_token"]
    assert claims(token)["aud"] == [NEXT, "https://next.example/", "billing", "stock"]
    assert Access.objects.last().resource == claims(token)["aud"]


@pytest.mark.parametrize(
    ("bound_to", "asked", "is_given"),
    [
        (API, {}, False),
        (API, {"resource": NEXT}, False),
        (API, {"audience": "billing"}, False),
        (API, {"resource": [API, NEXT]}, False),
        (API, {"resource": API}, True),
        ([API, NEXT], {"resource": NEXT}, True),
        ([API, NEXT], {"resource": [API, NEXT]}, True),
        ([API, NEXT], {"resource": NEXT, "audience": "billing"}, False),
    ],
)
@spec("RFC 8693 §2.1", "RFC 8707 §2.2", "B-3", "B-27")
def test_a_clients_own_token_goes_where_it_was_granted_for_as_at_a_refresh(
    bound_to: Any, asked: dict[str, Any], is_given: bool
) -> None:
    flows = ["authorization-code-pkce", "refresh-token", "token-exchange"]
    app = begin(flows=flows, exchange_targets=[API, NEXT, "billing"])
    tokens = app.tokens(scope="notes:read", resource=bound_to)
    response = app.exchange(tokens["access_token"], **(asked or {"audience": NEXT}))
    assert response.status_code == (200 if is_given else 400)
    if not is_given:
        assert error_of(response) == (400, "invalid_target")
        assert Access.objects.count() == 1
    if "audience" not in asked and asked:
        assert app.refresh(tokens["refresh_token"], **asked).status_code == response.status_code


@spec("RFC 8693 §2.1", "RFC 8707 §2.2", "B-27")
def test_what_was_exchanged_for_one_api_is_not_exchanged_for_another_by_its_client() -> None:
    service = api(exchange_targets=[NEXT, "billing"])
    token = exchanged(service, app_token(begin()), resource=NEXT)["access_token"]
    assert error_of(service.exchange(token, audience="billing")) == (400, "invalid_target")
    assert service.exchange(token, resource=NEXT).status_code == 200


@spec("RFC 8693 §2.1", "RFC 8707 §2.2", "B-27")
def test_an_id_token_of_a_grant_for_one_api_is_exchanged_for_no_other(settings: Any) -> None:
    settings.OAUTH2_PROVIDER = WITH_OPENID
    flows = ["authorization-code-pkce", "token-exchange"]
    app = begin(flows=flows, exchange_targets=[API, NEXT])
    signed = app.tokens(scope="openid notes:read", resource=API)["id_token"]
    by_id = {"subject_token_type": ID_TOKEN}
    assert error_of(app.exchange(signed, resource=NEXT, **by_id)) == (400, "invalid_target")
    assert exchanged(app, signed, resource=API, **by_id)["scope"] == "notes:read openid"


@spec("RFC 8693 §1.1", "RFC 8707 §2")
def test_an_api_that_a_token_is_meant_for_calls_the_next_one() -> None:
    """That is what token exchange is for; its owner lists where to."""
    service = api(exchange_targets=[NEXT, "billing"])
    token = app_token(begin())
    assert exchanged(service, token, audience="billing")["access_token"]


@spec("RFC 8693 §2.1", "RFC 9068 §3")
@pytest.mark.parametrize("own", ["http://testserver", "http://testserver/"])
@pytest.mark.parametrize("token_format", ["opaque", "jwt"])
def test_the_api_that_is_this_site_exchanges_tokens_that_were_asked_for_no_resource(
    own: str, token_format: str
) -> None:
    service = api(resources=[own], exchange_targets=[NEXT, "billing"])
    app = begin(token_format=token_format)
    token = app_token(app, resource=None)
    assert service.introspect(token)["active"]
    said = claims(exchanged(service, token, audience="billing")["access_token"])
    assert (said["sub"], said["aud"]) == (str(app.person.pk), "billing")


@spec("RFC 8693 §2.1", "RFC 9068 §3", "B-27")
@pytest.mark.parametrize(
    ("resources", "asked_for"),
    [
        ([API], None),
        ([], None),
        (["http://testserver/api/"], None),
        (["https://testserver/"], None),
        (["http://testserver/"], API),
        (["http://testserver/"], "http://testserver/api/"),
    ],
)
def test_a_token_for_this_site_is_for_no_other_api_and_one_for_another_is_not_for_this_site(
    resources: list[str], asked_for: str | None
) -> None:
    service = api(resources=resources, exchange_targets=["billing"])
    token = app_token(begin(), resource=asked_for)
    assert not service.introspect(token)["active"]
    refusal = refused(service.exchange(token, audience="billing"))
    assert refusal == ("invalid_request", NOT_GOOD)


@spec("RFC 8693 §2.1", "RFC 8707 §2", "B-27")
def test_an_api_elsewhere_exchanges_no_token_for_this_site_by_its_own_name_as_the_host(
    settings: Any,
) -> None:
    settings.ALLOWED_HOSTS = ["*"]
    service = api(resources=["http://prices.example.com/"], exchange_targets=["billing"])
    token = app_token(begin(), resource=None)
    forged = {**service.basic, "Host": "prices.example.com"}
    answer = service.exchange(token, audience="billing", headers=forged)
    assert refused(answer) == ("invalid_request", NOT_GOOD)


@spec("RFC 8693 §2.2.2", "B-3")
def test_the_api_that_is_this_site_takes_a_token_nowhere_but_to_its_targets() -> None:
    service = api(resources=["http://testserver"], exchange_targets=["billing"])
    token = app_token(begin(), resource=None)
    for asked in ({"audience": "mail"}, {"resource": "https://mail.example/"}):
        assert error_of(service.exchange(token, **asked)) == (400, "invalid_target")
    none = api(resources=["http://testserver"], exchange_targets=[])
    assert error_of(none.exchange(token, audience="billing")) == (400, "invalid_target")


@spec("RFC 8707 §2", "B-27")
def test_a_client_that_is_this_site_takes_its_own_token_no_further_than_was_shown() -> None:
    flows = ["authorization-code-pkce", "token-exchange"]
    app = begin(flows=flows, resources=["http://testserver"], exchange_targets=["billing"])
    own = app_token(app, resource=None)
    assert error_of(app.exchange(own, audience="billing")) == (400, "invalid_target")


@spec("RFC 8707 §2", "B-27")
def test_a_token_for_one_api_does_not_open_another() -> None:
    service = api(exchange_targets=["billing"])
    token = exchanged(service, app_token(begin()), audience="billing")["access_token"]
    assert service.call(token).status_code == 401


@pytest.mark.parametrize(
    ("targets", "asked"),
    [
        ([], {}),
        ([], {"resource": NEXT}),
        ([NEXT, "billing"], {}),
        ([NEXT], {"resource": "https://other.example/"}),
        ([NEXT], {"audience": "other"}),
        ([NEXT], {"resource": NEXT, "audience": "other"}),
        ([NEXT, "billing"], {"resource": "billing"}),
        ([NEXT], {"resource": [NEXT, "https://["]}),
        ([NEXT], {"resource": NEXT + "#a"}),
        ([NEXT], {"resource": NEXT + "notes/"}),
    ],
)
@spec("RFC 8693 §2.2.2", "B-3")
def test_a_target_that_is_not_the_clients_is_refused(
    targets: list[str], asked: dict[str, Any]
) -> None:
    service = api(exchange_targets=targets)
    response = service.exchange(app_token(begin()), **asked)
    assert error_of(response) == (400, "invalid_target")
    assert Access.objects.count() == 1


@spec("RFC 8693 §2.1", "B-9")
def test_without_a_scope_the_new_token_has_what_both_have() -> None:
    service = api(scopes=["notes:read", "notes:write"])
    assert exchanged(service, app_token(begin()))["scope"] == "notes:read"


@pytest.mark.parametrize(
    ("own", "asked"),
    [
        (["notes:read", "notes:write"], "notes:read notes:write"),
        (["notes:read"], "notes:read profile"),
        (["notes:write"], None),
        (["notes:read"], "unheard-of"),
    ],
)
@spec("RFC 8693 §2.1", "B-3", "B-9")
def test_no_scope_comes_from_nowhere(own: list[str], asked: str | None) -> None:
    response = api(scopes=own).exchange(app_token(begin()), scope=asked)
    assert error_of(response) == (400, "invalid_scope")
    assert Access.objects.count() == 1


@spec("RFC 8693 §2.2.1")
def test_the_new_token_does_not_outlive_the_one_it_is_made_of() -> None:
    app, service = begin(), api()
    token = app_token(app)
    Access.objects.update(expires=timezone.now() + timedelta(seconds=60))
    members = exchanged(service, token)
    assert members["expires_in"] in range(55, 61)
    assert Access.objects.last().expires == Access.objects.first().expires
    assert not get_refresh_token_model().objects.exclude(user=app.person).exists()


# Who acts --------------------------------------------------------------------------------------------------


@spec("RFC 8693 §2.1", "RFC 8693 §4.1")
def test_a_person_acts_for_another() -> None:
    """An agent's own token, issued to the same client, names the agent."""
    desk = begin(flows=["authorization-code-pkce", "token-exchange"], exchange_targets=[NEXT])
    agent = begin(registered=desk.registered)
    members = exchanged(
        desk,
        app_token(desk, resource=None),
        actor_token=app_token(agent),
        actor_token_type=ACCESS_TOKEN,
    )
    said = claims(members["access_token"])
    assert (said["sub"], said["act"]) == (str(desk.person.pk), {"sub": str(agent.person.pk)})


@spec("RFC 8693 §2.1", "RFC 8693 §1.1")
def test_a_service_may_prove_that_it_acts_even_if_it_may_impersonate() -> None:
    service = api(may_impersonate=True)
    members = exchanged(
        service,
        app_token(begin()),
        actor_token=own_token(service),
        actor_token_type=ACCESS_TOKEN,
    )
    assert claims(members["access_token"])["act"] == {"sub": service.registered.client_id}


def delegated(service: Story) -> str:
    """A token by which the service acts for somebody."""
    token: str = exchanged(service, app_token(begin()))["access_token"]
    return token


@pytest.mark.parametrize(
    ("actor", "said"),
    [
        (lambda service: app_token(begin()), "The actor token is unknown, revoked or expired."),
        (lambda service: own_token(api()), "The actor token is unknown, revoked or expired."),
        (lambda service: "no-such-token", "The actor token is unknown, revoked or expired."),
        (delegated, "The actor token was itself made for somebody who acts for another."),
    ],
)
@spec("RFC 8693 §2.2.2", "RFC 8693 §4.1", "B-3")
def test_somebody_elses_token_proves_no_actor(actor: Any, said: str) -> None:
    service = api()
    token = actor(service)
    count = Access.objects.count()
    response = service.exchange(
        app_token(begin()), actor_token=token, actor_token_type=ACCESS_TOKEN
    )
    assert refused(response) == ("invalid_request", said)
    assert Access.objects.count() == count + 1


# What is written down --------------------------------------------------------------------------------------


@spec("RFC 8693 §4.1", "B-4")
def test_an_exchange_is_audited_without_a_token(django_capture_on_commit_callbacks) -> None:
    app, service = begin(), api()
    subject = app_token(app)
    with django_capture_on_commit_callbacks(execute=True):
        token = exchanged(service, subject)["access_token"]
        service.exchange("marked-subject", actor_token="marked-actor", actor_token_type="marked")
    parent = Authorization.objects.get(application=app.registered.application)
    child = Authorization.objects.get(parent=parent.pk)
    event = AuditEvent.objects.get(event="token.exchanged")
    assert (event.user, event.client_id) == (app.person, service.registered.client_id)
    assert event.detail == {
        "act": {"sub": service.registered.client_id},
        "authorization": str(child.pk),
        "parent": str(parent.pk),
        "said_by_the_token": True,
        "scope": ["notes:read", "profile"],
        "targets": [NEXT],
    }
    rows = repr(list(AuditEvent.objects.values()))
    assert [secret for secret in (subject, token, "marked") if secret in rows] == []


@spec("RFC 8693 §2.1", "B-4")
@pytest.mark.parametrize("name", ["subject_token", "actor_token"])
def test_tokens_in_the_url_are_refused(name: str) -> None:
    service = api()
    response = service.back_channel.post(
        f"/o/token/?{name}=x",
        "grant_type=urn:ietf:params:oauth:grant-type:token-exchange",
        content_type="application/x-www-form-urlencoded",
        headers=service.basic,
    )
    assert refused(response)[0] == "invalid_request"


@spec("RFC 8693 §2.1")
def test_the_metadata_names_the_grant() -> None:
    metadata = begin().back_channel.get("/.well-known/oauth-authorization-server/o").json()
    grant_type = "urn:ietf:params:oauth:grant-type:token-exchange"
    assert grant_type in metadata["grant_types_supported"]


# Tokens of django-oauth-toolkit's own ----------------------------------------------------------------------


@spec("RFC 8693 §2.1")
def test_a_token_of_django_oauth_toolkit_is_exchanged_like_any_other() -> None:
    app, service = begin(registered=dot_application()), api()
    token, _ = dot_tokens(app)
    Access.objects.update(resource=[API], expires=timezone.now() + timedelta(seconds=60))
    members = exchanged(service, token)
    assert members["expires_in"] <= 60
    assert Authorization.objects.get().parent is None
    assert service.call(members["access_token"]).status_code == 200


@spec("RFC 8707 §2", "RFC 8693 §2.2.2")
def test_a_client_takes_its_own_token_to_no_api_that_the_page_did_not_name() -> None:
    evil = "https://evil.example/"
    app = begin(flows=["authorization-code-pkce", "token-exchange"], exchange_targets=[evil, NEXT])
    token = app_token(app, resource=None)
    code, _ = refused(app.exchange(token, resource=evil))
    assert code == "invalid_target"
    assert exchanged(app, token, resource=NEXT)["scope"] == "notes:read profile"
    shown = app_token(app, resource=evil)
    assert exchanged(app, shown, resource=evil)["scope"] == "notes:read profile"

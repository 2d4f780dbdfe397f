"""ID tokens as subject and actor of a token exchange, and whom a token itself lets act (RFC 8693 §4.4)."""

from base64 import urlsafe_b64encode
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as st
from oauth2_provider.models import get_access_token_model

from django_oauthflows.clients.facts import client_of
from django_oauthflows.keys import jwt
from django_oauthflows.testing.client import answered
from django_oauthflows.testing.factories import PersonFactory
from django_oauthflows.tokens.checksums import checksum
from django_oauthflows.tokens.id_token_links import jti_for
from django_oauthflows.tokens.models import Authorization
from django_oauthflows.tokens.subjects import subject_of
from tests.flows.exchanges import (
    ACCESS_TOKEN,
    API,
    ID_TOKEN,
    NEXT,
    api,
    app_token,
    claims,
    exchanged,
    refused,
)
from tests.flows.test_token_exchange import NOT_GOOD
from tests.marks import spec
from tests.stories import WITH_OPENID, Story, begin, error_of

pytestmark = pytest.mark.django_db

Access = get_access_token_model()


@pytest.fixture(autouse=True)
def openid(settings: Any) -> None:
    settings.OAUTH2_PROVIDER = WITH_OPENID


def desk() -> Story:
    """An app that signs people in and exchanges what it was told of them."""
    return begin(
        flows=["authorization-code-pkce", "refresh-token", "token-exchange"],
        exchange_targets=[NEXT],
    )


def signed_in(app: Story, scope: str = "openid notes:read", **changes: Any) -> Authorization:
    """A grant of the app's, which goes for any API."""
    app.tokens(scope=scope, **changes)
    return Authorization.objects.latest("created")


def id_token(app: Story, *, typ: str = "JWT", **changes: Any) -> str:
    """What the server says to the app of its person, by what they last granted it."""
    grants = Authorization.objects.filter(parent=None, user=app.person).order_by("-created")
    grant = grants.filter(application=app.registered.application).first()
    now = timezone.now().timestamp()
    members = {
        "iss": "http://testserver/o",
        "sub": str(app.person.pk),
        "aud": app.registered.client_id,
        "iat": int(now),
        "exp": int(now) + 300,
        "jti": jti_for(grant.pk) if grant else None,
        **changes,
    }
    return jwt.sign({key: value for key, value in members.items() if value is not None}, typ=typ)


def exchange(app: Story, token: str, **changes: Any) -> Any:
    return app.exchange(token, **{"subject_token_type": ID_TOKEN, **changes})


@spec("RFC 8693 §2.1", "RFC 8693 §3")
def test_an_id_token_leads_to_its_grant() -> None:
    app = desk()
    parent = signed_in(app)
    members = exchange(app, id_token(app)).json()
    assert members["scope"] == "notes:read openid"
    assert members["expires_in"] in range(290, 301)
    assert "id_token" not in members
    child = Authorization.objects.get(parent=parent.pk)
    assert child.user == app.person
    assert claims(members["access_token"])["act"] == {"sub": app.registered.client_id}
    app.browser.post(f"/o/connected-apps/{app.registered.application.pk}/withdraw/")
    assert app.introspect(members["access_token"]) == {"active": False}


@spec("RFC 8693 §2.1")
def test_a_real_one_is_good_too() -> None:
    app = desk()
    tokens = app.tokens(scope="openid notes:read")
    assert exchange(app, tokens["id_token"], scope="openid").status_code == 200


@spec("RFC 8693 §2.1", "RFC 6749 §3.3", "B-9")
def test_one_gets_what_its_own_grant_holds_and_nothing_of_a_later_one() -> None:
    """Both in one session, and the later one wider."""
    app = desk()
    first = app.tokens(scope="openid")["id_token"]
    later = app.tokens(scope="openid notes:read notes:write")["id_token"]
    assert exchange(app, first).json()["scope"] == "openid"
    wider = exchange(app, first, scope="openid notes:write")
    assert error_of(wider) == (400, "invalid_scope")
    assert exchange(app, later, scope="notes:write").json()["scope"] == "notes:write"


@spec("RFC 8693 §2.2.2", "B-15", "B-20", "B-21")
def test_one_whose_own_grant_has_ended_is_refused_whatever_else_was_granted() -> None:
    app = desk()
    first, later = app.tokens(scope="openid"), app.tokens(scope="openid notes:read")
    app.post("revoke", token=first["refresh_token"])
    assert refused(exchange(app, first["id_token"])) == ("invalid_request", NOT_GOOD)
    assert exchange(app, later["id_token"]).status_code == 200


@spec("OpenID Connect Core §12.2", "B-29")
def test_one_of_a_refresh_leads_to_the_same_grant() -> None:
    app = desk()
    tokens = app.tokens(scope="openid notes:read")
    narrow = app.refresh(tokens["refresh_token"], scope="openid").json()
    token = exchange(app, narrow["id_token"]).json()["access_token"]
    parent = Authorization.objects.get(parent=None)
    assert Authorization.objects.get(parent=parent.pk).user == app.person
    app.post("revoke", token=narrow["refresh_token"])
    assert app.introspect(token) == {"active": False}
    assert refused(exchange(app, narrow["id_token"])) == ("invalid_request", NOT_GOOD)


@spec("OpenID Connect Core §3.3.2.5", "B-29")
def test_one_of_the_front_channel_leads_to_its_grant_too() -> None:
    app = desk()
    app.registered.policy.profile = "legacy"
    app.registered.policy.flows = [*app.registered.policy.flows, "hybrid"]
    app.registered.policy.save()
    asked = {"response_type": "code id_token", "nonce": "n", "scope": "openid notes:read"}
    answer = answered(app.decide(**asked), mode="fragment")
    assert exchange(app, answer["id_token"]).json()["scope"] == "notes:read openid"
    Authorization.objects.update(revoked=timezone.now())
    assert refused(exchange(app, answer["id_token"])) == ("invalid_request", NOT_GOOD)


@pytest.mark.parametrize(
    "jti",
    [
        None,
        7,
        "",
        ".",
        "x" * 32 + ".x",
        f"{'0' * 32}.x",
        "5f0c3f0a-5a0e-4f0b-8d0c-1b2a3c4d5e6f",
        "5f0c3f0a5a0e4f0b8d0c1b2a3c4d5e6f",
        "5f0c3f0a5a0e4f0b8d0c1b2a3c4d5e6f.x",
    ],
)
@spec("RFC 8693 §2.2.2", "OpenID Connect Core §2")
def test_one_that_names_no_grant_is_refused(jti: Any) -> None:
    """As those of django-oauth-toolkit, and those that were issued before they named theirs."""
    app = desk()
    signed_in(app)
    assert refused(exchange(app, id_token(app, jti=jti))) == ("invalid_request", NOT_GOOD)


@spec("RFC 8693 §2.2.2", "B-22")
def test_one_that_names_the_grant_of_another_person_or_client_is_refused() -> None:
    app, other = desk(), desk()
    elsewhere = begin(registered=app.registered)
    signed_in(app)
    for grant in (signed_in(other), signed_in(elsewhere)):
        token = id_token(app, jti=jti_for(grant.pk))
        assert refused(exchange(app, token)) == ("invalid_request", NOT_GOOD)


@spec("RFC 7519 §4.1.7", "B-29")
def test_no_two_have_the_same_id() -> None:
    app = desk()
    tokens = app.tokens(scope="openid")
    ids = {claims(tokens["id_token"])["jti"]}
    for _ in range(3):
        tokens = app.refresh(tokens["refresh_token"]).json()
        ids.add(claims(tokens["id_token"])["jti"])
    assert len(ids) == 4


@pytest.mark.parametrize(
    "changes",
    [
        {"iss": "https://evil.example"},
        {"iss": None},
        {"aud": "somebody-else"},
        {"aud": []},
        {"aud": [7]},
        {"aud": None},
        {"aud": {"a": 1}},
        {"azp": "somebody-else"},
        {"azp": 7},
        {"sub": "424242"},
        {"sub": "x"},
        {"sub": "9" * 60},
        {"sub": ""},
        {"sub": 7},
        {"sub": None},
        {"exp": 1},
        {"exp": None},
        {"exp": True},
        {"exp": "9999999999"},
        {"exp": 1e300},
        {"typ": "at+jwt"},
        {"typ": "logout+jwt"},
        {"typ": "userinfo+jwt"},
        {"typ": ""},
    ],
)
@spec("RFC 8693 §2.2.2", "OpenID Connect Core §3.1.3.7", "B-1", "B-3")
def test_one_that_is_not_good_is_refused(changes: dict[str, Any]) -> None:
    app = desk()
    signed_in(app)
    count = Access.objects.count()
    assert exchange(app, id_token(app)).status_code == 200
    count += 1
    assert refused(exchange(app, id_token(app, **changes))) == ("invalid_request", NOT_GOOD)
    assert Access.objects.count() == count


@spec("RFC 8693 §2.2.2", "B-22")
def test_one_that_tells_somebody_else_is_refused() -> None:
    app, other = desk(), desk()
    signed_in(app)
    assert refused(exchange(other, id_token(app))) == ("invalid_request", NOT_GOOD)
    both = [app.registered.client_id, other.registered.client_id]
    told_both = id_token(app, aud=both, azp=app.registered.client_id)
    assert exchange(other, told_both).status_code == 200


@spec("RFC 8693 §2.2.2", "B-20")
def test_a_deactivated_person_or_a_disabled_client_is_refused() -> None:
    app, other = desk(), desk()
    signed_in(app)
    both = {"aud": [app.registered.client_id, other.registered.client_id]}
    token = id_token(app, azp=app.registered.client_id, **both)
    assert exchange(other, token).status_code == 200
    app.registered.policy.is_enabled = False
    app.registered.policy.save()
    assert refused(exchange(other, token)) == ("invalid_request", NOT_GOOD)
    app.registered.policy.is_enabled = True
    app.registered.policy.save()
    app.person.is_active = False
    app.person.save()
    assert refused(exchange(other, token)) == ("invalid_request", NOT_GOOD)


@spec("OpenID Connect Core §8.1", "B-29")
def test_a_pairwise_subject_is_known_by_its_grant_alone() -> None:
    app = desk()
    app.registered.policy.subject_type = "pairwise"
    app.registered.policy.save()
    signed_in(app)
    pairwise = subject_of(_facts(app), app.person.pk)
    token = exchange(app, id_token(app, sub=pairwise)).json()["access_token"]
    assert Access.objects.last().user == app.person
    assert claims(token)["sub"] == pairwise
    for wrong in (str(app.person.pk), subject_of(_facts(app), PersonFactory().pk)):
        assert refused(exchange(app, id_token(app, sub=wrong)))[1] == NOT_GOOD
    alone = exchange(app, id_token(app, sub=pairwise, jti=None))
    assert refused(alone) == ("invalid_request", NOT_GOOD)


def _facts(app: Story) -> Any:
    return client_of(app.registered.client_id)


@spec("RFC 8693 §3", "B-23")
def test_an_id_token_is_no_access_token_and_the_other_way_round() -> None:
    app = desk()
    signed_in(app)
    access = app_token(app)
    assert refused(exchange(app, access)) == ("invalid_request", NOT_GOOD)
    assert refused(app.exchange(id_token(app))) == ("invalid_request", NOT_GOOD)


@spec("RFC 8693 §2.1", "RFC 8693 §4.1")
def test_an_id_token_says_who_acts() -> None:
    app = desk()
    agent = begin(registered=app.registered)
    signed_in(agent)
    token = app.tokens(scope="openid notes:read")["access_token"]
    members = exchanged(app, token, actor_token=id_token(agent), actor_token_type=ID_TOKEN)
    assert claims(members["access_token"])["act"] == {"sub": str(agent.person.pk)}


@examples(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(value=st.text(st.characters(blacklist_categories=("Cs",)), max_size=200))
@pytest.mark.parametrize("kind", ["access_token", "jwt", "id_token"])
@spec("B-1")
def test_whatever_is_shown_for_a_token_is_a_400(
    kind: str, value: str, shared: dict[str, Story]
) -> None:
    app = shared.setdefault("app", desk())
    named = {"subject_token_type": f"urn:ietf:params:oauth:token-type:{kind}"}
    for token in (value, f"eyJ{value}.e30.{value}", "e30" * 50 + ".e30.e30"):
        assert app.exchange(token, **named).status_code in (400, 401)


@pytest.fixture
def shared(db: None) -> dict[str, Story]:
    """One client for many examples."""
    return {}


@spec("B-1")
def test_a_deeply_nested_token_is_a_400() -> None:
    deep = urlsafe_b64encode(b"[" * 5000).decode().rstrip("=")
    app = desk()
    for value in (f"{deep[:7000]}.e30.x", f"e30.{deep[:7000]}.x"):
        for kind in (ID_TOKEN, ACCESS_TOKEN):
            assert refused(app.exchange(value, subject_token_type=kind))[1] == NOT_GOOD


# Who may act (RFC 8693 §4.4) -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("may_act", "status"),
    [
        (lambda app: {"sub": app.registered.client_id}, 200),
        (lambda app: {"sub": app.registered.client_id, "iss": "http://testserver/o"}, 200),
        (
            lambda app: {
                "sub": app.registered.client_id,
                "client_id": app.registered.client_id,
            },
            200,
        ),
        (lambda app: {"sub": "somebody-else"}, 400),
        (lambda app: {"sub": app.registered.client_id, "iss": "https://evil.example"}, 400),
        (lambda app: {"sub": app.registered.client_id, "email": "a@b.example"}, 400),
        (lambda app: {"client_id": app.registered.client_id}, 400),
        (lambda app: {}, 400),
        (lambda app: [], 400),
        (lambda app: app.registered.client_id, 400),
        (lambda app: {"sub": [app.registered.client_id]}, 400),
    ],
)
@pytest.mark.parametrize("may_impersonate", [False, True])
@spec("RFC 8693 §4.4")
def test_nobody_acts_but_whom_the_token_names(
    may_act: Any, status: int, may_impersonate: bool
) -> None:
    app = desk()
    app.registered.policy.may_impersonate = may_impersonate
    app.registered.policy.save()
    signed_in(app)
    response = exchange(app, id_token(app, may_act=may_act(app)))
    assert response.status_code == status
    if status == 400:
        assert refused(response) == (
            "invalid_request",
            "The subject token names somebody else who may act.",
        )


@spec("RFC 8693 §4.4")
def test_the_one_whom_the_token_names_may_be_a_person() -> None:
    app = desk()
    agent = begin(registered=app.registered)
    signed_in(app)
    signed_in(agent)
    token = id_token(app, may_act={"sub": str(agent.person.pk)})
    proof = {"actor_token": id_token(agent), "actor_token_type": ID_TOKEN}
    assert exchange(app, token, **proof).status_code == 200
    assert exchange(app, token).status_code == 400


@spec("RFC 8693 §4.1", "RFC 8693 §4.4", "RFC 7662 §2.2")
def test_an_access_token_says_who_may_act_too() -> None:
    """As one that a project of its own had made."""
    app, service = begin(), api()
    app_token(app)
    names = {"sub": "somebody-else"}
    made = jwt.sign({"may_act": names, "aud": API}, typ="at+jwt")
    Access.objects.update(token_checksum=checksum(made))
    Authorization.objects.update(first_access_checksum=checksum(made))
    assert refused(service.exchange(made))[1].startswith("The subject token names somebody else")
    assert service.introspect(made)["may_act"] == names


@spec("RFC 8693 §2.2.1")
def test_nothing_outlives_the_id_token() -> None:
    app = desk()
    signed_in(app)
    soon = int((timezone.now() + timedelta(seconds=30)).timestamp())
    assert exchange(app, id_token(app, exp=soon)).json()["expires_in"] <= 30

"""Programs that are not run here: what they send signs a person in, and what they miss is named."""

from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command

from django_oauthflows.audit.models import AuditEvent
from django_oauthflows.clients.registration import register_client
from django_oauthflows.testing.client import VERIFIER, answered
from django_oauthflows.testing.factories import PersonFactory
from tests.clients.programs.sent import PROGRAMS, Sent, proof_of
from tests.identity.stories import AS_PROVIDER, WITHOUT_PKCE, claims_of, userinfo
from tests.marks import spec
from tests.stories import Story, begin

pytestmark = pytest.mark.django_db

SCOPES = ["openid", "profile", "email"]


@pytest.fixture(autouse=True)
def provider(settings: Any) -> None:
    settings.OAUTH2_PROVIDER = AS_PROVIDER


@pytest.fixture(params=PROGRAMS, ids=str)
def program(request: pytest.FixtureRequest) -> Sent:
    found: Sent = request.param
    return found


def begun(program: Sent) -> Story:
    """The program, registered for those scopes, and Ada at her browser."""
    made = register_client(name=program.name, scopes=SCOPES, **program.registered)
    ada = PersonFactory(first_name="Ada", last_name="Lovelace", email="ada@example.org")
    return begin(registered=made, person=ada)


def parameters_of(program: Sent) -> dict[str, Any]:
    known = {"redirect_uri": program.redirect_uri} if program.redirect_uri else {}
    return {**known, **program.asks}


def allowed(story: Story, asked: dict[str, Any]) -> Any:
    """The answer of a person who allows all that the program asks for."""
    scopes = asked["scope"].split() if asked["scope"] else SCOPES
    url = story.authorization_url(**asked)
    if "prompt" in asked:
        # First a page asks which account it is.
        form = "application/x-www-form-urlencoded"
        url = story.browser.post(url, "account=continue", content_type=form)["Location"]
    return story.press(url, decision="allow", scopes=scopes)


def tokens_of(program: Sent, story: Story) -> dict[str, Any]:
    """Sign in, and redeem the code as the program does."""
    asked = parameters_of(program)
    code = answered(allowed(story, asked))["code"]
    has_pkce = asked.get("code_challenge", "") is not None
    answer = story.post(
        "token",
        grant_type="authorization_code",
        code=code,
        redirect_uri=program.redirect_uri or story.registered.redirect_uris[0],
        code_verifier=VERIFIER if has_pkce else None,
        **proof_of(program, story.registered.client_id, story.registered.client_secret),
    )
    assert answer.status_code == 200, answer.content
    tokens: dict[str, Any] = answer.json()
    return tokens


@spec("RFC 6749 §4.1", "OpenID Connect Core §3.1", "OpenID Connect Core §5.4")
def test_a_person_signs_in_and_the_program_knows_who_it_is(program: Sent) -> None:
    story = begun(program)
    tokens = tokens_of(program, story)

    assert set(tokens["scope"].split()) <= {*SCOPES, "offline_access"}
    if program.is_told_in == "id_token":
        told = claims_of(story, tokens["id_token"])
        assert told.get("nonce") == program.asks.get("nonce")
    elif program.is_told_in == "userinfo":
        told = userinfo(story, tokens["access_token"]).json()
    else:
        return
    assert [name for name in program.wants if not told.get(name)] == []
    # Whoever does not know says nothing: oauth2-proxy refuses a "no".
    assert "email_verified" not in told


@spec("RFC 9700 §2.1.1", "RFC 7636 §4.4.1")
@pytest.mark.parametrize("program", [one for one in PROGRAMS if one.switch], ids=str)
def test_a_default_without_any_proof_is_refused_with_what_to_switch_on(program: Sent) -> None:
    story = begun(program)
    refused = answered(story.ask(**{**parameters_of(program), **WITHOUT_PKCE}))

    assert refused["error"] == "invalid_request"
    reference = AuditEvent.objects.latest("pk").reference
    printed = StringIO()
    call_command("oauthflows_explain", reference, stdout=printed)
    assert reference in refused["error_description"]
    assert program.switch in " ".join(printed.getvalue().split())


@spec("RFC 6749 §6")
def test_its_tokens_are_refreshed(program: Sent) -> None:
    story = begun(program)
    tokens = tokens_of(program, story)
    proof = proof_of(program, story.registered.client_id, story.registered.client_secret)
    asked = {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"], **proof}

    assert story.post("token", **asked).json()["refresh_token"] != tokens["refresh_token"]


@spec("RFC 6749 §4.4.2", "RFC 6749 §3.3")
def test_plain_libraries_for_services_name_no_scope() -> None:
    """requests-oauthlib's BackendApplicationClient, and Go's clientcredentials."""
    made = register_client(preset="service", name="Reports", scopes=["notes:read"])
    answer = begin(registered=made).post("token", grant_type="client_credentials")

    assert answer.json()["scope"] == "notes:read"

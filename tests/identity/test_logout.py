"""A client asks to sign a person out (OpenID Connect RP-Initiated Logout 1.0)."""

import re
from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client

from django_oauthflows.audit.models import AuditEvent
from django_oauthflows.clients.secrets import add as add_secret
from django_oauthflows.keys import jwt
from django_oauthflows.protocol import posted_logouts
from django_oauthflows.sessions.models import ProviderSession
from django_oauthflows.testing.factories import PersonFactory
from tests.consent.test_consent_page import text_of
from tests.identity.logouts import BACK, PAGE, ask, is_signed_in, press, signed_in
from tests.identity.stories import change, claims_of, userinfo
from tests.marks import conformance, spec
from tests.stories import Story

pytestmark = pytest.mark.django_db

FORM = "application/x-www-form-urlencoded"


def refused(story: Story, response: Any, rule: str) -> None:
    """A page, no redirect, nobody signed out, and the reason in the record."""
    assert response.status_code == 400
    assert "Location" not in response
    assert "You were not signed out" in text_of(response)
    assert is_signed_in(story)
    event = AuditEvent.objects.get(reference=response["X-OAuth-Reference"])
    assert (event.rule, event.endpoint) == (rule, "logout")


@spec("OpenID Connect RP-Initiated Logout 1.0 §2", "B-31")
@conformance("oidcc-rp-initiated-logout")
def test_a_clients_hint_signs_its_person_out_and_back_to_it() -> None:
    story, tokens = signed_in()
    response = ask(
        story, id_token_hint=tokens["id_token"], post_logout_redirect_uri=BACK, state="a&b=ü"
    )
    assert response.status_code == 302
    assert response["Location"] == f"{BACK}?state=a%26b%3D%C3%BC"
    assert response["Cache-Control"] == "no-store"
    assert not is_signed_in(story)


@spec("OpenID Connect RP-Initiated Logout 1.0 §3")
@conformance("oidcc-rp-initiated-logout-no-state")
def test_without_a_state_none_is_sent_back() -> None:
    story, tokens = signed_in()
    response = ask(story, id_token_hint=tokens["id_token"], post_logout_redirect_uri=BACK)
    assert response["Location"] == BACK


@spec("OpenID Connect RP-Initiated Logout 1.0 §3")
def test_an_address_keeps_its_own_query() -> None:
    story, tokens = signed_in()
    uri = "com.example.app:/signed-out?from=op"
    story.registered.application.post_logout_redirect_uris = uri
    story.registered.application.save()
    hint = tokens["id_token"]
    response = ask(story, id_token_hint=hint, post_logout_redirect_uri=uri, state="s")
    assert response["Location"] == f"{uri}&state=s"


@spec("OpenID Connect RP-Initiated Logout 1.0 §2", "B-31")
def test_asking_twice_changes_nothing_and_leads_back_again() -> None:
    story, tokens = signed_in()
    wanted = {
        "id_token_hint": tokens["id_token"],
        "post_logout_redirect_uri": BACK,
        "state": "s",
    }
    assert ask(story, **wanted)["Location"] == ask(story, **wanted)["Location"]


@spec("OpenID Connect RP-Initiated Logout 1.0 §2")
@conformance("oidcc-rp-initiated-logout-no-post-logout-redirect-uri")
def test_without_an_address_the_person_is_told_and_goes_nowhere() -> None:
    story, tokens = signed_in()
    response = ask(story, id_token_hint=tokens["id_token"])
    assert response.status_code == 200
    assert "You are signed out" in text_of(response)
    assert not is_signed_in(story)


@spec("OpenID Connect RP-Initiated Logout 1.0 §2")
@conformance("oidcc-rp-initiated-logout-no-params", "oidcc-rp-initiated-logout-only-state")
@pytest.mark.parametrize("parameters", [{}, {"state": "s"}])
def test_a_link_alone_signs_nobody_out_before_they_are_asked(parameters: dict[str, str]) -> None:
    story, _ = signed_in()
    page = ask(story, **parameters)
    assert page.status_code == 200
    assert "Sign out?" in text_of(page)
    assert "Ada Lovelace" in text_of(page)
    assert is_signed_in(story)
    done = press(story, "sign-out", **parameters)
    assert "You are signed out" in text_of(done)
    assert not is_signed_in(story)


@spec("OpenID Connect RP-Initiated Logout 1.0 §2")
@conformance("oidcc-rp-initiated-logout-no-id-token-hint")
def test_a_client_without_a_hint_has_the_person_asked_and_gets_them_back() -> None:
    story, _ = signed_in()
    wanted = {
        "client_id": story.registered.client_id,
        "post_logout_redirect_uri": BACK,
        "state": "s",
    }
    page = ask(story, **wanted)
    assert f"{story.registered.application.name} asks to sign you out" in text_of(page)
    assert "https:" in re.search(r"form-action ([^;]*)", page["Content-Security-Policy"])[1]  # type: ignore[index]
    response = press(story, "sign-out", **wanted)
    assert (response.status_code, response["Location"]) == (303, f"{BACK}?state=s")
    assert not is_signed_in(story)


@spec("OpenID Connect RP-Initiated Logout 1.0 §3", "B-16")
def test_who_stays_is_signed_in_and_sent_nowhere() -> None:
    story, _ = signed_in()
    response = press(
        story,
        "stay",
        client_id=story.registered.client_id,
        post_logout_redirect_uri=BACK,
    )
    assert "You are still signed in" in text_of(response)
    assert is_signed_in(story)


@spec("OpenID Connect RP-Initiated Logout 1.0 §3")
@conformance("oidcc-rp-initiated-logout-no-id-token-hint")
def test_an_address_without_a_client_is_refused() -> None:
    story, _ = signed_in()
    response = ask(story, post_logout_redirect_uri=BACK)
    refused(story, response, "client_must_be_known_to_return_to_it")


@spec("OpenID Connect RP-Initiated Logout 1.0 §4")
@conformance(
    "oidcc-rp-initiated-logout-bad-id-token-hint",
    "oidcc-rp-initiated-logout-modified-id-token-hint",
)
@pytest.mark.parametrize(
    "kind",
    [
        *("modified", "foreign", "unsigned", "access", "logout", "userinfo", "introspection"),
        *("without exp", "without iat", "without aud", "without iss", "exp as text", "nonsense"),
    ],
)
def test_a_hint_that_is_none_of_our_id_tokens_is_refused(kind: str) -> None:
    story, tokens = signed_in()
    good = tokens["id_token"]
    claims = claims_of(story, good)
    head, body, _ = good.split(".")
    hint = {
        "modified": f"{head}.{body}.{'A' * 342}",
        "foreign": jwt.sign({**claims, "iss": "https://other.example"}, typ="JWT"),
        "unsigned": f"eyJhbGciOiJub25lIn0.{body}.",
        "access": jwt.sign(claims, typ="at+jwt"),
        "logout": jwt.sign(claims, typ="logout+jwt"),
        "userinfo": jwt.sign(claims, typ="userinfo+jwt"),
        "introspection": jwt.sign(claims, typ="token-introspection+jwt"),
        "exp as text": jwt.sign({**claims, "exp": str(claims["exp"])}, typ="JWT"),
        **{
            f"without {name}": jwt.sign(without(claims, name), typ="JWT")
            for name in ("exp", "iat", "aud", "iss")
        },
        "nonsense": "a.b.c",
    }[kind]
    response = ask(story, id_token_hint=hint, post_logout_redirect_uri=BACK)
    refused(story, response, "id_token_hint_must_be_an_id_token_of_ours")


def without(claims: dict[str, Any], name: str) -> dict[str, Any]:
    """The claims but one."""
    return {key: value for key, value in claims.items() if key != name}


@spec("OpenID Connect RP-Initiated Logout 1.0 §4", "OpenID Connect Core §5.3.2", "RFC 8725 §3.11")
def test_signed_userinfo_is_no_hint() -> None:
    story, tokens = signed_in(userinfo_signed_response_alg="RS256")
    answer = userinfo(story, tokens["access_token"]).content.decode()
    response = ask(story, id_token_hint=answer)
    refused(story, response, "id_token_hint_must_be_an_id_token_of_ours")


@spec("OpenID Connect RP-Initiated Logout 1.0 §2")
@pytest.mark.parametrize("sid", [None, "", "another", 7, ["x"]])
def test_a_hint_without_the_name_of_this_session_has_the_person_asked(sid: Any) -> None:
    """As the ID tokens of django-oauth-toolkit, which name no session."""
    story, tokens = signed_in()
    claims = without(claims_of(story, tokens["id_token"]), "sid")
    hint = jwt.sign({**claims, **({} if sid is None else {"sid": sid})}, typ="JWT")
    page = ask(story, id_token_hint=hint, post_logout_redirect_uri=BACK)
    assert "asks to sign you out" in text_of(page)
    assert is_signed_in(story)
    done = press(story, "sign-out", id_token_hint=hint, post_logout_redirect_uri=BACK)
    assert done["Location"] == BACK


@spec("OpenID Connect RP-Initiated Logout 1.0 §4")
def test_an_expired_hint_is_as_good_as_a_new_one() -> None:
    story, tokens = signed_in()
    claims = {**claims_of(story, tokens["id_token"]), "exp": 1, "iat": 0}
    hint = jwt.sign(claims, typ="JWT", algorithm="RS256")
    assert ask(story, id_token_hint=hint, post_logout_redirect_uri=BACK)["Location"] == BACK
    assert not is_signed_in(story)


@spec("OpenID Connect RP-Initiated Logout 1.0 §2")
def test_the_client_id_must_be_the_hints() -> None:
    story, tokens = signed_in()
    other, _ = signed_in()
    response = ask(story, id_token_hint=tokens["id_token"], client_id=other.registered.client_id)
    refused(story, response, "client_must_be_the_one_of_the_hint")


@spec("OpenID Connect RP-Initiated Logout 1.0 §2")
def test_a_hint_about_somebody_else_has_the_person_asked() -> None:
    story, _ = signed_in()
    _, tokens = signed_in()
    response = ask(story, id_token_hint=tokens["id_token"])
    assert "asks to sign you out" in text_of(response)
    assert is_signed_in(story)


@spec("OpenID Connect RP-Initiated Logout 1.0 §2")
def test_a_hint_of_an_earlier_sign_in_has_the_person_asked() -> None:
    story, tokens = signed_in()
    story.browser = Client()
    story.browser.force_login(story.person)
    assert "asks to sign you out" in text_of(ask(story, id_token_hint=tokens["id_token"]))
    assert is_signed_in(story)


@spec("OpenID Connect RP-Initiated Logout 1.0 §2")
def test_a_project_may_have_everybody_asked(settings: Any) -> None:
    story, tokens = signed_in()
    settings.OAUTH2_PROVIDER = {
        **settings.OAUTH2_PROVIDER,
        "OIDC_RP_INITIATED_LOGOUT_ALWAYS_PROMPT": True,
    }
    assert "asks to sign you out" in text_of(ask(story, id_token_hint=tokens["id_token"]))
    assert is_signed_in(story)


@spec("OpenID Connect RP-Initiated Logout 1.0 §2", "B-29")
def test_a_pairwise_subject_is_the_persons_too() -> None:
    story, tokens = signed_in(subject_type="pairwise")
    assert ask(story, id_token_hint=tokens["id_token"]).status_code == 200
    assert not is_signed_in(story)


@spec("OpenID Connect RP-Initiated Logout 1.0 §2", "B-29")
def test_a_pairwise_clients_hint_of_another_session_has_the_person_asked() -> None:
    story, tokens = signed_in(subject_type="pairwise")
    story.browser = Client()
    story.browser.force_login(story.person)
    assert "asks to sign you out" in text_of(ask(story, id_token_hint=tokens["id_token"]))
    assert is_signed_in(story)


@spec("OpenID Connect RP-Initiated Logout 1.0 §2", "B-29")
def test_a_pairwise_clients_hint_from_before_the_names_differed_is_good() -> None:
    story, tokens = signed_in(subject_type="pairwise")
    claims = {**claims_of(story, tokens["id_token"])}
    claims["sid"] = ProviderSession.objects.get(user=story.person).sid
    ask(story, id_token_hint=jwt.sign(claims, typ="JWT"))
    assert not is_signed_in(story)


@spec("OpenID Connect RP-Initiated Logout 1.0 §4", "OpenID Connect Core §10.1")
def test_a_hint_signed_with_the_clients_secret_is_genuine() -> None:
    story, _ = signed_in()
    add_secret(story.registered.application, label="readable", is_readable=True)
    change(story, id_token_signed_response_alg="HS256")
    hint = story.tokens()["id_token"]
    ask(story, id_token_hint=hint)
    assert not is_signed_in(story)
    story.browser.force_login(story.person)
    head, body, _ = hint.split(".")
    response = ask(story, id_token_hint=f"{head}.{body}.{'A' * 43}")
    refused(story, response, "id_token_hint_must_be_an_id_token_of_ours")


@spec("OpenID Connect RP-Initiated Logout 1.0 §2")
def test_a_request_may_be_posted_from_another_site() -> None:
    story, tokens = signed_in()
    story.browser = Client(enforce_csrf_checks=True)
    story.browser.force_login(story.person)
    story.browser.get("/o/connected-apps/")
    body = urlencode(
        {
            "id_token_hint": tokens["id_token"],
            "post_logout_redirect_uri": BACK,
            "state": "s",
        }
    )
    # Browsers send no session cookie with it, so that nothing can be decided yet.
    response = Client(enforce_csrf_checks=True).post(PAGE, body, content_type=FORM)
    assert response.status_code == 303
    assert tokens["id_token"] not in response["Location"]
    page = story.browser.get(response["Location"])
    # Their hint is of an earlier sign-in.
    assert "asks to sign you out" in text_of(page)
    token = re.search(r'csrfmiddlewaretoken" value="([^"]+)"', page.content.decode())[1]  # type: ignore[index]
    done = story.browser.post(
        response["Location"], {"decision": "sign-out", "csrfmiddlewaretoken": token}
    )
    assert done["Location"] == f"{BACK}?state=s"
    assert not is_signed_in(story)


@spec("OpenID Connect RP-Initiated Logout 1.0 §2")
def test_a_posted_hint_signs_its_person_out_too() -> None:
    story, tokens = signed_in()
    body = urlencode({"id_token_hint": tokens["id_token"], "post_logout_redirect_uri": BACK})
    response = story.browser.post(PAGE, body, content_type=FORM)
    assert is_signed_in(story)
    assert story.browser.get(response["Location"])["Location"] == BACK
    assert not is_signed_in(story)


@spec("OpenID Connect RP-Initiated Logout 1.0 §2")
def test_a_posted_request_is_over_after_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    story, tokens = signed_in()
    body = urlencode({"id_token_hint": tokens["id_token"]})
    monkeypatch.setattr(posted_logouts, "_LIFETIME", -1)
    response = story.browser.post(PAGE, body, content_type=FORM)
    refused(story, story.browser.get(response["Location"]), "posted_logout_must_be_recent")


@spec("B-16")
def test_a_decision_takes_a_form_of_this_site() -> None:
    story, _ = signed_in()
    story.browser = Client(enforce_csrf_checks=True)
    story.browser.force_login(story.person)
    assert press(story, "sign-out").status_code == 403
    assert is_signed_in(story)


@spec("OpenID Connect RP-Initiated Logout 1.0 §2", "B-3")
def test_a_posted_request_is_refused_like_any_other() -> None:
    story, _ = signed_in()
    body = urlencode(
        {
            "client_id": story.registered.client_id,
            "post_logout_redirect_uri": "https://evil.example/",
        }
    )
    response = story.browser.post(PAGE, body, content_type=FORM)
    refused(story, response, "return_address_must_be_registered")


@spec("B-1")
@pytest.mark.parametrize("posted", ["", "x", "%00", "é", "A" * 5000, "\ud800"])
def test_a_carried_request_that_nobody_sealed_is_refused(posted: str) -> None:
    story, _ = signed_in()
    query = urlencode({"posted": posted}, errors="surrogatepass")
    response = story.browser.get(f"{PAGE}?{query}")
    refused(story, response, "posted_logout_must_be_recent")


@spec("B-1")
@pytest.mark.parametrize(
    "query",
    [
        "state=%00",
        "state=%ff",
        "state=a&state=b",
        "id_token_hint=" + "a" * 9000,
        "post_logout_redirect_uri=http%3A%2F%2F%5B",
        "client_id=%00",
        "id_token_hint=é",
        "&".join(f"a{n}=b" for n in range(200)),
    ],
)
def test_what_is_malformed_is_a_page_and_signs_nobody_out(query: str) -> None:
    story, _ = signed_in()
    response = story.browser.get(f"{PAGE}?{query}")
    assert response.status_code == 400
    assert is_signed_in(story)


@spec("B-1")
@pytest.mark.parametrize(
    "content_type", ["application/json", "text/plain", "multipart/form-data; boundary=x"]
)
def test_another_kind_of_body_is_refused(content_type: str) -> None:
    story, _ = signed_in()
    response = story.browser.post(PAGE, b'{"a": [', content_type=content_type)
    assert response.status_code in (400, 415)
    assert is_signed_in(story)


@spec("B-1", "OpenID Connect RP-Initiated Logout 1.0 §2")
@pytest.mark.parametrize("method", ["head", "put", "delete", "options"])
def test_only_get_and_post_sign_anybody_out(method: str) -> None:
    story, tokens = signed_in()
    send = getattr(story.browser, method)
    assert send(f"{PAGE}?id_token_hint={tokens['id_token']}").status_code == 405
    assert is_signed_in(story)


@spec("OpenID Connect RP-Initiated Logout 1.0 §2", "OpenID Connect Core §3.1.2.1")
def test_the_page_speaks_the_language_that_was_asked_for() -> None:
    story, _ = signed_in()
    page = ask(story, ui_locales="xx-invalid de en")
    assert '<html lang="de"' in page.content.decode()


@spec("B-2", "B-4")
def test_no_page_shows_the_hint(caplog: pytest.LogCaptureFixture) -> None:
    story, tokens = signed_in()
    hint = tokens["id_token"]
    page = ask(story, id_token_hint=hint, client_id="somebody-else")
    assert hint not in page.content.decode()
    assert hint not in caplog.text
    story.browser = Client()
    story.browser.force_login(PersonFactory())
    page = ask(story, id_token_hint=hint)
    assert hint not in page.content.decode()
    assert page["X-Frame-Options"] == "DENY"
    assert "default-src 'none'" in page["Content-Security-Policy"]


@spec("OpenID Connect RP-Initiated Logout 1.0 §2.1")
@conformance("oidcc-rp-initiated-logout-discovery-endpoint-verification")
def test_the_metadata_names_the_endpoint() -> None:
    story, _ = signed_in()
    metadata = story.back_channel.get("/o/.well-known/openid-configuration").json()
    assert metadata["end_session_endpoint"] == "http://testserver/o/logout/"


@spec("OpenID Connect RP-Initiated Logout 1.0 §2", "B-20")
def test_a_sign_out_ends_what_the_policy_binds_to_it() -> None:
    story, _ = signed_in(revokes_on_logout=True)
    tokens = story.tokens()
    ask(story, id_token_hint=tokens["id_token"])
    assert story.call(tokens["access_token"]).status_code == 401


@spec("B-20")
def test_what_was_granted_before_the_session_changed_its_key_ends_too() -> None:
    story, _ = signed_in(revokes_on_logout=True)
    tokens = story.tokens()
    session = story.browser.session
    session.cycle_key()
    session.save()
    story.browser.cookies["sessionid"] = session.session_key
    ask(story, id_token_hint=tokens["id_token"])
    assert story.call(tokens["access_token"]).status_code == 401

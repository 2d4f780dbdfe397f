"""A return address that is not registered is dropped: the person is asked, and stays here.

OpenID Connect RP-Initiated Logout 1.0 §3 and §4.
"""

from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client

from django_oauthflows.audit.models import AuditEvent
from django_oauthflows.keys import jwt
from tests.consent.test_consent_page import text_of
from tests.identity.logouts import BACK, PAGE, ask, is_signed_in, press, signed_in
from tests.identity.stories import change, claims_of
from tests.identity.test_frontchannel_logout import frames_of, policy_of
from tests.marks import conformance, spec
from tests.stories import Story

pytestmark = pytest.mark.django_db

SPEC = "OpenID Connect RP-Initiated Logout 1.0 §3"
FORM = "application/x-www-form-urlencoded"
EVIL = "https://evil.example/home"


def leads_nowhere(response: Any, address: str) -> None:
    """Neither a redirect, nor a link, nor a script or form that could follow the address."""
    html = response.content.decode()
    assert response.status_code == 200
    assert "Location" not in response
    assert "evil.example" not in html + str(response.headers)
    assert f'"{address}' not in html
    assert "http-equiv" not in html
    assert 'id="onward"' not in html
    assert policy_of(response, "form-action") == ["'self'"]


def recorded(response: Any) -> AuditEvent:
    """What the audit log says of the page."""
    return AuditEvent.objects.get(reference=response["X-OAuth-Reference"])


@spec(SPEC, "OpenID Connect RP-Initiated Logout 1.0 §4", "B-31")
@conformance(
    "oidcc-rp-initiated-logout-bad-post-logout-redirect-uri",
    "oidcc-rp-initiated-logout-query-added-to-post-logout-redirect-uri",
)
@pytest.mark.parametrize(
    "address",
    [
        EVIL,
        f"{BACK}?foo=bar",
        f"{BACK}/",
        f"{BACK}#x",
        BACK.upper(),
        "https://client.example/callback",
        "//client.example/signed-out",
        "javascript:alert(1)",
        "http://[",
    ],
)
def test_the_person_is_asked_and_stays_here(address: str) -> None:
    story, tokens = signed_in()
    wanted = {
        "id_token_hint": tokens["id_token"],
        "post_logout_redirect_uri": address,
        "state": "s",
    }
    page = ask(story, **wanted)
    assert "asks to sign you out" in text_of(page)
    assert "an address that is not registered here" in text_of(page)
    assert page["X-OAuth-Reference"] in text_of(page)
    leads_nowhere(page, address)
    assert is_signed_in(story)
    event = recorded(page)
    assert (event.rule, event.endpoint) == ("return_address_must_be_registered", "logout")
    assert tokens["id_token"] not in str(event.detail)
    done = press(story, "sign-out", **wanted)
    assert "You are signed out" in text_of(done)
    leads_nowhere(done, address)
    assert not is_signed_in(story)


@spec(SPEC)
def test_who_stays_is_sent_nowhere_and_stays_signed_in() -> None:
    story, tokens = signed_in()
    wanted = {"id_token_hint": tokens["id_token"], "post_logout_redirect_uri": EVIL}
    stayed = press(story, "stay", **wanted)
    leads_nowhere(stayed, EVIL)
    assert is_signed_in(story)


@spec(SPEC, "RFC 9700 §4.11.2")
def test_who_is_signed_out_already_sees_no_link_either() -> None:
    story, tokens = signed_in()
    story.browser = Client()
    page = ask(story, id_token_hint=tokens["id_token"], post_logout_redirect_uri=EVIL)
    assert "You are signed out" in text_of(page)
    leads_nowhere(page, EVIL)
    late = press(story, "sign-out", id_token_hint=tokens["id_token"], post_logout_redirect_uri=EVIL)
    leads_nowhere(late, EVIL)


@spec("OpenID Connect RP-Initiated Logout 1.0 §2", SPEC)
def test_a_posted_request_is_asked_about_too() -> None:
    """What is carried through the browser must not come out as a request without an address."""
    story, tokens = signed_in()
    wanted = {"id_token_hint": tokens["id_token"], "post_logout_redirect_uri": EVIL}
    kept = story.browser.post(PAGE, urlencode(wanted), content_type=FORM)
    assert kept.status_code == 303
    assert "evil" not in kept["Location"]
    page = story.browser.get(kept["Location"])
    assert "asks to sign you out" in text_of(page)
    leads_nowhere(page, EVIL)
    assert is_signed_in(story)
    assert AuditEvent.objects.filter(rule="return_address_must_be_registered").count() == 1
    done = story.browser.post(kept["Location"], {"decision": "sign-out"})
    leads_nowhere(done, EVIL)
    assert not is_signed_in(story)


@spec(SPEC, "OpenID Connect Front-Channel Logout 1.0 §3")
def test_other_clients_are_told_all_the_same() -> None:
    story, tokens = signed_in(frontchannel_logout_uri="https://client.example/front")
    wanted = {"id_token_hint": tokens["id_token"], "post_logout_redirect_uri": EVIL}
    ask(story, **wanted)
    done = press(story, "sign-out", **wanted)
    assert len(frames_of(done)) == 1
    leads_nowhere(done, EVIL)


@spec("OpenID Connect RP-Initiated Logout 1.0 §2")
@pytest.mark.parametrize("is_deleted", [False, True])
def test_a_client_that_is_gone_has_no_address(is_deleted: bool) -> None:
    story, tokens = signed_in()
    if is_deleted:
        story.registered.application.delete()
    else:
        change(story, is_enabled=False)
    page = ask(story, id_token_hint=tokens["id_token"], post_logout_redirect_uri=BACK)
    assert is_signed_in(story)
    leads_nowhere(page, BACK)
    assert recorded(page).rule == "client_must_be_known_to_return_to_it"
    done = press(story, "sign-out", id_token_hint=tokens["id_token"], post_logout_redirect_uri=BACK)
    leads_nowhere(done, BACK)
    assert not is_signed_in(story)


def test_a_plain_address_the_site_takes_from_nobody_is_dropped_as_well(settings: Any) -> None:
    story, tokens = signed_in()
    plain = "http://127.0.0.1:3000/signed-out"
    application = story.registered.application
    application.post_logout_redirect_uris, application.client_type = plain, "public"
    application.save()
    settings.OAUTH2_PROVIDER = {
        **settings.OAUTH2_PROVIDER,
        "OIDC_RP_INITIATED_LOGOUT_STRICT_REDIRECT_URIS": True,
    }
    page = ask(story, id_token_hint=tokens["id_token"], post_logout_redirect_uri=plain)
    assert recorded(page).rule == "return_address_must_be_https_where_the_site_is_strict"
    leads_nowhere(page, plain)
    assert is_signed_in(story)


def not_asked(story: Story, response: Any, rule: str) -> None:
    """A page of an error: nothing is offered, and nobody is signed out."""
    assert response.status_code == 400
    assert 'name="decision"' not in response.content.decode()
    assert "Location" not in response
    assert is_signed_in(story)
    assert recorded(response).rule == rule


@spec(SPEC, "RFC 9700 §4.11.2")
def test_without_a_hint_the_request_is_refused_as_before() -> None:
    story, _ = signed_in()
    named = {"client_id": story.registered.client_id, "post_logout_redirect_uri": EVIL}
    not_asked(story, ask(story, **named), "return_address_must_be_registered")
    unnamed = ask(story, post_logout_redirect_uri=EVIL)
    not_asked(story, unnamed, "client_must_be_known_to_return_to_it")


@spec("OpenID Connect RP-Initiated Logout 1.0 §2", "OpenID Connect RP-Initiated Logout 1.0 §4")
def test_a_hint_that_is_not_genuine_or_not_the_clients_opens_nothing() -> None:
    story, tokens = signed_in()
    other, _ = signed_in()
    foreign = jwt.sign(
        {**claims_of(story, tokens["id_token"]), "iss": "https://other.example"}, typ="JWT"
    )
    response = ask(story, id_token_hint=foreign, post_logout_redirect_uri=EVIL)
    not_asked(story, response, "id_token_hint_must_be_an_id_token_of_ours")
    response = ask(
        story,
        id_token_hint=tokens["id_token"],
        client_id=other.registered.client_id,
        post_logout_redirect_uri=other.registered.application.post_logout_redirect_uris,
    )
    not_asked(story, response, "client_must_be_the_one_of_the_hint")

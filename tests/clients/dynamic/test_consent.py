"""What people see of a client that registered itself, and that it then works as any other."""

from typing import Any

import pytest
from django.test import override_settings
from oauth2_provider.models import get_application_model

from django_oauthflows.audit.models import AuditEvent
from django_oauthflows.clients.facts import forget_clients
from django_oauthflows.clients.models import ClientPolicy
from django_oauthflows.testing.client import answered
from tests.admin.pages import administrator, change
from tests.clients.dynamic.registering import PUBLIC_KEYS, Registrar, story_of
from tests.marks import conformance, spec
from tests.secrecy.places import every_record, every_row, tell_on

NO_PKCE = {"code_challenge": None, "code_challenge_method": None}


@spec("B-14", "RFC 7591 §5")
@conformance(
    "oidcc-registration-logo-uri", "oidcc-registration-policy-uri", "oidcc-registration-tos-uri"
)
def test_people_see_who_asks_and_that_nobody_vouches_for_it(open_registration: Registrar) -> None:
    told = open_registration.registered(
        client_name="Notes <b>of a stranger</b>",
        client_uri="https://client.example/",
        logo_uri="https://client.example/logo.png",
        policy_uri="https://client.example/privacy",
        tos_uri="https://client.example/terms",
    )
    response = story_of(told).ask(scope="profile")
    page = response.content.decode()
    assert "This app registered itself." in page
    assert "Notes &lt;b&gt;of a stranger&lt;/b&gt;" in page
    for address in ("", "privacy", "terms"):
        assert f'href="https://client.example/{address}"' in page
    assert 'src="https://client.example/logo.png"' in page
    assert "img-src 'self' https://client.example" in response["Content-Security-Policy"]


@spec("RFC 7591 §2.2")
@override_settings(LANGUAGES=[("en", "English"), ("de", "Deutsch"), ("pt-br", "Português")])
@pytest.mark.parametrize(
    ("language", "name", "terms"),
    [
        ("en", "Notes", "/terms"),
        ("de-AT", "Notizen", "/bedingungen"),
        ("pt-br", "Notas", "/terms"),
    ],
)
def test_people_read_it_in_their_language(
    open_registration: Registrar, settings: Any, language: str, name: str, terms: str
) -> None:
    settings.MIDDLEWARE = [*settings.MIDDLEWARE, "django.middleware.locale.LocaleMiddleware"]
    told = open_registration.registered(
        client_name="Notes",
        tos_uri="https://client.example/terms",
        **{
            "client_name#de": "Notizen",
            "client_name#pt-BR": "Notas",
            "tos_uri#de": "https://client.example/bedingungen",
        },
    )
    story = story_of(told)
    url = story.authorization_url(scope="profile")
    page = story.browser.get(url, headers={"Accept-Language": language}).content.decode()
    assert f"<bdi>{name}</bdi>" in page
    assert f'href="https://client.example{terms}"' in page


@spec("OpenID Connect Dynamic Client Registration §3.2", "OpenID Connect Core §3.1.3.3")
@conformance("oidcc-server", "oidcc-idtoken-rs256")
def test_a_client_that_registered_itself_signs_people_in(open_registration: Registrar) -> None:
    told = open_registration.registered(
        jwks=PUBLIC_KEYS, grant_types=["authorization_code", "refresh_token"]
    )
    story = story_of(told)
    tokens = story.tokens(scope="openid email", nonce="a-nonce")
    assert tokens["id_token"].count(".") == 2
    assert story.refresh(tokens["refresh_token"]).status_code == 200


@spec("RFC 9700 §2.1.1", "B-13")
def test_a_public_client_that_registered_itself_needs_pkce(open_registration: Registrar) -> None:
    told = open_registration.registered(token_endpoint_auth_method="none")
    story = story_of(told)
    refused = story.ask(scope="profile", **NO_PKCE)
    assert "error=invalid_request" in refused["Location"]
    assert story.tokens(scope="profile")["access_token"]


@spec("RFC 9700 §2.1.1", "B-13")
def test_a_client_that_registered_itself_never_has_it(open_registration: Registrar) -> None:
    story = story_of(open_registration.registered())
    policy = ClientPolicy.objects.get()
    policy.may_omit_pkce_and_nonce = True
    policy.save()
    assert not policy.may_omit_pkce_and_nonce
    assert "PKCE" in answered(story.ask(**NO_PKCE, scope="profile"))["error_description"]
    application = get_application_model().objects.get()
    said = change(administrator(), application.pk, policy__may_omit_pkce_and_nonce="on")
    assert said.status_code == 200
    assert b"Not for clients that registered themselves" in said.content
    # Not even where it is written past every model.
    ClientPolicy.objects.update(may_omit_pkce_and_nonce=True)
    forget_clients()
    assert "PKCE" in answered(story.ask(**NO_PKCE, scope="profile"))["error_description"]


@spec("RFC 8252 §7.3", "RFC 8252 §8.3")
@pytest.mark.parametrize("method", ["none", "client_secret_post"])
@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_an_installed_app_that_registered_itself_takes_any_port(
    open_registration: Registrar, host: str, method: str
) -> None:
    told = open_registration.registered(
        token_endpoint_auth_method=method, redirect_uris=[f"http://{host}/callback"]
    )
    story = story_of(told)
    there = {"scope": "profile", "redirect_uri": f"http://{host}:53682/callback"}
    for _ in range(2):  # an earlier yes is not enough
        assert story.ask(**there).status_code == 200
        assert "code" in answered(story.decide(**there))
    other = {"127.0.0.1": "localhost", "localhost": "127.0.0.1"}[host]
    assert story.ask(**{**there, "redirect_uri": f"http://{other}/callback"}).status_code == 400


@spec("B-4", "B-17")
@pytest.mark.django_db(transaction=True)
def test_no_table_log_or_answer_to_others_holds_what_it_is_told_once(
    open_registration: Registrar, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    told = open_registration.registered(id_token_signed_response_alg="HS256")
    changed = open_registration.update(told).json()
    open_registration.update(changed, client_secret="marked-secret-of-my-own", logo_uri="x:")
    open_registration.register(grant_types=["password"], client_secret="marked-secret-of-my-own")
    open_registration.read(changed, token="marked-wrong-token")
    secrets = {
        "client secret": told["client_secret"],
        "registration access token": told["registration_access_token"],
        "the next one": changed["registration_access_token"],
        "a chosen secret": "marked-secret-of-my-own",
        "a wrong token": "marked-wrong-token",
    }
    assert tell_on(every_row(), secrets) == []
    assert tell_on(every_record(caplog.records), secrets) == []
    assert AuditEvent.objects.filter(event="client.registered").exists()
    assert AuditEvent.objects.filter(event="client.changed").exists()
    application = get_application_model().objects.get()
    assert application.client_secret.startswith("!")

"""Each address of a client names a host, whichever door it comes through; older rows break no page."""

import re
from contextlib import suppress
from dataclasses import replace
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from oauth2_provider.models import get_application_model

from django_oauthflows.clients.facts import facts_of, forget_clients
from django_oauthflows.clients.models import ClientPolicy
from django_oauthflows.tokens.subjects import sector_of
from tests.admin.pages import CLIENTS, administrator, change
from tests.clients.dynamic.registering import CALLBACK, Registrar, open_registration
from tests.clients.dynamic.test_documents import ID, Publisher, publisher
from tests.endpoints.test_headers import directives
from tests.management_api.calling import URLS, service
from tests.marks import spec
from tests.stories import Story, begin

__all__ = ["open_registration", "publisher"]

pytestmark = pytest.mark.django_db

#: What follows https:// and is no host, or no port.
WRONG = [
    "client.example;script-src",
    "client.example,evil.example",
    "client'.example",
    "client%2eexample",
    "client..example",
    "client_.example",
    "-client.example",
    "client.example.",
    f"{'a' * 64}.example",
    f"{'a.' * 130}example",
    "2130706433",
    "127.1",
    "client.example:",
    "client.example:0",
    "client.example:99999",
    "[fe80::1%25eth0]",
    "[::1]x",
    "user@client.example",
    "evil.example\\.client.example",
    "b\u00fccher.example",
]
#: Of a registration (RFC 7591): a member, and how its address is written.
MEMBERS = (
    "client_uri",
    "logo_uri",
    "policy_uri",
    "tos_uri",
    "logo_uri#de",
    "jwks_uri",
    "sector_identifier_uri",
    "initiate_login_uri",
    "backchannel_logout_uri",
    "frontchannel_logout_uri",
)
LISTS = ("redirect_uris", "post_logout_redirect_uris", "request_uris")
POLICY = (*(name for name in MEMBERS if "#" not in name), "request_uris")


@pytest.fixture(params=WRONG)
def uri(request: Any) -> str:
    return f"https://{request.param}/x"


@spec("RFC 7591 §2", "RFC 3986 §3.2.2")
def test_no_client_registers_such_an_address(open_registration: Registrar, uri: str) -> None:
    for name in MEMBERS:
        assert open_registration.register(**{name: uri}).status_code == 400, name
    for name in LISTS:
        assert open_registration.register(**{name: [uri]}).status_code == 400, name
    assert not get_application_model().objects.exists()


@spec("OAuth Client ID Metadata Document §3")
@pytest.mark.parametrize("host", WRONG)
def test_no_metadata_document_is_looked_for_there(publisher: type[Publisher], host: str) -> None:
    client_id = f"https://{host}/client.json"
    publisher.documents[client_id] = {**publisher.documents[ID], "client_id": client_id}
    assert begin().ask(client_id=client_id, redirect_uri=CALLBACK).status_code == 400
    assert publisher.asked == []


@spec("RFC 6749 §3.1.2")
def test_no_administrator_types_such_an_address(uri: str) -> None:
    browser, application = administrator(), begin().registered.application
    typed = dict.fromkeys(("redirect_uris", "post_logout_redirect_uris"), uri)
    typed |= {"allowed_origins": uri.removesuffix("/x")}
    typed |= {f"policy__{name}": uri for name in POLICY}
    page = change(browser, application.pk, **typed)
    assert page.status_code == 200
    (policy,) = page.context["inline_admin_formsets"][0].formset.errors
    wrong = {*page.context["adminform"].errors, *(f"policy__{name}" for name in policy)}
    assert wrong >= typed.keys()
    filled_in = {"name": "New", "scopes": ["notes:read"], "redirect_uris": uri}
    assert browser.post(f"{CLIENTS}add/?preset=web-app", filled_in).status_code == 200
    application.refresh_from_db()
    assert application.redirect_uris == CALLBACK
    assert get_application_model().objects.count() == 1


@spec("RFC 6749 §3.1.2")
@pytest.mark.urls(URLS)
def test_no_program_writes_such_an_address(uri: str) -> None:
    caller, application = service(), begin().registered.application
    said: dict[str, Any] = {name: [uri] for name in ("redirect_uris", "post_logout_redirect_uris")}
    said |= {"allowed_origins": [uri.removesuffix("/x")]}
    policy = {name: [uri] if name == "request_uris" else uri for name in POLICY}
    answer = caller.patch("client", application.pk, **said)
    assert (answer.status_code, answer.json().keys()) == (400, said.keys())
    answer = caller.patch("client", application.pk, policy=policy)
    assert answer.status_code == 400
    for name, address in policy.items():
        answer = caller.patch("client", application.pk, policy={name: address})
        assert (answer.status_code, [*answer.json()["policy"]]) == (400, [name])
    new: dict[str, Any] = {"preset": "web-app", "name": "New", "scopes": ["notes:read"]}
    wrong = dict.fromkeys(("jwks_uri", "backchannel_logout_uri", "frontchannel_logout_uri"), uri)
    wrong |= {name: said[name] for name in ("redirect_uris", "post_logout_redirect_uris")}
    answer = caller.post("clients", **new, **wrong)
    assert (answer.status_code, answer.json().keys()) == (400, wrong.keys())


@spec("RFC 6749 §3.1.2")
def test_no_command_writes_such_an_address(uri: str) -> None:
    plain = ("--preset", "web-app", "--name", "New", "--scope", "notes:read")
    options = (
        "--redirect-uri",
        "--post-logout-redirect-uri",
        "--jwks-uri",
        "--backchannel-logout-uri",
        "--frontchannel-logout-uri",
    )
    given = [word for option in options for word in (option, uri)]
    with pytest.raises(CommandError) as refused:
        call_command("oauthflows_register_client", *plain, *given, stdout=StringIO())
    assert all(option in str(refused.value) for option in options)
    assert not get_application_model().objects.exists()


@spec("RFC 5890 §2.3.1")
def test_a_name_outside_ascii_is_written_in_punycode() -> None:
    browser, application = administrator(), begin().registered.application
    page = change(browser, application.pk, redirect_uris="https://b\u00fccher.example/cb")
    assert "xn--" in page.content.decode()
    page = change(browser, application.pk, redirect_uris="https://xn--bcher-kva.example/cb")
    assert page.status_code == 302


@spec("RFC 8252 §7.1", "RFC 8252 §7.3")
@pytest.mark.parametrize(
    "redirect_uri",
    [
        "com.example.app:/cb",
        "com.example.app://cb",
        "http://127.0.0.1/cb",
        "http://[::1]:5000/cb",
        "http://localhost:3000/cb",
    ],
)
def test_installed_apps_come_back_as_before(
    open_registration: Registrar, redirect_uri: str
) -> None:
    open_registration.registered(
        redirect_uris=[redirect_uri],
        application_type="native",
        token_endpoint_auth_method="none",
    )
    browser, story = administrator(), begin(preset="native-app", redirect_uris=(redirect_uri,))
    assert change(browser, story.registered.application.pk, name="Pen").status_code == 302
    assert story.ask(redirect_uri=redirect_uri).status_code == 200


# Rows that are older than the rule ---------------------------------------------------------------------


def old_row(**columns: str) -> Story:
    """A client with addresses that nobody could register now."""
    story = begin()
    ClientPolicy.objects.update(**columns)
    forget_clients()
    return story


@spec("B-2")
@pytest.mark.parametrize("host", [host for host in WRONG if host.isascii()])
def test_no_logo_ends_a_directive_of_a_policy(host: str) -> None:
    story = old_row(logo_uri=f"https://{host}/logo.png", is_verified=True)
    story.tokens()
    pages = [
        story.ask(prompt="consent"),
        story.browser.get(reverse("oauthflows:connected-apps")),
        story.ask(prompt="select_account"),
        story.browser.get(reverse("oauthflows:logout"), {"client_id": story.registered.client_id}),
    ]
    for page in pages:
        assert page.status_code == 200
        assert directives(page)["img-src"] == ["'self'"]
        assert set(directives(page)) == {
            "default-src",
            "style-src",
            "img-src",
            "form-action",
            "frame-ancestors",
            "base-uri",
        }


@spec("B-2")
@pytest.mark.parametrize(
    "redirect_uri",
    [
        "http://client.example;x/cb",
        "http://client.example,x/cb",
        "https://client.example;script-src/cb",
        "http://[fe80::1%25eth0]/cb",
    ],
)
def test_no_redirect_uri_ends_a_directive_of_a_policy(redirect_uri: str) -> None:
    story = begin()
    story.registered.application.redirect_uris = redirect_uri
    story.registered.application.save()
    forget_clients()
    page = story.ask(redirect_uri=redirect_uri)
    assert page.status_code == 200
    assert directives(page)["form-action"] == ["'self'", "https:"]


@spec("B-2")
@pytest.mark.parametrize(
    "redirect_uri", ["https://[", "https://[x]/cb", "http://client.example:x/"]
)
def test_an_address_that_cannot_be_taken_apart_breaks_no_page(redirect_uri: str) -> None:
    story = begin()
    application = story.registered.application
    application.redirect_uris = f"{CALLBACK} {redirect_uri}"
    application.save()
    ClientPolicy.objects.update(client_uri=redirect_uri, logo_uri=redirect_uri)
    forget_clients()
    origin = {**story.basic, "Origin": "https://client.example"}
    assert story.ask().status_code == 200
    assert (
        story.token(grant_type="refresh_token", refresh_token="x", headers=origin).status_code
        == 400
    )
    assert story.browser.get(reverse("oauthflows:connected-apps")).status_code == 200
    assert administrator().get(f"{CLIENTS}{application.pk}/change/").status_code == 200
    with suppress(SystemExit):  # it finds something
        call_command("oauthflows_doctor", "--client", application.client_id, stdout=StringIO())


UNREADABLE = ("https://[", "https://[x]/cb", "com.example.app://[x")


@spec("RFC 6749 §3.1.2", "B-2")
@pytest.mark.parametrize("redirect_uri", UNREADABLE)
def test_nobody_is_sent_to_an_address_that_cannot_be_taken_apart(redirect_uri: str) -> None:
    story = begin()
    application = story.registered.application
    application.redirect_uris = redirect_uri
    application.save()
    forget_clients()
    for asked in ({"redirect_uri": redirect_uri}, {"response_type": "nonsense"}):
        page = story.ask(**{"redirect_uri": "", **asked})
        assert page.status_code == 400
        assert "Location" not in page


@spec("OpenID Connect RP-Initiated Logout 1.0 §3", "B-2")
@pytest.mark.parametrize("uri", UNREADABLE)
def test_a_sign_out_that_could_lead_nowhere_is_still_a_sign_out(uri: str) -> None:
    story = begin()
    application = story.registered.application
    application.post_logout_redirect_uris = uri
    application.save()
    forget_clients()
    asked = {"client_id": application.client_id, "post_logout_redirect_uri": uri}
    page = Client().get(reverse("oauthflows:logout"), asked)
    assert page.status_code == 200
    assert "Location" not in page


@spec("OpenID Connect Core §8.1")
@pytest.mark.parametrize("uri", UNREADABLE)
def test_a_client_whose_address_cannot_be_taken_apart_is_a_sector_of_its_own(uri: str) -> None:
    client = facts_of(begin().registered.application)
    unreadable = replace(client, redirect_uris=(uri,))
    assert sector_of(unreadable) == client.client_id


@spec("RFC 6454 §7")
def test_no_answer_names_another_origin_than_that_of_a_client() -> None:
    story = begin()
    story.registered.application.allowed_origins = "https://spa.example;x https://spa.example"
    story.registered.application.save()
    forget_clients()
    for origin, allowed in (
        ("https://spa.example", "https://spa.example"),
        ("https://client.example", "https://client.example"),
        ("https://spa.example;x", None),
        ("null", None),
    ):
        answer = story.token(grant_type="refresh_token", headers={**story.basic, "Origin": origin})
        assert answer.get("Access-Control-Allow-Origin") == allowed


@spec("B-2")
def test_the_consent_page_loads_its_logo_from_a_plain_origin() -> None:
    story = old_row(logo_uri="https://CDN.example:8443/logo.png?a;b", is_verified=True)
    assert re.search(
        r"img-src 'self' https://cdn\.example:8443;", story.ask()["Content-Security-Policy"]
    )

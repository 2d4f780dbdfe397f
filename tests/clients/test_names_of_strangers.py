"""A client's name, and every other label a stranger chooses, is legible or it is not taken in."""

from io import StringIO
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from oauth2_provider.models import get_application_model

from django_oauthflows.clients.dynamic.models import InitialAccessToken
from django_oauthflows.clients.facts import client_of, forget_clients
from django_oauthflows.clients.models import ClientSecret
from tests.admin.pages import CLIENTS, administrator, change
from tests.clients.dynamic.registering import Registrar, open_registration, story_of
from tests.clients.dynamic.test_documents import ID, Publisher, publisher, story
from tests.management_api.calling import URLS, service
from tests.marks import spec
from tests.stories import begin

__all__ = ["open_registration", "publisher"]

pytestmark = pytest.mark.django_db

#: Names that show nothing, hide something, turn the line around, or cover what is around them.
DECEIVING = [
    "\u200b",
    "\u00ad\u2060",
    "\ufeff",
    "\U000e0041\U000e0042",
    "\u3164",
    "\u2800",
    "Google\u202emoc",
    "Notes\x1b[2J",
    "Notes\nand more",
    "Z\u0337\u0316\u0351\u035d\u0300\u0301algo",
]
PERSIAN = "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645"


@pytest.fixture(params=DECEIVING, ids=ascii)
def name(request: Any) -> str:
    value: str = request.param
    return value


@spec("RFC 7591 §5")
def test_no_client_registers_itself_with_it(open_registration: Registrar, name: str) -> None:
    for said in ({"client_name": name}, {"client_name#de": name}, {"software_id": name}):
        answer = open_registration.register(**said)
        assert answer.status_code == 400, said
        assert answer.json()["error"] == "invalid_client_metadata"
    assert open_registration.register(contacts=[name]).status_code == 400


@spec("RFC 7592 §2.2")
def test_no_client_renames_itself_to_it(open_registration: Registrar, name: str) -> None:
    told = open_registration.registered()
    assert open_registration.update(told, client_name=name).status_code == 400
    assert open_registration.read(told).json()["client_name"] == "Notes of a stranger"


@spec("RFC 7592 §2.2")
def test_a_client_that_has_such_a_name_already_can_take_another(
    open_registration: Registrar, name: str
) -> None:
    told = open_registration.registered()
    row = get_application_model().objects.select_related("oauthflows_registration").get()
    row.oauthflows_registration.metadata["client_name"] = row.name = name
    row.oauthflows_registration.save()
    row.save()
    assert open_registration.update(told, client_name="Notes").status_code == 200


@spec("OAuth Client ID Metadata Document §4.1")
def test_no_document_brings_it(publisher: type[Publisher], name: str) -> None:
    publisher.documents[ID]["client_name"] = name
    assert story().ask(scope="profile").status_code == 400
    assert not get_application_model().objects.exists()


def test_no_administrator_types_it(name: str) -> None:
    browser, application = administrator(), begin(name="Notes").registered.application
    assert change(browser, application.pk, name=name).status_code == 200
    added = browser.post(
        f"{CLIENTS}add/?preset=web-app",
        {"name": name, "redirect_uris": "https://client.example/cb", "scopes": ["notes:read"]},
    )
    assert added.status_code == 200
    assert [row.name for row in get_application_model().objects.all()] == ["Notes"]


@pytest.mark.urls(URLS)
def test_no_program_writes_it(name: str) -> None:
    caller, application = service(), begin(name="Notes").registered.application
    answer = caller.patch("client", application.pk, name=name)
    assert (answer.status_code, list(answer.json())) == (400, ["name"])
    before = get_application_model().objects.count()
    new = {"preset": "service", "scopes": ["notes:read"], "name": name}
    assert caller.post("clients", **new).status_code == 400
    assert caller.post("secrets", application.pk, label=name).status_code == 400
    assert get_application_model().objects.count() == before
    application.refresh_from_db()
    assert application.name == "Notes"


def test_no_command_writes_it(name: str) -> None:
    arguments = ("--preset", "service", "--scope", "notes:read", "--name", name)
    with pytest.raises(CommandError) as refused:
        call_command("oauthflows_register_client", *arguments, stdout=StringIO())
    assert "--name" in str(refused.value)
    with pytest.raises(CommandError):
        call_command("oauthflows_issue_initial_access_token", "--label", name, stdout=StringIO())
    assert not get_application_model().objects.exists()
    assert not InitialAccessToken.objects.exists()


def test_no_label_of_a_secret_or_a_token_is_it(name: str) -> None:
    browser, application = administrator(), begin().registered.application
    before = ClientSecret.objects.count()
    browser.post(reverse("admin:oauthflows_add_secret", args=[application.pk]), {"label": name})
    assert ClientSecret.objects.count() == before
    page = browser.post(reverse("admin:oauthflows_initialaccesstoken_add"), {"label": name})
    assert page.status_code == 200
    assert not InitialAccessToken.objects.exists()


@spec("RFC 7591 §2.2")
@pytest.mark.parametrize("legible", [PERSIAN, "ノート", "Nguyễn 👨\u200d👩\u200d👧"])
def test_names_of_every_script_are_taken_by_every_door(
    open_registration: Registrar, legible: str
) -> None:
    told = open_registration.registered(client_name=legible, **{"client_name#ja": legible})
    assert told["client_name"] == legible
    page = story_of(told).ask(scope="profile").content.decode()
    assert f"<bdi>{legible}</bdi>" in page
    application = begin().registered.application
    assert change(administrator(), application.pk, name=legible).status_code == 302
    client = client_of(application.client_id)
    assert client is not None
    assert client.name == legible


def test_a_row_that_is_older_than_the_rule_is_shown_clean(name: str) -> None:
    flow = begin(is_verified=True)
    application = flow.registered.application
    application.name = name
    application.save()
    forget_clients()
    flow.tokens()
    pages = [
        flow.ask(prompt="consent"),
        flow.browser.get(reverse("oauthflows:connected-apps")),
        administrator().get(CLIENTS),
        administrator().get(reverse("admin:oauthflows_by_risk")),
        *(
            administrator().get(reverse(f"admin:oauthflows_{model}_changelist"))
            for model in ("auditevent", "consent", "authorization")
        ),
        flow.browser.post(
            reverse("oauthflows:connected-app-withdraw", args=[application.pk]),
            follow=True,
        ),
    ]
    for page in pages:
        assert page.status_code == 200
        html = page.content.decode()
        assert not {"\u200b", "\u00ad", "\u2060", "\ufeff", "\u3164", "\u202e", "\x1b"} & set(html)
        assert "\u0337\u0316\u0351\u035d\u0300" not in html


def test_a_name_without_anything_to_see_is_replaced_by_the_id() -> None:
    flow = begin()
    flow.registered.application.name = "\u200b\u3164"
    flow.registered.application.save()
    assert f"<bdi>{flow.registered.client_id}</bdi>" in flow.ask().content.decode()


def test_a_hint_that_deceives_is_not_handed_to_the_sign_in_page() -> None:
    flow = begin()
    flow.browser = Client()

    def hints(sent: str) -> list[str]:
        query = parse_qs(urlsplit(flow.ask(login_hint=sent)["Location"]).query)
        return query.get("login_hint", [])

    assert hints("ada@example.org") == ["ada@example.org"]
    assert hints("ada\u202egro.live") == []

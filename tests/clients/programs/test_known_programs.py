"""Known programs: what they are registered with, and the configuration that they are given."""

import ast
import configparser
import re
import tomllib
from collections.abc import Callable
from typing import Any

import pytest
import yaml
from oauth2_provider.models import get_application_model

from django_oauthflows.clients.programs import KnownProgram
from django_oauthflows.clients.programs.catalogue import PROGRAMS, known_programs, scopes_for
from django_oauthflows.clients.programs.configuration import NO_SECRET, configuration_of
from django_oauthflows.clients.registration import register_client
from django_oauthflows.testing.client import FlowClient
from django_oauthflows.testing.factories import PersonFactory
from tests.admin.pages import CLIENTS, administrator
from tests.clients.programs.guides import FOLDER, pages
from tests.clients.test_register_command import complaint, run
from tests.identity.stories import AS_PROVIDER
from tests.marks import spec

pytestmark = pytest.mark.django_db

ISSUER = "https://id.example/o"
ADDRESS = "https://program.example:8443/below"
#: A program of a project's own.
WIKI = KnownProgram(
    slug="wiki",
    title="Our wiki",
    callbacks=("/signed-in",),
    template="oauthflows/programs/mealie.txt",
    file_name=".env",
    documentation="https://wiki.example/help",
)
#: What reads each format; whatever is not here is read by a shell or by a person.
READERS: dict[str, Callable[[str], Any]] = {
    "argo-cd": yaml.safe_load,
    "django-allauth": ast.parse,
    "grafana": lambda text: configparser.RawConfigParser().read_string(text),
    "jupyterhub": ast.parse,
    "mozilla-django-oidc": ast.parse,
    "oauth2-proxy": tomllib.loads,
    "pgadmin": ast.parse,
    "spring": yaml.safe_load,
    "streamlit": tomllib.loads,
    "swagger-ui": ast.parse,
}


@pytest.fixture(autouse=True)
def provider(settings: Any) -> None:
    settings.OAUTH2_PROVIDER = AS_PROVIDER
    settings.OAUTHFLOWS = {"ISSUER": ISSUER}


@pytest.fixture(params=PROGRAMS, ids=lambda program: program.slug)
def program(request: pytest.FixtureRequest) -> KnownProgram:
    found: KnownProgram = request.param
    return found


def registered(program: KnownProgram) -> str:
    """What the command prints for it."""
    where = ("--address", ADDRESS) if program.has_address else ()
    return run("--program", program.slug, *where)


def test_the_command_prints_a_configuration_that_its_program_can_read(
    program: KnownProgram,
) -> None:
    printed = registered(program)

    client = get_application_model().objects.get()
    text = printed[printed.index(f"\n{program.file_name}:\n") + len(program.file_name) + 3 :]
    READERS.get(program.slug, str)(text)
    assert client.client_id in text
    assert "id.example/o" in text
    if client.client_type == "confidential":
        (secret,) = re.findall(r"^client_secret: (\S+)$", printed, re.M)
        assert secret in text
    assert client.name == program.title


@pytest.mark.parametrize(
    ("slug", "line"),
    [
        ("argo-cd", "    name: id.example"),
        ("authjs", '      name: "id.example",'),
        ("django-allauth", '                "name": "id.example",'),
        ("gitlab", "    label: 'id.example',"),
        ("grafana", "name = id.example"),
        ("jupyterhub", 'c.GenericOAuthenticator.login_service = "id.example"'),
        ("mealie", "OIDC_PROVIDER_NAME=id.example"),
        ("nextcloud", 'php occ user_oidc:provider "id.example" \\'),
        ("pgadmin", '        "OAUTH2_DISPLAY_NAME": "id.example",'),
    ],
)
def test_the_button_that_people_press_there_names_this_site(slug: str, line: str) -> None:
    printed = run("--program", slug, "--address", ADDRESS)

    assert line in printed.splitlines()


def test_it_is_registered_with_its_own_addresses(program: KnownProgram) -> None:
    registered(program)

    client = get_application_model().objects.get()
    expected = [*program.redirect_uris, *(ADDRESS + path for path in program.callbacks)]
    assert client.redirect_uris.split() == expected
    after = [ADDRESS + path for path in program.after_sign_out]
    assert client.post_logout_redirect_uris.split() == after
    assert client.oauthflows_policy.program == program.slug
    assert client.oauthflows_policy.preset == program.preset


@spec("OpenID Connect Core §3.1", "RFC 7636 §4")
def test_it_signs_a_person_in_by_what_it_was_registered_with(program: KnownProgram) -> None:
    made = register_client(
        **program.registration(
            name=program.title,
            address=ADDRESS if program.has_address else "",
            scopes=scopes_for(program),
        )
    )
    flow = FlowClient(registered=made)
    flow.browser.force_login(PersonFactory(email="ada@example.org"))

    tokens = flow.tokens(scope=" ".join(program.scopes))

    assert tokens["id_token"]
    headers = {"Authorization": f"Bearer {tokens['access_token']}"}
    told = flow.back_channel.get("/o/userinfo/", headers=headers, secure=True).json()
    assert told["email"] == "ada@example.org"


@pytest.mark.parametrize(
    "address",
    [
        "",
        "grafana.example.com",
        "javascript:alert(1)",
        "https://a.example/?x=1",
        "https://a.example/#x",
    ],
)
def test_an_address_that_is_none_is_refused_by_its_name(address: str) -> None:
    assert "--address" in complaint("--program=grafana", f"--address={address}")


def test_an_address_goes_with_a_program_alone() -> None:
    said = complaint("--preset=web-app", "--name=A", "--address=https://a.example")
    assert "--address goes with --program" in said


def test_each_program_has_a_page_in_the_documentation() -> None:
    assert {path.name: path.read_text() for path in FOLDER.glob("*.md")} == dict(pages())


def test_a_client_of_no_program_has_a_name() -> None:
    assert "--name" in complaint("--preset=web-app", "--redirect-uri=https://a.example/cb")


def test_without_an_issuer_the_command_says_what_to_set(settings: Any) -> None:
    settings.OAUTHFLOWS = {}
    assert 'Set OAUTHFLOWS["ISSUER"]' in run("--program=gitlab", f"--address={ADDRESS}")


def test_a_site_that_signs_nobody_in_is_told_so(settings: Any) -> None:
    settings.OAUTH2_PROVIDER = {"SCOPES": {"notes:read": "Read your notes"}}
    assert "openid" in complaint("--program=gitlab", f"--address={ADDRESS}")


def test_a_project_has_programs_of_its_own(settings: Any) -> None:
    settings.OAUTHFLOWS = {"ISSUER": ISSUER, "KNOWN_PROGRAMS": [f"{__name__}.WIKI"]}

    assert "OIDC_CLIENT_ID=" in run("--program=wiki", "--address=https://wiki.example")

    assert get_application_model().objects.get().redirect_uris == "https://wiki.example/signed-in"
    assert set(known_programs()) > {"wiki", "grafana"}


@pytest.mark.parametrize("client_id", ['a"b', "a'b", "a\nb", "${a}", "a`b", "a#b", "a\\b", "{{a}}"])
def test_an_id_that_would_end_a_text_is_put_into_none(
    program: KnownProgram, client_id: str
) -> None:
    text = configuration_of(
        program,
        ISSUER,
        client_id=client_id,
        redirect_uris=[ADDRESS + path for path in program.callbacks],
        scopes=program.scopes,
    )
    assert text == ""


def test_the_admin_offers_them_all(program: KnownProgram) -> None:
    page = administrator().get(f"{CLIENTS}add/").content.decode()
    assert f'href="?program={program.slug}"' in page


def test_the_admin_asks_where_it_runs_and_shows_its_configuration_once_with_the_secret() -> None:
    browser = administrator()
    form = browser.get(f"{CLIENTS}add/?program=grafana").content.decode()
    assert 'name="address"' in form
    assert 'name="redirect_uris"' not in form
    assert 'value="Grafana"' in form

    sent = {"name": "Charts", "address": f"{ADDRESS}/", "scopes": ["openid", "email"]}
    added = browser.post(f"{CLIENTS}add/?program=grafana", sent, follow=True).content.decode()

    client = get_application_model().objects.get()
    assert client.redirect_uris == f"{ADDRESS}/login/generic_oauth"
    assert f"client_id = {client.client_id}" in added
    assert "client_secret = " in added
    assert f"client_secret = {NO_SECRET}" not in added
    later = browser.get(f"{CLIENTS}{client.pk}/connect/").content.decode()
    assert f"client_secret = {NO_SECRET}" in later
    assert "scopes = openid email" in later


def test_the_admin_says_what_is_wrong_with_the_address() -> None:
    sent = {"name": "Charts", "address": "charts", "scopes": ["openid"]}
    page = administrator().post(f"{CLIENTS}add/?program=grafana", sent)
    assert page.status_code == 200
    assert 'class="oauthflows-field field-address errors"' in page.content.decode()
    assert not get_application_model().objects.exists()


def test_a_program_that_is_not_known_is_a_question(settings: Any) -> None:
    page = administrator().get(f"{CLIENTS}add/?program=unheard-of").content.decode()
    assert "What kind of client is it?" in page


def test_a_program_that_people_run_themselves_has_no_address() -> None:
    said = complaint("--program=kubernetes", "--address=https://a.example")
    assert "--address: People run it themselves" in said
    page = administrator().get(f"{CLIENTS}add/?program=kubernetes").content.decode()
    assert 'name="address"' not in page
    arguments = known_programs()["kubernetes"].registration(name="A", address="", scopes=["openid"])
    assert arguments["redirect_uris"] == ["http://localhost:8000"]

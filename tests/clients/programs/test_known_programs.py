"""Known programs: what they are registered with, and the configuration that they are given."""

import ast
import configparser
import json
import re
import subprocess
import tomllib
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest
import yaml
from django.test import Client
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
from tests.management_api.calling import URLS as WITH_THE_MANAGEMENT_API
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

    tokens = flow.tokens(scope=" ".join(scopes_for(program)))

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


def test_without_an_issuer_the_configuration_says_where_the_host_belongs(
    program: KnownProgram, settings: Any
) -> None:
    settings.OAUTHFLOWS = {}
    printed = registered(program)
    assert printed.count("Put the host of this site where YOUR-SITE stands") == 1
    text = printed[printed.index(f"\n{program.file_name}:\n") + len(program.file_name) + 3 :]
    READERS.get(program.slug, str)(text)
    assert "https://YOUR-SITE/o" in text
    assert "your-site" not in text


def test_scripts_are_told_the_configuration_too() -> None:
    printed = run("--program=grafana", f"--address={ADDRESS}", "--json")
    told = json.loads(printed)
    assert f"client_secret = {told['client_secret']}" in told["configuration"]
    assert told["warnings"] == []


def test_people_are_told_no_audience_of_a_program_that_signs_them_in() -> None:
    assert "audience" not in run("--program=grafana", f"--address={ADDRESS}")
    page = administrator().get(f"{CLIENTS}{get_application_model().objects.get().pk}/connect/")
    assert "(aud)" not in page.content.decode()


def test_a_site_that_signs_nobody_in_is_told_so(settings: Any) -> None:
    settings.OAUTH2_PROVIDER = {"SCOPES": {"notes:read": "Read your notes"}}
    assert "openid" in complaint("--program=gitlab", f"--address={ADDRESS}")


def test_a_project_has_programs_of_its_own(settings: Any) -> None:
    settings.OAUTHFLOWS = {"ISSUER": ISSUER, "KNOWN_PROGRAMS": [f"{__name__}.WIKI"]}

    assert "OIDC_CLIENT_ID=" in run("--program=wiki", "--address=https://wiki.example")

    assert get_application_model().objects.get().redirect_uris == "https://wiki.example/signed-in"
    assert set(known_programs()) > {"wiki", "grafana"}


@pytest.mark.parametrize("slug", ["argo-cd", "nextcloud", "oauth2-proxy", "spring"])
def test_a_program_that_may_leave_out_the_last_slash_is_registered_with_and_without_it(
    slug: str,
) -> None:
    run("--program", slug, "--address", ADDRESS)
    client = get_application_model().objects.get()
    assert set(client.post_logout_redirect_uris.split()) == {ADDRESS, f"{ADDRESS}/"}


@spec("OpenID Connect RP-Initiated Logout §2")
@pytest.mark.parametrize("slug", ["argo-cd", "grafana"])
def test_a_person_signs_out_there_at_the_address_in_its_configuration_without_a_hint(
    slug: str,
) -> None:
    printed = run("--program", slug, "--address", f"{ADDRESS}/a&b")
    (address,) = re.findall(r"https://id\.example(/o/logout/\?\S+)$", printed, re.M)
    address = address.replace("id_token_hint={{token}}&", "")
    client = get_application_model().objects.get()
    back = client.post_logout_redirect_uris.split()[0]
    address = address.replace("{{logoutRedirectURL}}", quote(back))
    browser = Client()
    browser.force_login(PersonFactory())

    page = browser.get(address, secure=True)
    assert page.status_code == 200
    assert client.name in page.content.decode()
    answer = browser.post(address, {"decision": "sign-out"}, secure=True)
    assert answer["location"] == back
    assert "_auth_user_id" not in browser.session


WITH_GROUPS = {
    **AS_PROVIDER,
    "SCOPES": {**AS_PROVIDER["SCOPES"], "groups": "See which groups you are in"},
}


def test_kubernetes_asks_for_groups_where_the_site_tells_them(settings: Any) -> None:
    settings.OAUTH2_PROVIDER = WITH_GROUPS
    printed = run("--program=kubernetes")
    assert "groups" in get_application_model().objects.get().oauthflows_policy.scopes
    assert "\n--oidc-groups-claim=groups\n" in printed
    assert "--oidc-extra-scope='groups'" in printed


def test_kubernetes_looks_for_no_groups_where_the_site_tells_none() -> None:
    printed = run("--program=kubernetes")
    assert "--oidc-groups-claim" not in printed
    assert "groups" not in get_application_model().objects.get().oauthflows_policy.scopes


def test_a_shell_reads_the_values_of_kubernetes_as_they_are() -> None:
    program = known_programs()["kubernetes"]
    text = configuration_of(
        program,
        "https://id.example/o?a=1&b=2",
        client_id="an-id",
        redirect_uris=program.redirect_uris,
        scopes=["openid", "a&b"],
    )
    (line,) = (line for line in text.splitlines() if line.startswith("kubectl"))
    prints_its_arguments = "kubectl() { printf '%s\\n' \"$@\"; }"
    command = ["sh", "-c", f"{prints_its_arguments}\n{line}"]
    read = subprocess.run(command, capture_output=True, text=True, check=True)
    assert read.stdout.splitlines()[2:] == [
        "--oidc-issuer-url=https://id.example/o?a=1&b=2",
        "--oidc-client-id=an-id",
        "--oidc-extra-scope=a&b",
    ]
    assert read.stderr == ""


@pytest.mark.parametrize("slug", ["grafana", "kubernetes"])
def test_a_program_that_refreshes_asks_for_offline_access_where_refresh_tokens_need_it(
    slug: str, settings: Any
) -> None:
    settings.OAUTHFLOWS = {"ISSUER": ISSUER, "REFRESH_TOKENS_NEED_OFFLINE_ACCESS": True}
    program = known_programs()[slug]
    assert "offline_access" in registered(program)
    made = register_client(
        **program.registration(
            name="Another",
            address=ADDRESS if program.has_address else "",
            scopes=scopes_for(program),
        )
    )
    flow = FlowClient(registered=made)
    flow.browser.force_login(PersonFactory())
    assert "refresh_token" in flow.tokens(scope=" ".join(made.scopes))


def test_no_program_asks_for_offline_access_where_refresh_tokens_need_none(
    program: KnownProgram,
) -> None:
    assert "offline_access" not in registered(program)


def test_the_admin_gives_a_program_that_refreshes_offline_access(settings: Any) -> None:
    settings.OAUTHFLOWS = {"ISSUER": ISSUER, "REFRESH_TOKENS_NEED_OFFLINE_ACCESS": True}
    page = administrator().get(f"{CLIENTS}add/?program=grafana").content.decode()
    (box,) = re.findall(r'<input[^>]*name="scopes"[^>]*value="offline_access"[^>]*>', page)
    assert "checked" in box


@pytest.mark.urls(WITH_THE_MANAGEMENT_API)
def test_the_admin_offers_a_program_no_scope_of_the_management_api(program: KnownProgram) -> None:
    browser = administrator()
    assert (
        "oauthflows:clients:read" in browser.get(f"{CLIENTS}add/?preset=web-app").content.decode()
    )
    page = browser.get(f"{CLIENTS}add/?program={program.slug}").content.decode()
    assert 'value="oauthflows:' not in page
    assert 'value="openid"' in page


@pytest.mark.parametrize(
    "client_id",
    ["a b", "a&b", "a?b", "[a]", 'a"b', "a'b", "a\nb", "${a}", "a`b", "a#b", "a\\b", "{{a}}"],
)
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

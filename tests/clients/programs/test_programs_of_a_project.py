"""Programs of a project (`KNOWN_PROGRAMS`): a mistake in one is named, and stops nothing else."""

import logging
from typing import Any

import pytest
from django.conf import settings as project
from django.core.checks import CheckMessage, run_checks
from oauth2_provider.models import get_application_model

from django_oauthflows.clients.programs import of_project
from tests.admin.pages import CLIENTS, administrator
from tests.clients.programs import mistakes
from tests.clients.test_register_command import complaint, run
from tests.identity.stories import AS_PROVIDER

pytestmark = pytest.mark.django_db

HERE = mistakes.__name__
GOOD = f"{HERE}.GOOD"
TEMPLATES = {
    "programs/bad.txt": "{% if %}",
    "programs/failing.txt": "{% include 'no/such/template.txt' %}",
}
#: Each name in `mistakes`, and words of the sentence about it.
MISTAKES = [
    ("UNHEARD_OF", "cannot be imported"),
    ("TEXT", "no KnownProgram"),
    ("NOTHING", "no KnownProgram"),
    ("NO_SLUG", "slug"),
    ("LONG_SLUG", "slug"),
    ("SLASH_IN_SLUG", "slug"),
    ("SLUG_OF_NONE", "slug"),
    ("TITLE_OF_NONE", "title"),
    ("UNKNOWN_PRESET", "no preset web-ap"),
    ("NO_TEMPLATE", "no/such/template.txt"),
    ("BAD_TEMPLATE", "programs/bad.txt"),
    ("TEMPLATE_THAT_FAILS", "programs/failing.txt"),
    ("CALLBACK_WITHOUT_SLASH", "'signed-in'"),
    ("CALLBACKS_AS_TEXT", "callbacks"),
    ("SIGN_OUT_WITHOUT_SLASH", "'signed-out'"),
    ("NO_CALLBACKS", "neither callbacks"),
    ("SCOPES_AS_TEXT", "scopes"),
]


@pytest.fixture(autouse=True)
def provider(settings: Any) -> None:
    settings.OAUTH2_PROVIDER = AS_PROVIDER
    with_templates(settings, TEMPLATES)
    of_project._log_once.cache_clear()


def with_templates(settings: Any, templates: dict[str, str]) -> None:
    """Let the project have these before those of its apps."""
    (engine,) = project.TEMPLATES
    loaders = [
        ("django.template.loaders.locmem.Loader", templates),
        "django.template.loaders.app_directories.Loader",
    ]
    options = {**engine["OPTIONS"], "loaders": loaders}
    settings.TEMPLATES = [{**engine, "APP_DIRS": False, "OPTIONS": options}]


def named(settings: Any, *entries: object) -> None:
    settings.OAUTHFLOWS = {"ISSUER": "https://testserver/o", "KNOWN_PROGRAMS": list(entries)}


def found() -> list[CheckMessage]:
    return [message for message in run_checks() if message.id == "oauthflows.E158"]


@pytest.mark.parametrize(("name", "words"), MISTAKES)
def test_a_program_that_cannot_be_used_is_named_by_a_check(
    name: str, words: str, settings: Any
) -> None:
    named(settings, GOOD, f"{HERE}.{name}")
    (message,) = found()
    assert f"{HERE}.{name}" in message.msg
    assert words in message.msg


@pytest.mark.parametrize("name", [name for name, _ in MISTAKES])
def test_a_program_that_cannot_be_used_stops_no_other(name: str, settings: Any) -> None:
    named(settings, f"{HERE}.{name}", GOOD)

    page = administrator().get(f"{CLIENTS}add/")

    assert page.status_code == 200
    assert 'href="?program=wiki">Our wiki<' in page.content.decode()
    assert 'href="?program=grafana"' in page.content.decode()
    assert administrator().get(f"{CLIENTS}add/?preset=service").status_code == 200
    assert "client_secret: " in run("--preset=service", "--name=A job")
    assert "OIDC_CLIENT_ID=" in run("--program=wiki", "--address=https://wiki.example")


def test_the_log_says_once_why_a_program_is_left_out(settings: Any, caplog: Any) -> None:
    named(settings, f"{HERE}.UNKNOWN_PRESET")
    with caplog.at_level(logging.WARNING, logger="django_oauthflows"):
        for _ in range(2):
            administrator().get(f"{CLIENTS}add/")
    (said,) = [line for line in caplog.messages if "KNOWN_PROGRAMS" in line]
    assert f"{HERE}.UNKNOWN_PRESET: there is no preset web-ap" in said


def test_the_first_of_two_programs_with_one_slug_is_used_and_the_other_is_named(
    settings: Any,
) -> None:
    named(settings, GOOD, f"{HERE}.TWIN")
    (message,) = found()
    assert f"{HERE}.TWIN: another entry has the slug wiki" in message.msg
    assert ">Our wiki<" in administrator().get(f"{CLIENTS}add/").content.decode()


@pytest.mark.parametrize("entry", [None, 7, mistakes.GOOD])
def test_an_entry_that_is_no_path_is_named_by_a_check(entry: object, settings: Any) -> None:
    named(settings, entry)
    (message,) = found()
    assert "no dotted path" in message.msg


@pytest.mark.parametrize("written", [GOOD, None, 7])
def test_a_setting_that_is_no_list_is_named_and_stops_nothing(
    written: object, settings: Any
) -> None:
    settings.OAUTHFLOWS = {"KNOWN_PROGRAMS": written}
    (message,) = found()
    assert "no list" in message.msg
    assert "client_secret: " in run("--preset=service", "--name=A job")


def test_good_programs_are_told_nothing(settings: Any) -> None:
    named(settings, GOOD)
    assert found() == []


def test_a_project_may_replace_a_program_of_the_package(settings: Any) -> None:
    named(settings, f"{__name__}.OUR_GRAFANA")
    assert found() == []
    assert ">Our charts<" in administrator().get(f"{CLIENTS}add/").content.decode()


OUR_GRAFANA = mistakes.wiki_with(slug="grafana", title="Our charts")


def test_a_template_that_the_project_replaced_by_a_bad_one_is_named_by_a_check(
    settings: Any,
) -> None:
    with_templates(settings, {"oauthflows/programs/grafana.txt": "{% if %}"})
    (message,) = found()
    assert "oauthflows/programs/grafana.txt" in message.msg


def test_no_client_is_registered_whose_configuration_cannot_be_written(settings: Any) -> None:
    named(settings)
    with_templates(settings, {"oauthflows/programs/grafana.txt": "{% if %}"})

    said = complaint("--program=grafana", "--address=https://grafana.example")

    assert "--program: Its configuration cannot be written" in said
    sent = {"name": "Charts", "address": "https://grafana.example", "scopes": ["openid"]}
    page = administrator().post(f"{CLIENTS}add/?program=grafana", sent)
    assert page.status_code == 200
    assert "Its configuration cannot be written" in page.content.decode()
    assert not get_application_model().objects.exists()

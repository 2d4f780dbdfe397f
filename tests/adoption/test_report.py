"""The report of `oauthflows_adopt` on a site that changed django-oauth-toolkit in every way."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from typing import Any

import pytest

from tests.adoption.conftest import Site
from tests.adoption.site.fill import APPLICATIONS

pytestmark = pytest.mark.sqlite

UNSWAPPED, ADDED = "tests.adoption.site.unswapped", "tests.adoption.site.settings"

#: Each contract that a project's settings, URLs, receivers or templates show, and how a finding names it.
VISIBLE = (
    "/oauth2/",
    "SiteAuthorizationView",
    "note_authorization",
    "protected_resource",
    "validate_redirect_uri",
    "REFRESH_TOKEN_GRACE_PERIOD_SECONDS",
    "ACCESS_TOKEN_GENERATOR",
    "PKCE_REQUIRED",
    "ROTATE_REFRESH_TOKEN",
    "DCR_",
    "oauth2_provider/authorize.html",
    "OIDC_RP_INITIATED_LOGOUT_DELETE_TOKENS",
    "DEFAULT_SCOPES",
)
#: The applications that are treated otherwise, each by the sentence that lists it.
LISTED = {
    "public service": "RFC 6749 §4.4",
    "implicit": "implicit grant",
    "hybrid": "hybrid flow",
    "password": "password grant",
    "in the clear": "plain http",
    "starred": "a star",
    "blank": "blank",
    "readable": "stored readable",
    "first-party": "skip_authorization",
}


@dataclass(frozen=True, kw_only=True)
class Report:
    code: int
    text: str
    members: dict[str, Any]

    @property
    def findings(self) -> list[dict[str, Any]]:
        return [one for section in self.members["sections"] for one in section["findings"]]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    site = Site(file=tmp_path_factory.mktemp("report") / "site.sqlite3")
    site.manage(UNSWAPPED, "migrate", "--verbosity=0")
    site.python(UNSWAPPED, "-m", "tests.adoption.site.fill")
    return site


@pytest.fixture(scope="module")
def report(site: Site) -> Report:
    told = adopt(site)
    return Report(
        code=told.returncode, text=told.stdout, members=json.loads(adopt(site, "--json").stdout)
    )


def adopt(site: Site, *options: str, settings: str = ADDED) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "django", "oauthflows_adopt", *options],
        env={**os.environ, **site.env(settings)},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


@pytest.mark.parametrize("name", VISIBLE)
def test_a_contract_that_is_visible_is_named(report: Report, name: str) -> None:
    assert any(name in one["where"] + one["sentence"] for one in report.findings), report.text


@pytest.mark.parametrize("name", LISTED)
def test_an_application_is_listed_where_it_is_treated_otherwise(report: Report, name: str) -> None:
    listing = [one for one in report.findings if one["clients"]]
    (finding,) = (one for one in listing if LISTED[name] in one["sentence"])

    assert finding["clients"] == [f"{name} (the-{name.replace(' ', '-')})"]
    assert finding["clients"][0] in report.text


def test_an_application_like_most_is_in_no_finding(report: Report) -> None:
    assert set(APPLICATIONS) - set(LISTED) == {"usual"}
    assert "the-usual" not in report.text


def test_tokens_that_end_are_counted(report: Report) -> None:
    assert "1 refresh tokens are older than 30 days" in report.text
    assert "1 live access tokens belong to deactivated users" in report.text


def test_what_no_reading_shows_is_left_to_the_reader(report: Report) -> None:
    assert "Look yourself" in report.text
    assert report.members["look_yourself"]


def test_errors_fail_the_command(report: Report) -> None:
    assert report.code == 1
    assert report.members["ok"] is False


def test_nothing_was_written(site: Site) -> None:
    before = site.rows()

    adopt(site)

    assert site.rows() == before


def test_a_site_without_a_database_is_told_so_and_gets_the_rest(site: Site, tmp_path: Any) -> None:
    told = adopt(Site(file=tmp_path / "empty.sqlite3"))

    assert "This could not be read: no such table" in told.stdout
    assert "SiteAuthorizationView" in told.stdout
    assert "Traceback" not in told.stderr
    assert told.returncode == 1


def test_a_module_that_cannot_be_imported_costs_its_own_part_alone(site: Site) -> None:
    told = adopt(site, settings="tests.adoption.site.broken")

    assert "This could not be read: Could not import 'nowhere.Validator'" in told.stdout
    assert "the-public-service" in told.stdout
    assert "Traceback" not in told.stderr
    assert told.returncode == 1

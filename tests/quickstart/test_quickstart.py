"""`manage.py oauthflows_quickstart` in new projects: it prints, it writes, and it leaves alone."""

from pathlib import Path

import pytest

from tests.quickstart.sites import add_app, manage, new_site, quickstart

pytestmark = pytest.mark.sqlite


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A new project that has this app in its list, and nothing else of it."""
    new_site(tmp_path)
    add_app(tmp_path, "django_oauthflows")
    return tmp_path


def files(site: Path) -> dict[str, str]:
    return {str(path): path.read_text() for path in sorted(site.rglob("*.py"))}


def test_it_prints_the_missing_lines_and_changes_nothing(site: Path) -> None:
    before = files(site)
    printed = quickstart(site)
    assert 'INSTALLED_APPS += ["rest_framework", "oauth2_provider"]' in printed
    assert '"notes:read": "Read your notes"' in printed
    assert 'path("", include("django_oauthflows.urls")),' in printed
    assert "--write" in printed
    assert files(site) == before


def test_it_writes_them_and_then_makes_one_client(site: Path) -> None:
    written = quickstart(site, "--write")
    assert written.count("Written: ") == 3
    assert "Tables are missing" in quickstart(site, status=1)
    manage(site, "migrate", "-v0")
    assert "no issues" in manage(site, "check")
    after = files(site)
    first = quickstart(site, "--write")
    assert "client secret: " in first
    assert files(site) == after
    again = quickstart(site)
    assert "client secret" not in again
    assert first.split("client id:")[1].split()[0] in again
    assert "--new-client" in again
    assert "client secret: " in quickstart(site, "--new-client")


def test_a_site_without_the_toolkit_is_told_so_by_a_check_and_not_by_a_traceback(
    site: Path,
) -> None:
    told = manage(site, "check", status=1)
    assert "oauthflows.E183" in told
    assert '"oauth2_provider"' in told
    quickstart(site, "--write")
    settings = site / "mysite/settings.py"
    settings.write_text(settings.read_text().replace(', "oauth2_provider"]', "]"))
    assert "oauthflows.E183" in manage(site, "check", status=1)
    assert "oauthflows.E183" in manage(site, "migrate", status=1)


def test_a_site_without_rest_framework_is_told_so(site: Path) -> None:
    quickstart(site, "--write")
    settings = site / "mysite/settings.py"
    settings.write_text(settings.read_text().replace('"rest_framework", ', ""))
    assert "oauthflows.E184" in manage(site, "check", status=1)


def test_lines_go_where_the_apps_of_split_settings_are_listed(site: Path) -> None:
    package = site / "mysite/settings"
    package.mkdir()
    (site / "mysite/settings.py").rename(package / "base.py")
    (package / "__init__.py").touch()
    (package / "dev.py").write_text("from .base import *\n")
    command = site / "manage.py"
    command.write_text(command.read_text().replace("mysite.settings", "mysite.settings.dev"))
    assert quickstart(site, "--write").count("base.py") == 2
    assert (package / "dev.py").read_text() == "from .base import *\n"
    manage(site, "migrate", "-v0")
    assert "client secret: " in quickstart(site)


def test_a_tuple_of_apps_stays_a_tuple(site: Path) -> None:
    settings = site / "mysite/settings.py"
    text = settings.read_text()
    start = text.index("INSTALLED_APPS = [")
    end = text.index("]", start)
    listed = text[start:end].replace("[", "(") + ")"
    settings.write_text(text[:start] + listed + text[end + 1 :])
    quickstart(site, "--write")
    assert "oauthflows.E" not in manage(site, "check")


def test_scopes_of_the_project_are_kept_and_the_view_takes_one_of_them(site: Path) -> None:
    with (site / "mysite/settings.py").open("a") as file:
        file.write('OAUTH2_PROVIDER = {"SCOPES": {"openid": "x", "tea:brew": "Brew tea"}}\n')
    quickstart(site, "--write")
    assert (site / "mysite/settings.py").read_text().count("SCOPES") == 1
    assert 'HasScopes("tea:brew")' in (site / "mysite/urls.py").read_text()


def test_other_settings_of_the_toolkit_are_kept(site: Path) -> None:
    with (site / "mysite/settings.py").open("a") as file:
        file.write('OAUTH2_PROVIDER = {"ACCESS_TOKEN_EXPIRE_SECONDS": 60}\n')
    quickstart(site, "--write")
    printed = manage(
        site, "shell", "-c", "from django.conf import settings; print(settings.OAUTH2_PROVIDER)"
    )
    assert "'ACCESS_TOKEN_EXPIRE_SECONDS': 60" in printed
    assert "'notes:read'" in printed


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("urlpatterns = [", "urlpatterns = tuple([path('x/', admin.site.urls)][:0]) or (*["),
        (
            "urlpatterns = [",
            "from django.urls import re_path\nurlpatterns = [re_path('', admin.site.index),",
        ),
    ],
)
def test_urls_that_are_not_understood_are_left_alone(site: Path, old: str, new: str) -> None:
    urls = site / "mysite/urls.py"
    text = urls.read_text().replace(old, new)
    if "(*[" in new:
        text = text.rstrip().removesuffix("]") + "],)\n"
    urls.write_text(text)
    printed = quickstart(site, "--write", status=1)
    assert "--write leaves it to you" in printed
    assert 'include("django_oauthflows.urls")' in printed
    assert urls.read_text() == text


def test_apps_that_are_put_together_elsewhere_are_left_alone(site: Path) -> None:
    settings = site / "mysite/settings.py"
    text = settings.read_text().replace("INSTALLED_APPS = [", "if True:\n  INSTALLED_APPS = [")
    settings.write_text(text)
    printed = quickstart(site, "--write", status=1)
    assert "no plain line of mysite.settings assigns INSTALLED_APPS" in printed
    assert settings.read_text() == text


def test_lines_end_as_the_file_has_them(site: Path) -> None:
    urls = site / "mysite/urls.py"
    urls.write_bytes(urls.read_bytes().replace(b"\n", b"\r\n").rstrip())
    quickstart(site, "--write")
    content = urls.read_bytes()
    assert content.count(b"\n") == content.count(b"\r\n")
    manage(site, "migrate", "-v0")
    assert "client secret: " in quickstart(site)


def test_a_protected_view_that_is_there_is_used(site: Path) -> None:
    quickstart(site, "--write")
    urls = site / "mysite/urls.py"
    urls.write_text(urls.read_text().replace("api/hello/", "tea/"))
    manage(site, "migrate", "-v0")
    assert "http://127.0.0.1:8000/tea/" in quickstart(site)


def test_a_database_that_is_away_is_told(site: Path) -> None:
    quickstart(site, "--write")
    with (site / "mysite/settings.py").open("a") as file:
        file.write("DATABASES['default']['NAME'] = '/nowhere/at/all/db.sqlite3'\n")
    assert "The database: " in quickstart(site, status=1)

"""Build the wheel, install it alone in a clean environment, use it there. Run by `tox run -e wheel`.

Three claims: the wheel holds every file of the package and nothing else; a site without Django's middleware
starts from it without a warning, in a folder where the checkout cannot be seen; and the README's quick start,
typed and pasted as it stands into an empty folder, ends with a token and an answer of the protected view, on
the oldest and the newest Django.
"""

import os
import shlex
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import venv
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.house.quick_start import file_of, steps

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "django_oauthflows"

#: One of each kind that a build can lose without anybody noticing.
MUST_HOLD = (
    "django_oauthflows/py.typed",
    "django_oauthflows/migrations/0001_initial.py",
    "django_oauthflows/static/oauthflows/oauthflows.css",
    "django_oauthflows/templates/oauthflows/base.html",
    "django_oauthflows/templates/oauthflows/snippets/curl/code.txt",
    "django_oauthflows/templates/registration/login.html",
)

#: The Djangos that the quick start is run on, each with the Pythons that it runs on.
DJANGOS = (
    ("Django>=5.2,<5.3", ("3.11", "3.12", "3.13")),
    ("Django>=6.1,<6.2", ("3.13", "3.12", "3.14")),
)

SITE = """
import django
from django.conf import settings
from django.core.management import call_command

settings.configure(
    SECRET_KEY="clean",
    ROOT_URLCONF="site_urls",
    STATIC_URL="/static/",
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
    INSTALLED_APPS=[
        "django.contrib.auth",
        "django.contrib.contenttypes",
        "django.contrib.sessions",
        "django.contrib.staticfiles",
        "rest_framework",
        "oauth2_provider",
        "django_oauthflows",
    ],
    OAUTH2_PROVIDER={"SCOPES": {"notes:read": "Read your notes"}},
    TEMPLATES=[
        {"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True}
    ],
)
django.setup()
call_command("check", fail_level="WARNING")
call_command("migrate", verbosity=0)

from django.contrib.staticfiles import finders
from django.template.loader import get_template
from django.test import Client
import django_oauthflows

assert "site-packages" in django_oauthflows.__file__, django_oauthflows.__file__
get_template("oauthflows/base.html")
assert finders.find("oauthflows/oauthflows.css")
settings.ALLOWED_HOSTS = ["testserver"]
answer = Client().get("/.well-known/oauth-authorization-server/o")
assert answer.status_code == 200, answer.status_code
"""

SITE_URLS = """
from django.urls import include, path

urlpatterns = [
    path("", include("django_oauthflows.urls")),
]
"""


def build(folder: Path) -> Path:
    subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--outdir", folder, ROOT],
        check=True,
        stdout=subprocess.DEVNULL,
    )
    (wheel,) = folder.glob("*.whl")
    return wheel


def source_files() -> set[str]:
    return {
        path.relative_to(ROOT).as_posix()
        for path in PACKAGE.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


def check_contents(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        held = {name for name in archive.namelist() if ".dist-info/" not in name}
    if wrong := held ^ source_files() | set(MUST_HOLD) - held:
        sys.exit(f"not in both the wheel and the package: {sorted(wrong)}")


def check_use(wheel: Path, folder: Path) -> None:
    """Install into a fresh environment with nothing but the wheel's own requirements."""
    venv.create(folder / "venv", with_pip=True)
    python = folder / "venv" / ("Scripts" if os.name == "nt" else "bin") / "python"
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "DJANGO"))}
    subprocess.run([python, "-m", "pip", "install", "--quiet", wheel], check=True, env=clean)
    (folder / "site_urls.py").write_text(SITE_URLS)
    (folder / "site_check.py").write_text(SITE)
    subprocess.run([python, "-W", "error", "site_check.py"], check=True, env=clean, cwd=folder)


def python_of(versions: tuple[str, ...]) -> str | None:
    """Return a Python of one of these versions: this one, one on the PATH, or one of pyenv's."""
    own = f"{sys.version_info.major}.{sys.version_info.minor}"
    found = [sys.executable] if own in versions else []
    for version in versions:
        found += filter(None, [shutil.which(f"python{version}")])
        found += map(str, Path.home().glob(f".pyenv/versions/{version}.*/bin/python"))
    for python in found:
        # A shim of pyenv is on the PATH, and runs nothing where no such version is chosen.
        if not subprocess.run([python, "-c", ""], capture_output=True, check=False).returncode:
            return python
    return None


def check_quick_start(wheel: Path, folder: Path, django: str, python: str) -> None:
    """Type and paste each step as it stands; `pip install` alone names the wheel instead."""
    subprocess.run([python, "-m", "venv", folder / "venv"], check=True)
    programs = folder / "venv" / "bin"
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "DJANGO"))}
    clean["PATH"] = f"{programs}{os.pathsep}{clean['PATH']}"
    site = folder / "site"
    site.mkdir()

    def typed(line: str) -> str:
        print(f"$ {line}", flush=True)
        return subprocess.run(
            ["bash", "-euo", "pipefail", "-c", line],
            cwd=site,
            env=clean,
            text=True,
            check=True,
            stdout=subprocess.PIPE,
        ).stdout

    typed(f"pip install --quiet {shlex.quote(django)}")
    typed("django-admin startproject mysite .")
    printed = ""
    for language, text in steps():
        if language == "python":
            with (site / "mysite" / file_of(text)).open("a") as file:
                file.write(text)
            continue
        line = text.strip()
        if line == "pip install django-oauthflows":
            line = f"pip install --quiet {shlex.quote(str(wheel))}"
        printed = typed(line)
    assert "System check identified no issues" in typed("python -W error manage.py check")
    gets, calls = (one for one in printed.splitlines() if one.startswith("curl "))
    with running_site(site, clean):
        assert '"access_token"' in typed(gets)
        assert '{"hello":"client ' in typed(calls)
        assert "oauthflows.css" in typed("curl -s http://127.0.0.1:8000/o/sign-in/")


@contextmanager
def running_site(site: Path, environment: dict[str, str]) -> Iterator[None]:
    """Run the development server where the printed lines look for it."""
    with socket.socket() as probe:
        if probe.connect_ex(("127.0.0.1", 8000)) == 0:
            sys.exit("port 8000 is taken: the lines of the quick start need it")
    python = Path(environment["PATH"].partition(os.pathsep)[0]) / "python"
    server = subprocess.Popen(
        [python, "manage.py", "runserver", "--noreload"],
        cwd=site,
        env=environment,
        stderr=subprocess.DEVNULL,
    )
    try:
        for _ in range(300):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", 8000)) == 0:
                    break
            time.sleep(0.1)
        yield
    finally:
        server.terminate()
        server.wait()


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        wheel = build(folder)
        check_contents(wheel)
        check_use(wheel, folder)
        for number, (django, versions) in enumerate(DJANGOS):
            if python := python_of(versions):
                (folder / str(number)).mkdir()
                check_quick_start(wheel, folder / str(number), django, python)
            else:
                print(f"{django} was not tried: pyenv install {versions[0]}")
    print(f"{wheel.name}: complete, and a site runs on it")


if __name__ == "__main__":
    main()

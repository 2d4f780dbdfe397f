"""Build the wheel, install it alone in a clean environment, use it there. Run by `tox run -e wheel`.

Two claims: the wheel holds every file of the package and nothing else, and a site made of the README's
lines (two apps, one include, `migrate`) and a sign-in page starts from it without a warning, in a folder
where the checkout cannot be seen.
"""

import os
import subprocess
import sys
import tempfile
import venv
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "django_oauthflows"

#: One of each kind that a build can lose without anybody noticing.
MUST_HOLD = (
    "django_oauthflows/py.typed",
    "django_oauthflows/migrations/0001_initial.py",
    "django_oauthflows/static/oauthflows/oauthflows.css",
    "django_oauthflows/templates/oauthflows/base.html",
    "django_oauthflows/templates/oauthflows/snippets/curl/code.txt",
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
        "oauth2_provider",
        "django_oauthflows",
    ],
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
    path("accounts/", include("django.contrib.auth.urls")),
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


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        wheel = build(folder)
        check_contents(wheel)
        check_use(wheel, folder)
    print(f"{wheel.name}: complete, and a site runs on it")


if __name__ == "__main__":
    main()

"""The programs that sign people in at the provider, and what each is registered with and started by."""

import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

#: The programs that npm brings.
NPM = Path(__file__).parent / "npm"


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """A program as its documentation has it.

    `sign_in`, `pop_up`, `callback`, `refresh`, `sign_out` are paths of it, and `after_sign_out` the one that
    people come back to. `button` is pressed on its own page to sign in; `after_denial` is what a person who
    said no reads. `options` are given to `oauthflows_register_client`, with the program's origin for
    `{origin}`. With `known_as` it is registered as that known program, and given the configuration that is
    printed; with `has_api`, the API behind it is registered too. `run_by` is the Python module that serves
    it.
    """

    slug: str
    callback: str
    sign_in: str = "/login"
    pop_up: str = ""
    button: str = ""
    refresh: str = ""
    sign_out: str = ""
    after_sign_out: str = "/"
    after_denial: str = ""
    options: tuple[str, ...] = ("--preset=web-app",)
    known_as: str = ""
    has_api: bool = False
    run_by: str = "gunicorn --workers=1 --threads=4 --bind=127.0.0.1:{port} {module}:application"

    @property
    def module(self) -> str:
        return f"tests.programs.{self.slug}.site"

    def registration(self, origin: str) -> list[str]:
        """The options it is registered with."""
        return [
            "--json",
            f"--name={self.slug}",
            "--scope=openid profile email",
            f"--redirect-uri={origin}{self.callback}",
            f"--post-logout-redirect-uri={origin}{self.after_sign_out}",
            *(option.format(origin=origin) for option in self.options),
        ]

    def command(self, port: int, folder: Path) -> list[str]:
        """What serves it on this port; the TLS front is somebody else's."""
        return [sys.executable, "-m", *self.run_by.format(port=port, module=self.module).split()]


class NpmProgram(Program):
    """A program for Node.js, which reads its port from the environment."""

    __slots__ = ()

    def command(self, port: int, folder: Path) -> list[str]:
        for source in NPM.glob(f"{self.slug}.*"):
            shutil.copy(source, folder)
        return ["node", str(folder / f"{self.slug}.mjs")]


PROGRAMS = (
    Program(
        slug="flask_authlib",
        callback="/callback",
        refresh="/refresh",
        sign_out="/logout",
        after_denial='"error":"access_denied"',
    ),
    Program(
        slug="mozilla_django_oidc",
        sign_in="/oidc/authenticate/",
        callback="/oidc/callback/",
        sign_out="/out",
        after_denial="null",
    ),
    Program(
        slug="social_auth",
        sign_in="/in",
        button="Sign in",
        callback="/complete/oidc/",
        refresh="/refresh",
        sign_out="/logout",
        after_denial='"error": "access_denied"',
    ),
    Program(
        slug="django_allauth",
        sign_in="/accounts/oidc/provider/login/",
        button="Continue",
        callback="/accounts/oidc/provider/login/callback/",
        after_denial="Login Cancelled",
        options=("--preset=web-app", "--may-omit-pkce-and-nonce"),
    ),
    Program(
        slug="flask_dance",
        sign_in="/login/provider",
        callback="/login/provider/authorized",
        refresh="/refresh",
        sign_out="/logout",
        after_denial='"error":"access_denied"',
        options=("--preset=web-app", "--may-omit-pkce-and-nonce", "--all-or-nothing"),
    ),
    Program(
        slug="requests_oauthlib",
        callback="/callback",
        refresh="/refresh",
        sign_out="/logout",
        after_denial='"error":"access_denied"',
        options=("--preset=web-app", "--may-omit-pkce-and-nonce", "--all-or-nothing"),
    ),
    NpmProgram(
        slug="oidc_client_ts",
        pop_up="/popup",
        callback="/callback",
        refresh="/refresh",
        sign_out="/logout",
        after_denial='"error":"access_denied"',
        options=("--preset=single-page-app",),
    ),
    NpmProgram(
        slug="authjs",
        sign_in="/api/auth/signin",
        button="Sign in with the demo",
        callback="/api/auth/callback/provider",
        refresh="/refresh",
        sign_out="/logout",
        after_denial="Try signing in with a different account.",
        options=("--program=authjs", "--address={origin}"),
    ),
    NpmProgram(
        slug="express_openid_connect",
        callback="/callback",
        refresh="/refresh",
        sign_out="/logout",
        after_sign_out="",
        after_denial='"error":"access_denied"',
    ),
    NpmProgram(
        slug="express_openid_connect_plain",
        callback="/callback",
        sign_out="/logout",
        after_sign_out="",
        after_denial='"error":"access_denied"',
        options=("--preset=web-app", "--profile=legacy", "--flow=implicit"),
    ),
    NpmProgram(
        slug="passport_openidconnect",
        callback="/cb",
        sign_out="/logout",
        after_denial="denied",
        options=("--preset=web-app", "--may-omit-pkce-and-nonce"),
    ),
    NpmProgram(
        slug="openid_client",
        callback="/callback",
        refresh="/refresh",
        sign_out="/logout",
        after_denial="Unauthorized",
    ),
)

#: Pages that sign nobody in: they call an API with the token that they get.
SWAGGER_UIS = (
    Program(
        slug="drf_spectacular",
        sign_in="/api/schema/swagger-ui/",
        callback="",
        known_as="swagger-ui",
        has_api=True,
        options=(),
    ),
    Program(
        slug="fastapi_docs",
        sign_in="/docs",
        callback="/docs/oauth2-redirect",
        options=("--preset=single-page-app",),
        run_by="uvicorn --port={port} {module}:application",
    ),
)

#: It knows people by their user names, and starts a proxy of its own.
JUPYTERHUB = Program(
    slug="jupyterhub",
    sign_in="/hub/login",
    callback="",
    after_denial="The person denied the request.",
    known_as="jupyterhub",
    options=(),
    run_by="jupyterhub --config=tests/programs/jupyterhub/jupyterhub_config.py",
)

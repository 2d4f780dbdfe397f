"""The programs that sign people in at the provider, and what each is registered with and started by."""

import sys
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """A program as its documentation has it.

    `sign_in`, `callback`, `refresh`, `sign_out` are paths of it.
    `options` are given to `oauthflows_register_client`; `after_denial` is what a person who said no reads.
    With `known_as` it is registered as that known program, and given the configuration that is printed;
    with `has_api`, the API behind it is registered too. `run_by` is the Python module that serves it.
    """

    slug: str
    callback: str
    sign_in: str = "/login"
    refresh: str = ""
    sign_out: str = ""
    after_denial: str = ""
    options: tuple[str, ...] = ()
    known_as: str = ""
    has_api: bool = False
    run_by: str = "gunicorn --workers=1 --threads=4 --bind=127.0.0.1:{port} {module}:application"

    @property
    def module(self) -> str:
        return f"tests.programs.{self.slug}.site"

    def command(self, port: int) -> list[str]:
        """What serves it on this port; the TLS front is somebody else's."""
        return [sys.executable, "-m", *self.run_by.format(port=port, module=self.module).split()]


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
        callback="/complete/oidc/",
        refresh="/refresh",
        sign_out="/logout",
        after_denial='"error": "access_denied"',
    ),
    Program(
        slug="django_allauth",
        sign_in="/accounts/oidc/provider/login/",
        callback="/accounts/oidc/provider/login/callback/",
        after_denial="Login Cancelled",
        options=("--may-omit-pkce-and-nonce",),
    ),
    Program(
        slug="flask_dance",
        sign_in="/login/provider",
        callback="/login/provider/authorized",
        refresh="/refresh",
        sign_out="/logout",
        after_denial='"error":"access_denied"',
        options=("--may-omit-pkce-and-nonce", "--all-or-nothing"),
    ),
    Program(
        slug="requests_oauthlib",
        callback="/callback",
        refresh="/refresh",
        sign_out="/logout",
        after_denial='"error":"access_denied"',
        options=("--may-omit-pkce-and-nonce", "--all-or-nothing"),
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
    run_by="jupyterhub --config=tests/programs/jupyterhub/jupyterhub_config.py",
)

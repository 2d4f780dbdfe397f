"""What programs send that are not run here, to the letter: their authorization and token requests.

Programs that are run as they are, in `tests/programs`, are not among them.
"""

from base64 import b64encode
from dataclasses import dataclass
from typing import Any

from tests.identity.stories import WITHOUT_PKCE

NONCE = {"nonce": "a-nonce"}
#: What a program sends that asks for no scope.
NO_SCOPE = {"scope": None}


@dataclass(frozen=True, kw_only=True)
class Sent:
    """A program: what it is registered with, what it asks for, and how it authenticates.

    `asks` replaces or leaves out parameters of an authorization request with PKCE. `switch` is what a person
    has to turn on at its side first, as the refusal of its default names it; empty where its default works.
    `is_told_in` is where it reads who signed in.
    """

    name: str
    registered: dict[str, Any]
    asks: dict[str, Any]
    redirect_uri: str = ""
    proof: str = "basic"
    switch: str = ""
    is_told_in: str = "id_token"
    wants: tuple[str, ...] = ("sub", "name", "email")

    def __str__(self) -> str:
        return self.name


def web(redirect_uri: str, **more: Any) -> dict[str, Any]:
    return {"preset": "web-app", "redirect_uris": [redirect_uri], **more}


SIGNS_IN = {"scope": "openid profile email"}

PROGRAMS = (
    Sent(
        name="oauth2-proxy",
        registered=web("https://proxy.example/oauth2/callback"),
        asks={"scope": "openid email profile", "approval_prompt": "force"},
        switch="--code-challenge-method=S256",
        is_told_in="userinfo",
    ),
    Sent(
        name="Spring Security with an issuer alone",
        registered=web("https://app.example/login/oauth2/code/provider"),
        asks={**NO_SCOPE, **NONCE},
        is_told_in="",
    ),
    Sent(
        name="Spring Security",
        registered=web("https://app.example/login/oauth2/code/provider"),
        asks={**SIGNS_IN, **NONCE},
        is_told_in="userinfo",
    ),
    Sent(
        name="Quarkus",
        registered=web("https://quarkus.example/"),
        asks={"scope": "openid"},
        switch="pkce-required",
        wants=("sub",),
    ),
    Sent(
        name="Kubernetes by kubectl oidc-login",
        registered={"preset": "native-app", "redirect_uris": ["http://localhost:8000"]},
        asks={**SIGNS_IN, **NONCE},
        redirect_uri="http://localhost:49731",
        proof="none",
    ),
    Sent(
        name="Go x/oauth2 of a public client",
        registered={"preset": "native-app", "redirect_uris": ["http://127.0.0.1/callback"]},
        asks={"scope": "openid profile email offline_access", "access_type": "offline"},
        redirect_uri="http://127.0.0.1:50211/callback",
        proof="basic with an empty secret",
    ),
    Sent(
        name="step CLI",
        registered={"preset": "native-app", "redirect_uris": ["http://localhost"]},
        asks={**SIGNS_IN, **NONCE},
        redirect_uri="http://localhost:10001",
        proof="none",
    ),
    Sent(
        name="next-auth 4",
        registered=web("https://next.example/api/auth/callback/provider"),
        asks=SIGNS_IN,
        switch='checks: ["pkce", "state"]',
    ),
    Sent(
        name="passport-oauth2",
        registered=web(
            "https://node.example/auth/callback", authentication_method="client_secret_post"
        ),
        asks=NO_SCOPE,
        proof="body",
        switch="pkce: true, state: true",
        is_told_in="",
    ),
    Sent(
        name="angular-oauth2-oidc",
        registered={"preset": "single-page-app", "redirect_uris": ["https://spa.example/"]},
        asks={**SIGNS_IN, **NONCE},
        proof="none",
    ),
    Sent(
        name="Streamlit",
        registered=web("https://streamlit.example/oauth2callback"),
        asks={**SIGNS_IN, **NONCE, **WITHOUT_PKCE, "prompt": "select_account"},
    ),
    Sent(
        name="pgAdmin",
        registered=web("https://pgadmin.example/oauth2/authorize"),
        asks={"scope": "openid email profile", **NONCE, **WITHOUT_PKCE},
    ),
    Sent(
        name="Flask-AppBuilder without openid",
        registered=web("https://superset.example/oauth-authorized/provider"),
        asks={"scope": "email profile"},
        switch='client_kwargs={"code_challenge_method": "S256"}',
        is_told_in="",
    ),
)


def proof_of(program: Sent, client_id: str, secret: str) -> dict[str, Any]:
    """How the program authenticates at the token endpoint: headers, or what is in the body."""
    if program.proof.startswith("basic"):
        pair = f"{client_id}:{'' if 'empty' in program.proof else secret}"
        return {"headers": {"Authorization": "Basic " + b64encode(pair.encode()).decode()}}
    in_body = {"client_secret": secret} if program.proof == "body" else {}
    return {"headers": {}, "client_id": client_id, **in_body}

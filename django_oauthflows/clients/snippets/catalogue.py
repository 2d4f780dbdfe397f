"""Which snippets there are for a client: one program for each way it may begin, in each language."""

import shlex

from django.template.loader import render_to_string

from django_oauthflows.clients.presets import BY_SLUG
from django_oauthflows.clients.snippets.base import Language, Server, Snippet, Way
from django_oauthflows.clients.snippets.signing import Signing, signing_of
from django_oauthflows.clients.snippets.values import proof_of, values_for
from django_oauthflows.flows import catalogue
from django_oauthflows.rules.requests import AuthMethod, ClientFacts

LANGUAGES = (
    Language(
        slug="curl", title="curl", folder="curl", file_name="connect.sh", runs="bash connect.sh"
    ),
    Language(
        slug="authlib",
        title="Python (Authlib)",
        folder="authlib",
        file_name="connect.py",
        runs="python connect.py",
        installs="pip install authlib requests",
        installs_for_keys='pip install "authlib>=1.7" joserfc requests',
    ),
    Language(
        slug="openid-client",
        title="JavaScript (openid-client)",
        folder="openid_client",
        file_name="connect.mjs",
        runs="node connect.mjs",
        installs="npm install openid-client@6",
        installs_for_keys="npm install openid-client@6 jose@6",
    ),
)

#: The flows a client can begin by, and the template of each. What begins nothing, or should not be begun
#: any more, has none.
TEMPLATES = {
    "authorization-code-pkce": "code",
    "device-code": "device",
    "client-credentials": "client_credentials",
    "jwt-bearer": "jwt_bearer",
    "password": "password",
}


def snippets_for(client: ClientFacts, server: Server) -> tuple[Way, ...]:
    """The ways a client may get its first token, the one its kind is made for first; no secret is in any."""
    return tuple(_way(slug, client, server) for slug in _begun_by(client))


def _begun_by(client: ClientFacts) -> list[str]:
    kind = BY_SLUG.get(client.preset)
    known = dict.fromkeys((*(kind.flows if kind else ()), *catalogue.BY_SLUG))
    return [slug for slug in known if slug in TEMPLATES and _is_open(slug, client)]


def _is_open(slug: str, client: ClientFacts) -> bool:
    """May it begin so? Without an address to return to there is no code, without a key no assertion."""
    if slug not in client.flows:
        return False
    if slug == "authorization-code-pkce":
        return bool(client.redirect_uris)
    return slug != "jwt-bearer" or client.jwks is not None or bool(client.jwks_uri)


def _way(slug: str, client: ClientFacts, server: Server) -> Way:
    flow = catalogue.BY_SLUG[slug]
    signing = signing_of(client, is_needed=slug == "jwt-bearer")
    return Way(
        flow=slug,
        title=flow.name,
        why=flow.why,
        reads_secret=_reads_secret(slug, client),
        preparation=_preparation(slug, signing),
        snippets=tuple(_snippet(language, slug, client, server, signing) for language in LANGUAGES),
    )


def _snippet(
    language: Language, slug: str, client: ClientFacts, server: Server, signing: Signing | None
) -> Snippet:
    values = values_for(language.slug, slug, client, server, signing)
    template = f"oauthflows/snippets/{language.folder}/{TEMPLATES[slug]}.txt"
    has_key = signing is not None and signing.is_by_key
    return Snippet(
        language=language,
        text=render_to_string(template, values).strip() + "\n",
        installs=language.installs_for_keys if has_key else language.installs,
    )


def _preparation(slug: str, signing: Signing | None) -> tuple[str, ...]:
    """What the programs read from the environment. Each line stands for itself: it may be pasted alone."""
    lines = []
    if signing is not None and signing.is_by_key:
        lines.append("export PRIVATE_KEY_FILE=private-key.pem")
    if slug == "password":
        lines.append(
            "read -r LOGIN_NAME && read -rs LOGIN_PASSWORD && export LOGIN_NAME LOGIN_PASSWORD"
        )
    return tuple(lines)


def _reads_secret(slug: str, client: ClientFacts) -> bool:
    by_secret = ("basic", "post", AuthMethod.SECRET_JWT)
    return slug != "jwt-bearer" and proof_of(client) in by_secret


def secret_line(secret: str = "") -> str:
    """How the shell learns a client's secret: given here, where it was just made; asked for, ever after."""
    if secret:
        return f"export CLIENT_SECRET={shlex.quote(secret)}"
    return "read -rs CLIENT_SECRET && export CLIENT_SECRET"

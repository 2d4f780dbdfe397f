"""AI agents and MCP clients as they make themselves known: their documents, registrations and habits.

The documents are those of June to September 2026; at the address of a document's keys stands the test's own.
"""

from dataclasses import dataclass, field
from typing import Any

from joserfc.jwk import RSAKey

from django_oauthflows.testing.assertions import key_set_of

RSA = RSAKey.generate_key(2048, {"kid": "agent", "use": "sig"})

CODE, REFRESH = "authorization_code", "refresh_token"
DEVICE = "urn:ietf:params:oauth:grant-type:device_code"
BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"


@dataclass(frozen=True, kw_only=True)
class Agent:
    """One agent. `said` is its document, where that has a `client_id`, or else its registration.

    `redirect_uri` is where it really comes back. It asks for `all_scopes` of the resource's document instead
    of those of the challenge, and sends the parameters of `always` with each request. Without
    `names_resource` it sends none to the authorization endpoint, without `repeats_resource` none to the
    token endpoint. One that `registers_scopes` names those of its first request when it registers.
    Without `unites_scopes` it steps up by the scopes of the challenge alone, and not with those it has.
    """

    name: str
    said: dict[str, Any]
    redirect_uri: str
    all_scopes: bool = False
    wants_offline_access: bool = False
    repeats_resource: bool = True
    names_resource: bool = True
    registers_scopes: bool = False
    unites_scopes: bool = True
    signs: bool = False
    always: dict[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.name


def by_document(client_id: str, redirect_uris: list[str], **more: Any) -> dict[str, Any]:
    return {
        "client_id": client_id,
        "redirect_uris": redirect_uris,
        "grant_types": [CODE, REFRESH],
        "response_types": ["code"],
        "token_endpoint_auth_method": "none",
        **more,
    }


def by_registration(redirect_uris: list[str], **more: Any) -> dict[str, Any]:
    return {
        "redirect_uris": redirect_uris,
        "grant_types": [CODE, REFRESH],
        "response_types": ["code"],
        "token_endpoint_auth_method": "none",
        **more,
    }


CLAUDE = "https://claude.ai/api/mcp/auth_callback"
CHATGPT = "https://chatgpt.com/connector_platform_oauth_redirect"
CHATGPT_KEYS = "https://chatgpt.com/oauth/jwks.json"
VSCODE = "https://vscode.dev/redirect"
CURSOR = "cursor://anysphere.cursor-mcp/oauth/callback"

#: Address → the key set that is found there.
KEY_SETS = {CHATGPT_KEYS: key_set_of(RSA)}

_CLAUDE_CODE = by_document(
    "https://claude.ai/oauth/claude-code-client-metadata",
    ["http://localhost/callback", "http://127.0.0.1/callback"],
    client_name="Claude Code",
    client_uri="https://claude.ai",
)
_CODEX = by_document(
    "https://chatgpt.com/oauth/codex/client.json",
    ["http://127.0.0.1/callback", "http://localhost/callback"],
    client_name="Codex",
)
_VSCODE = by_document(
    "https://vscode.dev/oauth/client-metadata.json",
    ["http://127.0.0.1:33418/", VSCODE],
    client_name="Visual Studio Code",
    grant_types=[CODE, REFRESH, DEVICE],
    application_type="native",
    client_uri="https://vscode.dev/product",
)

AGENTS: tuple[Agent, ...] = (
    Agent(
        name="Claude by its document",
        said=by_document(
            "https://claude.ai/oauth/mcp-oauth-client-metadata",
            [CLAUDE],
            client_name="Claude",
            client_uri="https://claude.ai",
            grant_types=[CODE, REFRESH, BEARER],
        ),
        redirect_uri=CLAUDE,
        wants_offline_access=True,
        always={"prompt": "consent"},
    ),
    Agent(
        name="Claude by registration",
        said=by_registration(
            [CLAUDE],
            client_name="Claude",
            token_endpoint_auth_method="client_secret_post",
            scope="claudeai",
        ),
        redirect_uri=CLAUDE,
        wants_offline_access=True,
        always={"prompt": "consent"},
    ),
    Agent(
        name="Claude Code on 127.0.0.1",
        said=_CLAUDE_CODE,
        redirect_uri="http://127.0.0.1:49152/callback",
        wants_offline_access=True,
    ),
    Agent(
        name="Claude Code on localhost",
        said=_CLAUDE_CODE,
        redirect_uri="http://localhost:49152/callback",
        wants_offline_access=True,
    ),
    Agent(
        name="ChatGPT",
        said=by_document(
            "https://chatgpt.com/oauth/client.json",
            [CHATGPT],
            client_name="ChatGPT",
            client_uri="https://chatgpt.com/",
            token_endpoint_auth_method="private_key_jwt",
            token_endpoint_auth_methods_supported=["none", "private_key_jwt"],
            token_endpoint_auth_signing_alg="RS256",
            jwks_uri=CHATGPT_KEYS,
        ),
        redirect_uri=CHATGPT,
        signs=True,
    ),
    Agent(
        name="Codex on 127.0.0.1",
        said=_CODEX,
        redirect_uri="http://127.0.0.1:49153/callback",
        all_scopes=True,
        repeats_resource=False,
    ),
    Agent(
        name="Codex on localhost",
        said=_CODEX,
        redirect_uri="http://localhost:49153/callback",
        all_scopes=True,
        repeats_resource=False,
    ),
    Agent(name="VS Code at vscode.dev", said=_VSCODE, redirect_uri=VSCODE),
    Agent(name="VS Code on a random port", said=_VSCODE, redirect_uri="http://127.0.0.1:50012/"),
    Agent(
        name="opencode on 127.0.0.1",
        said=by_registration(["http://127.0.0.1:19876/mcp/oauth/callback"], client_name="OpenCode"),
        redirect_uri="http://127.0.0.1:19876/mcp/oauth/callback",
        repeats_resource=False,
    ),
    Agent(
        name="opencode on localhost",
        said=by_registration(["http://localhost/callback"], client_name="OpenCode"),
        redirect_uri="http://localhost:50013/callback",
        repeats_resource=False,
    ),
    Agent(
        name="Cursor by its scheme",
        said=by_registration([CURSOR], client_name="Cursor"),
        redirect_uri=CURSOR,
        all_scopes=True,
    ),
    Agent(
        name="Cursor by its scheme and a port",
        said=by_registration(["http://127.0.0.1:8787/callback", CURSOR], client_name="Cursor"),
        redirect_uri="http://127.0.0.1:8788/callback",
        all_scopes=True,
    ),
    Agent(
        name="Gemini CLI",
        said=by_registration(["http://127.0.0.1:7777/oauth/callback"], client_name="Gemini CLI"),
        redirect_uri="http://127.0.0.1:7777/oauth/callback",
        all_scopes=True,
    ),
    Agent(
        name="MCP TypeScript SDK",
        said=by_registration(
            ["http://127.0.0.1:3000/callback"],
            client_name="An inspector",
            token_endpoint_auth_method="client_secret_post",
        ),
        redirect_uri="http://127.0.0.1:3000/callback",
        all_scopes=True,
    ),
    Agent(
        name="MCP Python SDK that registers the first challenge",
        said=by_registration(["http://127.0.0.1:3030/callback"], client_name="A script"),
        redirect_uri="http://127.0.0.1:3030/callback",
        registers_scopes=True,
        wants_offline_access=True,
    ),
    Agent(
        name="MCP TypeScript SDK that registers the first challenge",
        said=by_registration(["http://127.0.0.1:6274/oauth/callback"], client_name="MCP Inspector"),
        redirect_uri="http://127.0.0.1:6274/oauth/callback",
        registers_scopes=True,
        unites_scopes=False,
    ),
    Agent(
        name="MCP TypeScript SDK that registers the scopes of the document",
        said=by_registration(["http://127.0.0.1:6275/oauth/callback"], client_name="MCP Inspector"),
        redirect_uri="http://127.0.0.1:6275/oauth/callback",
        registers_scopes=True,
        all_scopes=True,
    ),
    Agent(
        name="Claude Code that names no resource",
        said=by_registration(["http://127.0.0.1:49154/callback"], client_name="Claude Code"),
        redirect_uri="http://127.0.0.1:49154/callback",
        names_resource=False,
        repeats_resource=False,
    ),
)

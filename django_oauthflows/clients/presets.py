"""The kinds of client a person can think of, and what each gets: one scenario, one set of safe choices."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from django_oauthflows.rules.requests import AuthMethod


@dataclass(frozen=True, slots=True, kw_only=True)
class Preset:
    """What a kind of client is given when it is registered.

    `grant_type` is the single one DOT's own column can hold, for code that still reads it. One that
    `has_own_key` registers its public part, and gets no secret. One that `is_installed` runs on a person's
    own device: it may come back by a loopback address on any port (RFC 8252 §7.3).
    """

    slug: str
    title: str | Promise
    summary: str | Promise
    example: str | Promise
    flows: tuple[str, ...]
    grant_type: str
    is_confidential: bool
    needs_redirect_uri: bool
    takes_private_schemes: bool = False
    is_installed: bool = False
    profile: str = "standard"
    has_own_key: bool = False

    @property
    def authentication_method(self) -> AuthMethod:
        if self.has_own_key:
            return AuthMethod.PRIVATE_KEY_JWT
        return AuthMethod.ANY_SECRET if self.is_confidential else AuthMethod.NONE


PRESETS: tuple[Preset, ...] = (
    Preset(
        slug="web-app",
        title=_("A web app with a back end"),
        summary=_("Signs people in and keeps its tokens on a server that can hold a secret."),
        example=_("A shop, a customer portal, anything in Django, Rails or PHP."),
        flows=("authorization-code-pkce", "authorization-code", "refresh-token"),
        grant_type="authorization-code",
        is_confidential=True,
        needs_redirect_uri=True,
    ),
    Preset(
        slug="single-page-app",
        title=_("A single-page app"),
        summary=_(
            "Runs in the browser alone, where no secret can be kept: a fresh proof takes its place."
        ),
        example=_("React, Vue or plain JavaScript, with no server of its own."),
        flows=("authorization-code-pkce", "refresh-token"),
        grant_type="authorization-code",
        is_confidential=False,
        needs_redirect_uri=True,
    ),
    Preset(
        slug="native-app",
        title=_("A mobile or desktop app"),
        summary=_("Installed on a person's own device, where a secret would not stay one."),
        example=_("An app from a store, a program with a window."),
        flows=("authorization-code-pkce", "refresh-token"),
        grant_type="authorization-code",
        is_confidential=False,
        needs_redirect_uri=True,
        takes_private_schemes=True,
        is_installed=True,
    ),
    Preset(
        slug="ai-agent",
        title=_("An AI agent or MCP client"),
        summary=_(
            "Acts for a person at the one server it names: an assistant, a plugin, an MCP client."
        ),
        example=_("A chat assistant, a coding agent, whatever speaks the Model Context Protocol."),
        flows=("authorization-code-pkce", "refresh-token"),
        grant_type="authorization-code",
        is_confidential=False,
        needs_redirect_uri=True,
        is_installed=True,
        profile="mcp",
    ),
    Preset(
        slug="service",
        title=_("A service"),
        summary=_(
            "A program that acts for itself, with nobody signed in: a job, a daemon, another API."
        ),
        example=_("A nightly report, a queue worker, an API that calls another."),
        flows=("client-credentials",),
        grant_type="client-credentials",
        is_confidential=True,
        needs_redirect_uri=False,
    ),
    Preset(
        slug="service-account",
        title=_("A service with a key of its own"),
        summary=_(
            "Signs for itself with a private key that never leaves it: there is no secret to send or to lose."
        ),
        example=_(
            "A build server, a bank's gateway, wherever secrets are not to be passed around."
        ),
        flows=("jwt-bearer", "client-credentials"),
        grant_type="client-credentials",
        is_confidential=True,
        needs_redirect_uri=False,
        has_own_key=True,
    ),
    Preset(
        slug="legacy-app",
        title=_("A trusted legacy app"),
        summary=_(
            "An old app of your own house that asks for people's passwords itself and cannot be changed yet."
        ),
        example=_("A desktop program with its own sign-in window that nobody maintains any more."),
        flows=("password", "authorization-code-pkce", "authorization-code", "refresh-token"),
        grant_type="password",
        is_confidential=True,
        needs_redirect_uri=False,
        profile="legacy",
    ),
    Preset(
        slug="device",
        title=_("A TV or command-line device"),
        summary=_(
            "Has no browser or no keyboard: it shows a short code that people type on another device."
        ),
        example=_("A TV app, a games console, a command-line tool on a remote machine."),
        flows=("device-code", "refresh-token"),
        grant_type="urn:ietf:params:oauth:grant-type:device_code",
        is_confidential=False,
        needs_redirect_uri=False,
    ),
)

BY_SLUG: dict[str, Preset] = {preset.slug: preset for preset in PRESETS}


def is_installed(slug: str) -> bool:
    """Does this kind run on a person's own device (RFC 8252)? An application without a policy may."""
    kind = BY_SLUG.get(slug)
    return kind is None or kind.is_installed

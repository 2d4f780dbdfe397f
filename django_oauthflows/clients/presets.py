"""The kinds of client a person can think of, and what each gets: one scenario, one set of safe choices."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from django_oauthflows import dot, own_scopes
from django_oauthflows.clients.profiles import BY_SLUG as BY_PROFILE
from django_oauthflows.flows import catalogue
from django_oauthflows.rules.requests import AuthMethod, ClientFacts


@dataclass(frozen=True, slots=True, kw_only=True)
class Preset:
    """What a kind of client is given when it is registered.

    `grant_type` is the single one DOT's own column can hold, for code that still reads it. One that
    `has_own_key` registers its public part, and gets no secret. One that `is_installed` runs on a person's
    own device: it may come back by a loopback address on any port (RFC 8252 §7.3). One that `acts_for_itself`
    signs nobody in. One with `claims_in_id_token` is told who signed in by the ID token too, unless its
    profile is a strict one. One that `is_resource_server` is called with tokens and gets none: it says which
    resources it serves.
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
    claims_in_id_token: bool = False
    is_resource_server: bool = False
    acts_for_itself: bool = False

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
        claims_in_id_token=True,
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
        claims_in_id_token=True,
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
        claims_in_id_token=True,
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
        acts_for_itself=True,
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
        acts_for_itself=True,
    ),
    Preset(
        slug="api",
        title=_("An API elsewhere"),
        summary=_(
            "Is called with tokens of this site, and asks this site about each of them. It gets none itself."
        ),
        example=_("A service in another language, a gateway, whatever cannot look into this site."),
        flows=(),
        grant_type="client-credentials",
        is_confidential=True,
        needs_redirect_uri=False,
        is_resource_server=True,
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

#: What a client may ask for, and what it gets where it asks for nothing.
Scopes = tuple[tuple[str, ...], tuple[str, ...]]


def scopes_for(
    slug: str,
    scopes: Sequence[str] | None,
    default_scopes: Sequence[str] | None,
    flows: Sequence[str] | None = None,
) -> Scopes:
    """Return the scopes and the default scopes of a new client of a kind, `None` for what nobody wrote.

    Without scopes it has every open one, an API none, and none by default. Those written for it are its
    default ones too, but for those of our own API. One that acts for itself, as its kind does with no other
    `flows`, gets none that is about people, unless written.
    """
    kind = BY_SLUG.get(slug)
    is_alone = kind is not None and kind.acts_for_itself and set(flows or ()) <= set(kind.flows)
    about_people = dot.OPENID_SCOPES if is_alone else frozenset()
    if scopes is None:
        is_api = kind is not None and kind.is_resource_server
        chosen = frozenset() if is_api else dot.open_scopes() - about_people
        return tuple(sorted(chosen)), tuple(sorted(set(default_scopes or ())))
    written = (
        own_scopes.without(scopes) - about_people if default_scopes is None else default_scopes
    )
    return tuple(sorted(set(scopes))), tuple(sorted(set(written)))


BY_SLUG: dict[str, Preset] = {preset.slug: preset for preset in PRESETS}


def has_claims_in_id_token(kind: Preset, profile: str) -> bool:
    """Is a new client of this kind told who signed in by the ID token too, unless somebody says otherwise?"""
    return kind.claims_in_id_token and not BY_PROFILE[profile].is_strict


def has_people(slug: str, flows: Sequence[str] | None = None) -> bool:
    """Return whether people take part: by the `flows` chosen, else by those of the kind."""
    kind = BY_SLUG.get(slug)
    if kind is None:
        return True
    chosen = kind.flows if flows is None else flows
    return any(flow.slug in chosen and flow.has_person for flow in catalogue.FLOWS)


def is_installed(slug: str) -> bool:
    """Does this kind run on a person's own device (RFC 8252)? A kind that nobody knows may."""
    kind = BY_SLUG.get(slug)
    return kind is None or kind.is_installed


def is_native(client: ClientFacts) -> bool:
    """Does the client run on a person's own device, by its kind or by what it registered (RFC 8252)?"""
    return is_installed(client.preset) or client.openid.application_type == "native"

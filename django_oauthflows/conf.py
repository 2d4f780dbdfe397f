"""Every setting of this app: typed, with its default and the reason for it, read live.

A project writes what it wants to change into one dictionary, and nothing else:

    OAUTHFLOWS = {"ISSUER": "https://id.example.com/o"}

Scopes, lifetimes of codes and tokens and the generators of client ids are django-oauth-toolkit's settings
(`OAUTH2_PROVIDER`) and stay there.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Generic, TypeVar

from django.conf import settings

T = TypeVar("T")


class Setting(Generic[T]):
    """One key of `OAUTHFLOWS`, looked up each time it is asked for so that tests may override it."""

    def __init__(self, default: T, reason: str) -> None:
        self.default = default
        self.reason = reason
        self.name = ""

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    def __get__(self, instance: object, owner: type) -> T:
        chosen: T = project_settings().get(self.name, self.default)
        return chosen


def project_settings() -> Mapping[str, Any]:
    """What the project wrote into `OAUTHFLOWS`."""
    written: Mapping[str, Any] = getattr(settings, "OAUTHFLOWS", {})
    return written


class Conf:
    """The settings. Lifetimes and windows are seconds."""

    ISSUER = Setting(
        "",
        "The issuer identifier (RFC 8414 §2), an https URL without a trailing slash. Empty: made of the "
        "request's host and of where the endpoints stand, which is right for a site with one host name in "
        "ALLOWED_HOSTS.",
    )
    URL_PREFIX = Setting(
        "o/",
        "Where the endpoints live below the site's root; django-oauth-toolkit's own habit, so that a site "
        "that swaps its include keeps every client's URLs.",
    )
    CLIENT_CACHE_SECONDS = Setting(
        5.0,
        "How long a worker may answer from what it knows of a client. A change made in the same worker is "
        "seen at once; disabling a client stops its tokens at once everywhere, whatever is cached.",
    )
    REFRESH_GRACE_SECONDS = Setting(
        10,
        "How long after its rotation a refresh token gets the same answer again: a client whose answer was "
        "lost on its way would otherwise lose its person's sign-in. Where this is not written, DOT's "
        "REFRESH_TOKEN_GRACE_PERIOD_SECONDS counts, if the project wrote that.",
    )
    REFRESH_TOKEN_ABSOLUTE_LIFETIME: "Setting[int | None]" = Setting(
        90 * 86400,
        "The absolute end of a grant, however often it was refreshed. None: no end.",
    )
    DEVICE_CODE_LIFETIME = Setting(
        600,
        "How long a person has to type the code a device shows: minutes, since a short code is guessed the "
        "sooner the longer it lives (RFC 8628 §5.1).",
    )
    CONSENT_LIFETIME: "Setting[int | None]" = Setting(
        365 * 86400,
        "How long a person's yes is remembered. None: until they withdraw it. 0: they are asked each time; "
        "so they are where only DOT's REQUEST_APPROVAL_PROMPT is written, and not as auto.",
    )
    REFRESH_TOKENS_NEED_OFFLINE_ACCESS = Setting(
        False,
        "A person's grant has a refresh token only with the scope offline_access (OpenID Connect Core §11), "
        "which people agree to on a page, first-party clients' people too. The password grant shows no page "
        "and then gives none. Grants from before keep theirs. False: every client with the flow gets one.",
    )
    REVOKE_ON_PASSWORD_CHANGE = Setting(
        True,
        "Whoever changes a password wants other people's sign-ins gone. A client's policy may differ.",
    )
    REVOKE_ON_LOGOUT = Setting(
        False,
        "An app a person connected keeps working after they sign out of this site, as people expect. A "
        "client's policy may differ.",
    )
    BACKCHANNEL_DELIVERY = Setting(
        "thread",
        "How clients are told of a sign-out, server to server (OpenID Connect Back-Channel Logout 1.0). A "
        "`thread` of the worker that answered needs nothing else, and leaves what failed to the next one "
        "or to `oauthflows_deliver_logouts`. A `task` of django.tasks (Django 6.0) is for a site whose tasks "
        "have workers; `command` leaves all to the command. What is due is in the database either way.",
    )
    BACKCHANNEL_ATTEMPTS = Setting(
        8,
        "How often a client that does not answer is told of a sign-out before that is given up: at once and "
        "then, ever more seldom, for about a day.",
    )
    REAUTHENTICATION_URL = Setting(
        "",
        "Where somebody who is signed in signs in once more, because a client asked for it (prompt=login, "
        "max_age): a path, URL or URL name that takes `next`, as LOGIN_URL does. A page that does not call "
        "Django's login() calls `tokens.sessions.note_sign_in`. Empty: LOGIN_URL.",
    )
    REGISTRATION_URL = Setting(
        "",
        "Where people create an account for prompt=create; takes `next` too. Empty: that prompt is refused.",
    )
    ACCOUNT_CHOOSER_URL = Setting(
        "",
        "A page of the project's own on which people choose the account to go on with (select_account); "
        "takes `next` too. Empty: a page that offers the account that is signed in, or another.",
    )
    ALLOW_POPUPS = Setting(
        True,
        "Clients may show the authorization endpoint in a pop-up window that stays connected to theirs, as "
        "Swagger UI and single-page apps do. False: it has the site's Cross-Origin-Opener-Policy.",
    )
    AUTHENTICATION_CONTEXT = Setting(
        "",
        'The dotted path of a function of the request that returns {"acr": ..., "amr": [...]} for who is '
        "signed in (OpenID Connect Core §2). Empty: nobody knows more than that they signed in.",
    )
    ACR_LADDER: "Setting[Sequence[str]]" = Setting(
        ("0",),
        "The authentication contexts (acr) of this site, from the weakest to the strongest. A sign-in has "
        "the step that AUTHENTICATION_CONTEXT says, else the first, and stands for every weaker one; clients "
        'are told when they ask. "0" claims nothing beyond the sign-in itself (OpenID Connect Core §2), '
        "which is all that is known of a password. Empty: only what the function says is told.",
    )
    ACR_VALUES_SUPPORTED: "Setting[Collection[str]]" = Setting(
        (),
        "Further authentication contexts that people can reach here and that are neither weaker nor stronger "
        "than others, for the metadata and for stepping up.",
    )
    STEP_UP_URL = Setting(
        "",
        "Where somebody who is signed in reaches a higher authentication context: it is sent `acr_values` "
        "and `next`. Empty: what a client must have and is not there is refused.",
    )
    KEPT_REQUEST_LIFETIME = Setting(
        600,
        "How long a request that came by POST or by reference is kept while the person signs in and decides.",
    )
    KEPT_REQUESTS_PER_NETWORK = Setting(
        1000,
        "How many such requests are kept from one network within their lifetime, so that nobody fills the "
        "table; one of more than 2000 characters counts as several. Behind a proxy, set TRUSTED_PROXIES, or "
        "all the world is one network.",
    )
    DEVICES_PER_NETWORK = Setting(
        100,
        "How many devices of clients that cannot prove themselves may ask for a code from one network within "
        "the lifetime of a code (RFC 8628 §5.4). Behind a proxy, set TRUSTED_PROXIES.",
    )
    REFERENCE_IN = Setting(
        "description",
        "Where a refusal names its reference besides the X-OAuth-Reference header, which some clients do not "
        "log: description, at the end of error_description, which most do; error_uri, as the address of a "
        "public page that explains it; or header, nowhere else.",
    )
    AUDIT_ROWS_PER_WINDOW = Setting(
        10,
        "How many refusals by the same rule, known client and network are written out within an hour, and "
        "twenty times as many of one network in all; beyond that they are counted, so that hostile traffic "
        "cannot fill the table.",
    )
    AUDIT_ISSUED_TOKENS = Setting(
        False,
        "Write an audit row for each issued token too. The token's own row is the record otherwise.",
    )
    PASSWORD_GUESSES_PER_ACCOUNT = Setting(
        10,
        "How many wrong passwords the password grant takes for one account within the window. Only this "
        "grant stops beyond that, so nobody can lock a person out of the site itself.",
    )
    PASSWORD_GUESSES_PER_NETWORK = Setting(
        100,
        "The same from one address, whatever the account: a client's back end sends everybody's passwords "
        "from one. Behind a proxy, set TRUSTED_PROXIES, or all the world is one network.",
    )
    PASSWORD_GUESSES_PER_CLIENT = Setting(
        1000,
        "The same by one client, from wherever: it bounds a guess spread over many networks and accounts.",
    )
    PASSWORD_GUESSES_WINDOW = Setting(
        900,
        "The window wrong passwords are counted in, and the longest wait for whoever sent too many.",
    )
    CLIENT_GUESSES_PER_NETWORK = Setting(
        100,
        "How many wrong secrets one network may send for one client within the window; all clients that are "
        "not known count as one. The right secret is never counted and never waits.",
    )
    CLIENT_GUESSES_WINDOW = Setting(
        900, "The window wrong secrets are counted in, in seconds, and the longest wait."
    )
    PASSWORD_MFA_CHECK = Setting(
        "",
        "The dotted path of a function of request and person that returns True where the person has a second "
        "factor: a password alone is then refused with mfa_required. Empty: the backends alone decide.",
    )
    AUDIT_RETENTION: "Setting[int | None]" = Setting(
        365 * 86400,
        "How long `oauthflows_cleanup` leaves audit events, and what is known of retired client secrets: "
        "long enough to look into a theft that is found out late. None: for ever.",
    )
    RECORDED_REQUESTS_KEPT = Setting(
        30,
        "How many days `oauthflows_cleanup` leaves the numbers and shapes of requests, which charts are "
        "drawn from and stricter settings tried against: a month holds what a client does but once in it. "
        "0: nothing is recorded.",
    )
    RESOURCE = Setting(
        "",
        "The identifier of this site as a protected resource (RFC 9728 §1.2). Empty: the site's root URL.",
    )
    SIGNING_ALGORITHM = Setting(
        "ES256",
        "What access tokens and introspection answers are signed with: ES256, RS256, PS256 or EdDSA. Before "
        "another one is chosen, `oauthflows_rotate_keys --algorithm` publishes its key.",
    )
    RESOURCE_SIGNING_ALGORITHMS: "Setting[Mapping[str, str]]" = Setting(
        {},
        "What access tokens for a resource are signed with, where that is not SIGNING_ALGORITHM: for an API "
        'elsewhere whose library verifies nothing else, as {"https://prices.example.com/": "RS256"}. It goes '
        "before what a client is set to.",
    )
    ID_TOKEN_SIGNING_ALGORITHM = Setting(
        "RS256",
        "What ID tokens are signed with for a client that is registered for nothing else; the one algorithm "
        "every relying party has to know (OpenID Connect Core §15.1).",
    )
    CLAIMS = Setting(
        "",
        "The dotted path of a mapping from claim names to `identity.claims.Claim`: claims of your own, or "
        "other sources for the standard ones. Empty: the standard claims, from Django's user model.",
    )
    EMAIL_VERIFIED = Setting(
        False,
        "True where the site verifies the e-mail address of every person, and each new one before it is "
        "saved: clients are told `email_verified`. Else it is told of the addresses that django-allauth "
        "verified, and where the user model has a field of that name.",
    )
    ROLES = Setting(
        "",
        "The dotted path of a function of a person and a client_id that returns the person's roles there, a "
        "list of texts: the claim `roles`, of the scope `roles`. Empty: nobody has roles.",
    )
    PAIRWISE_SECRET = Setting(
        "",
        "The secret that pairwise subjects are made with. Changing it makes a stranger of every person, so "
        "it must outlive SECRET_KEY, which is used without it.",
    )
    KEY_ENCRYPTION_SECRET = Setting(
        "",
        "The secret that private keys are encrypted under, in a database that may be stolen without it. "
        "Empty: SECRET_KEY. A former one belongs into SECRET_KEY_FALLBACKS.",
    )
    KEY_ANNOUNCED_SECONDS = Setting(
        86400,
        "How long a key is published before it signs: longer than anybody keeps a copy of the key set.",
    )
    KEY_SIGNING_SECONDS = Setting(
        90 * 86400,
        "How long a key signs before `oauthflows_rotate_keys` retires it.",
    )
    KEY_RETIRED_SECONDS = Setting(
        30 * 86400,
        "How long a key is published after it signed last; never less than an access token lives.",
    )
    KEYS_CACHE_SECONDS = Setting(
        60.0,
        "How long a worker believes it knows which key signs. A key it has never seen it looks up at once.",
    )
    JWKS: "Setting[Mapping[str, Any] | None]" = Setting(
        None,
        'Whose signatures `LocalJWTAuthentication` trusts: a key set ({"keys": [...]}) for an API that runs '
        "apart from its authorization server. None: this site's own keys.",
    )
    JWT_SCOPES: "Setting[Collection[str]]" = Setting(
        (),
        "An access token that holds one of these scopes is a JWT (RFC 9068), whatever its client's policy: "
        "for an API that verifies without asking anybody.",
    )
    TRUSTED_PROXIES = Setting(
        0,
        "How many proxies in front of the site append to X-Forwarded-For; the network an audit row names is "
        "taken from behind them. 0: the connection's own address.",
    )
    ASSERTION_LIFETIME = Setting(
        600,
        "How far ahead an assertion may expire. It is made for one request, and remembered until then: the "
        "shorter, the less there is to steal. Some libraries make theirs for an hour unless told otherwise.",
    )
    TRUSTED_ISSUERS: "Setting[Mapping[str, Mapping[str, Any]]]" = Setting(
        {},
        "Whose assertions the JWT bearer grant takes besides clients' own (RFC 7523 §3), by issuer: jwks or "
        "jwks_uri, client_id (else the client authenticates), algorithms, scopes (the most it may ask for) "
        "and person, the dotted path of a function of the claims that returns whom they are about, or None. "
        "Nobody is trusted unless named: an issuer can act as anybody it may speak of.",
    )
    FETCH_PRIVATE_HOSTS: "Setting[Collection[str]]" = Setting(
        (),
        'Hosts, as "keys.internal" or "127.0.0.1:8000", at which clients may be told of sign-outs and from '
        "which their keys and documents may be fetched though they are not public, and by plain http too. "
        "Others are asked by https at public addresses alone, so that nobody looks around in this server's "
        "own network by registering an address.",
    )
    REGISTRATION = Setting(
        "off",
        "Whether clients may register themselves (RFC 7591): off; token, with an initial access token that "
        "`oauthflows_issue_initial_access_token` issues; or open, anybody within the quotas below.",
    )
    REGISTRATION_PROFILE = Setting(
        "standard",
        "The security profile of clients that registered themselves; an initial access token may name "
        "another. legacy lets them use the implicit and hybrid flows, and codes without PKCE.",
    )
    REGISTRATION_SCOPES: "Setting[Collection[str] | None]" = Setting(
        None,
        "What clients that registered themselves may ask people for. None: the server's default scopes; "
        "openid, profile, email and offline_access where the site is an OpenID Provider; and the scopes of "
        "views that declare a resource. Never all, since nobody has looked at such a client. By "
        "default a client gets the scope it registers; it may ask people for the others later.",
    )
    SENSITIVE_SCOPES: "Setting[Collection[str]]" = Setting(
        (),
        "The scopes that open what does harm in wrong hands. Clients that registered themselves are not "
        "given them, unless REGISTRATION_SCOPES names them.",
    )
    KNOWN_PROGRAMS: "Setting[Collection[str]]" = Setting(
        (),
        "Programs of your own beside those that the package knows: dotted paths of `KnownProgram`s, as "
        '"wiki.oauth.WIKI". They are offered in the admin and to oauthflows_register_client.',
    )
    REGISTRATIONS_PER_NETWORK = Setting(
        20,
        "How many registrations without an initial access token one network may try within the window, how "
        "many new metadata documents it may name, and how often a client may change its own registration.",
    )
    REGISTRATIONS_IN_ALL = Setting(
        500,
        "How many registrations from everywhere together may pass the rules within the window, and how many "
        "clients may make themselves known by a metadata document: it bounds what a flood leaves behind.",
    )
    REGISTRATIONS_WINDOW = Setting(
        3600,
        "The window registrations are counted in, and the longest wait for whoever tried too many.",
    )
    REGISTRATION_UNUSED_LIFETIME: "Setting[int | None]" = Setting(
        7 * 86400,
        "When `oauthflows_cleanup` deletes a client that registered itself and never got a code or a token: "
        "whoever registers on a Friday may sign in on Monday. None: never.",
    )
    SOFTWARE_STATEMENT_ISSUERS: "Setting[Mapping[str, Mapping[str, Any]]]" = Setting(
        {},
        'Whose software statements (RFC 7591 §2.3) are believed: {issuer: its key set, {"keys": [...]}}. '
        "What such a statement says of a client goes before what the client says itself.",
    )
    OUTBOUND: "Setting[Mapping[str, Mapping[str, Any]]]" = Setting(
        {},
        "The providers this site is a client of, by name: issuer, client_id, client_secret, scope and "
        "whatever else `outbound.provider.Provider` knows.",
    )
    OUTBOUND_LEEWAY_SECONDS = Setting(
        60,
        "How long before its end a token of another provider is renewed: it has to last for the call that is "
        "made with it, and clocks differ.",
    )


conf = Conf()

#: Every key `OAUTHFLOWS` may hold.
NAMES: frozenset[str] = frozenset(
    name for name, value in vars(Conf).items() if isinstance(value, Setting)
)

"""The options of `oauthflows_register_client`, and the arguments of `register_client` that they stand for."""

import json
from argparse import BooleanOptionalAction
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.core.management.base import CommandError, CommandParser

from django_oauthflows.clients import presets, profiles
from django_oauthflows.clients.programs.catalogue import known_programs, scopes_for
from django_oauthflows.clients.programs.configuration import registration_of
from django_oauthflows.core.text import for_terminal
from django_oauthflows.flows import catalogue
from django_oauthflows.rules.requests import AuthMethod

#: Options that may be repeated, and what they say.
_REPEATABLE = {
    "--redirect-uri": "Where people are sent back to.",
    "--post-logout-redirect-uri": "Where people may be sent after signing out.",
    "--resource": (
        "An API it serves: it may see, and exchange, tokens meant for that. This site's own URL stands for "
        "tokens that were asked for no resource."
    ),
    "--allowed-resource": "An API its tokens may be for. Without one: any, as it asks.",
    "--exchange-target": "What it may exchange other tokens for (RFC 8693): a resource or an audience.",
    "--visible-group": "A group of this site that its claim groups tells of people. Without one: none.",
}
#: Options that take one address.
_ADDRESSES = {
    "--backchannel-logout-uri": "Where the client is told of sign-outs, server to server.",
    "--frontchannel-logout-uri": "The client's page that is shown, hidden, when people sign out.",
    "--initiate-login-uri": (
        "The client's page at which people begin a sign-in, from their list of connected apps."
    ),
    "--client-uri": "The client's home page, which people are shown.",
    "--logo-uri": "A picture that people are shown beside its name.",
    "--policy-uri": "The client's page about privacy.",
    "--tos-uri": "The client's terms of service.",
    "--jwks-uri": "Where it publishes its public keys.",
}
#: Options that are said or not.
_FLAGS = {
    "--may-introspect-all": (
        "It may introspect every token, not only its own and those meant for its resources."
    ),
    "--keep-secret-readable": (
        "Keep its secret encrypted, not as a checksum alone: for client_secret_jwt."
    ),
    "--all-or-nothing": (
        "People allow all that it asks for, or deny it: for apps that fail if a part is left out."
    ),
    "--may-omit-pkce-and-nonce": (
        "Let a client with a secret leave out both, where it can send neither."
    ),
    "--verified": "You know who runs this client, and people are told so.",
    "--first-party": "It is this site's own: people are not asked for their consent.",
    "--json": "Print one JSON object.",
}
#: Arguments of `register_client` that have the name of their option.
_SAME_NAME = (
    *(option.removeprefix("--").replace("-", "_") for option in _ADDRESSES),
    "frontchannel_logout_session_required",
    "profile",
    "token_format",
    "access_token_algorithm",
    "may_introspect_all",
    "authentication_method",
    "claims_in_id_token",
    "may_omit_pkce_and_nonce",
)
#: Arguments of `register_client` with the name of their option, where the two differ.
_OTHER_NAME = {
    "flows": "flow",
    "resources": "resource",
    "allowed_resources": "allowed_resource",
    "exchange_targets": "exchange_target",
    "visible_groups": "visible_group",
    "keeps_secret_readable": "keep_secret_readable",
    "needs_all_scopes": "all_or_nothing",
    "is_verified": "verified",
    "skips_consent": "first_party",
}


def add_options(parser: CommandParser) -> None:
    """Add all options of the command to its parser."""
    _add_kind(parser)
    for options, action in ((_REPEATABLE, "append"), (_FLAGS, "store_true")):
        for option, about in options.items():
            repeated = {"default": [], "help": f"{about} Repeatable."}
            parser.add_argument(
                option, action=action, **(repeated if action == "append" else {"help": about})
            )
    for option, about in _ADDRESSES.items():
        parser.add_argument(option, default="", help=about)
    _add_scopes(parser)
    _add_tokens(parser)
    parser.add_argument(
        "--owner",
        metavar="USER",
        help="The user it belongs to: the name they sign in with, or their key.",
    )


def _add_kind(parser: CommandParser) -> None:
    kind = parser.add_mutually_exclusive_group(required=True)
    kind.add_argument(
        "--preset",
        choices=sorted(presets.BY_SLUG),
        help="What kind of client it is; its flows and its profile follow.",
    )
    kind.add_argument(
        "--program",
        choices=sorted(known_programs()),
        help="A known program; its kind, addresses and scopes follow, and its configuration is printed.",
    )
    parser.add_argument(
        "--address",
        default="",
        help="Where a known program runs, as https://grafana.example.com.",
    )
    parser.add_argument("--name", help="The name people see. Without it, that of the program.")
    parser.add_argument("--profile", choices=sorted(profiles.BY_SLUG), help="The security profile.")
    parser.add_argument(
        "--flow",
        action="append",
        choices=sorted(catalogue.BY_SLUG),
        help="A flow it may use. Repeatable; with one, those of its preset do not count.",
    )


def _add_scopes(parser: CommandParser) -> None:
    parser.add_argument(
        "--scope", help='The scopes it may ask for, as "a b". Without it, the preset\'s.'
    )
    parser.add_argument(
        "--default-scope",
        help="What it gets where it asks for no scope. Without it, the scopes of --scope.",
    )
    parser.add_argument(
        "--required-scope", help='The scopes that people cannot untick, as "a b". Without it: none.'
    )


def _add_tokens(parser: CommandParser) -> None:
    parser.add_argument(
        "--token-format",
        default="opaque",
        help='"jwt" for access tokens an API can verify by itself. "opaque" unless told otherwise.',
    )
    parser.add_argument(
        "--access-token-algorithm",
        default="",
        help="What its signed access tokens are signed with, as RS256. Without it: the server's.",
    )
    parser.add_argument(
        "--authentication-method",
        choices=[method.value for method in AuthMethod if method],
        help="How it proves who it is, where that is not what its kind does.",
    )
    parser.add_argument(
        "--jwks", metavar="FILE", help="A file with its public keys (a JSON Web Key Set)."
    )
    parser.add_argument(
        "--frontchannel-logout-session-required",
        action=BooleanOptionalAction,
        help="Whether iss and sid are added to its page for sign-outs. Without either option, they are.",
    )
    parser.add_argument(
        "--claims-in-id-token",
        action=BooleanOptionalAction,
        help="Say name, email and what else its scopes stand for in its ID tokens too, or do not.",
    )


def arguments_of(options: Mapping[str, Any]) -> dict[str, Any]:
    """Return what `register_client` is called with. Raise `ValidationError` and `CommandError`."""
    said = {
        **_kind_of(options),
        **{name: options[name] for name in _SAME_NAME},
        **{name: options[option] for name, option in _OTHER_NAME.items()},
        "default_scopes": _words(options["default_scope"]),
        "required_scopes": _words(options["required_scope"]) or (),
        "jwks": _key_set(options["jwks"]),
        "owner": _owner(options["owner"]),
    }
    if not presets.has_people(said["preset"], said["flows"]):
        _must_be_for_people(options)
    return said


def option_of(field: str) -> str:
    """Return the option by which an argument of `register_client` is set."""
    if field in _OTHER_NAME:
        return "--" + _OTHER_NAME[field].replace("_", "-")
    names = {"scopes": "--scope", "jwks": "--jwks", "address": "--address"}
    return names.get(field, "--" + field.removesuffix("s").replace("_", "-"))


def _kind_of(options: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a preset or a known program is registered with, and what was said beside it."""
    scopes = _words(options["scope"])
    redirect_uris, after_sign_out = options["redirect_uri"], options["post_logout_redirect_uri"]
    if options["program"] is None:
        if not options["name"]:
            raise CommandError("--name: say by what name people know it.")
        if options["address"]:
            raise CommandError(
                "--address goes with --program; for a preset there is --redirect-uri."
            )
        return {
            "preset": options["preset"],
            "name": options["name"],
            "redirect_uris": redirect_uris,
            "post_logout_redirect_uris": after_sign_out,
            "scopes": scopes,
        }
    program = known_programs()[options["program"]]
    arguments = registration_of(
        program,
        name=options["name"] or program.title,
        address=options["address"],
        scopes=scopes_for(program) if scopes is None else scopes,
    )
    arguments["redirect_uris"] += redirect_uris
    arguments["post_logout_redirect_uris"] += after_sign_out
    return arguments


def _must_be_for_people(options: Mapping[str, Any]) -> None:
    """Raise `ValidationError` for what is about a consent page, which a client without people never has.

    The admin does not ask for it either.
    """
    about_people = {
        "is_verified": options["verified"],
        "skips_consent": options["first_party"],
        "required_scopes": options["required_scope"],
    }
    if wrong := [name for name, value in about_people.items() if value]:
        sentence = "Leave it out: this kind acts for itself, and nobody is asked for consent."
        raise ValidationError({name: [sentence] for name in wrong})


def _owner(said: str | None) -> Any:
    """Return the user by the name they sign in with, else by their primary key. Raise `CommandError`."""
    if said is None:
        return None
    model: Any = get_user_model()
    people = model._default_manager
    for lookup in (model.USERNAME_FIELD, "pk"):
        try:
            return people.get(**{lookup: said})
        except (model.DoesNotExist, ValidationError, ValueError, OverflowError):
            continue
    raise CommandError(
        f"--owner: no user has the {model.USERNAME_FIELD} or the key {for_terminal(said)}."
    )


def _words(text: str | None) -> list[str] | None:
    return None if text is None else text.split()


def _key_set(path: str | None) -> Any:
    """Return what a file says as JSON. Raise `CommandError`."""
    if path is None:
        return None
    try:
        return json.loads(Path(path).read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        said = for_terminal(f"--jwks: {path} cannot be read as JSON: {error}")
        raise CommandError(said) from None

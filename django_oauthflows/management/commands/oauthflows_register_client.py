"""Register a client from the command line and print its id and secret, once."""

import json
from argparse import BooleanOptionalAction
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser

from django_oauthflows.audit.actors import COMMAND
from django_oauthflows.clients import presets, profiles
from django_oauthflows.clients.legacy import legacy_flows_of
from django_oauthflows.clients.programs.base import KnownProgram
from django_oauthflows.clients.programs.catalogue import known_programs, scopes_for
from django_oauthflows.clients.programs.configuration import registration_of
from django_oauthflows.clients.registration import RegisteredClient, register_client
from django_oauthflows.clients.registration_text import (
    NO_ISSUER,
    audience_for,
    audience_in_words,
    configuration_for,
    lines_for_an_api,
    program_of,
    should_switch_on_pkce,
)
from django_oauthflows.clients.registration_warnings import sentences_of, warnings_about
from django_oauthflows.core.text import for_terminal
from django_oauthflows.flows import catalogue
from django_oauthflows.issuer import configured_issuer
from django_oauthflows.rules.pkce_switches import SWITCHES
from django_oauthflows.rules.requests import AuthMethod

#: The options that name APIs.
_RESOURCES = {
    "--resource": (
        "An API it serves: it may see, and exchange, tokens meant for that. This site's own URL stands for "
        "tokens that were asked for no resource."
    ),
    "--allowed-resource": "An API its tokens may be for. Without one: any, as it asks.",
    "--exchange-target": "What it may exchange other tokens for (RFC 8693): a resource or an audience.",
}
#: The addresses that it is warned of, and their options.
_ADDRESSES = {
    "redirect_uris": "redirect_uri",
    "post_logout_redirect_uris": "post_logout_redirect_uri",
    "backchannel_logout_uri": "backchannel_logout_uri",
    "jwks_uri": "jwks_uri",
}


_PKCE = "Switch on PKCE (S256) at the client's side."


class Command(BaseCommand):
    help = (
        "Register a client and print its id and secret. The secret is shown once and never again."
    )

    def add_arguments(self, parser: CommandParser) -> None:
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
        parser.add_argument(
            "--redirect-uri",
            action="append",
            default=[],
            help="Where people are sent back to. Repeatable.",
        )
        parser.add_argument(
            "--post-logout-redirect-uri",
            action="append",
            default=[],
            help="Where people may be sent after signing out. Repeatable.",
        )
        parser.add_argument(
            "--backchannel-logout-uri",
            default="",
            help="Where the client is told of sign-outs, server to server.",
        )
        parser.add_argument(
            "--frontchannel-logout-uri",
            default="",
            help="The client's page that is shown, hidden, when people sign out.",
        )
        parser.add_argument(
            "--frontchannel-logout-session-required",
            action=BooleanOptionalAction,
            help="Whether iss and sid are added to that page's address. Without either option, they are.",
        )
        parser.add_argument(
            "--initiate-login-uri",
            default="",
            help="The client's page at which people begin a sign-in, from their list of connected apps.",
        )
        parser.add_argument(
            "--scope", help='The scopes it may ask for, as "a b". Without it, the preset\'s.'
        )
        parser.add_argument(
            "--default-scope",
            help="What it gets where it asks for no scope. Without it, the scopes of --scope.",
        )
        parser.add_argument(
            "--profile", choices=sorted(profiles.BY_SLUG), help="The security profile."
        )
        parser.add_argument(
            "--flow",
            action="append",
            choices=sorted(catalogue.BY_SLUG),
            help="A flow it may use. Repeatable; with one, those of its preset do not count.",
        )
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
        for option, about in _RESOURCES.items():
            parser.add_argument(option, action="append", default=[], help=f"{about} Repeatable.")
        parser.add_argument(
            "--may-introspect-all",
            action="store_true",
            help="It may introspect every token, not only its own and those meant for its resources.",
        )
        parser.add_argument(
            "--authentication-method",
            choices=[method.value for method in AuthMethod if method],
            help="How it proves who it is, where that is not what its kind does.",
        )
        parser.add_argument(
            "--jwks", metavar="FILE", help="A file with its public keys (a JSON Web Key Set)."
        )
        parser.add_argument("--jwks-uri", default="", help="Where it publishes its public keys.")
        parser.add_argument(
            "--keep-secret-readable",
            action="store_true",
            help="Keep its secret encrypted, not as a checksum alone: for client_secret_jwt.",
        )
        parser.add_argument(
            "--all-or-nothing",
            action="store_true",
            help="People allow all that it asks for, or deny it: for apps that fail if a part is left out.",
        )
        parser.add_argument(
            "--claims-in-id-token",
            action=BooleanOptionalAction,
            help="Say name, email and what else its scopes stand for in its ID tokens too, or do not.",
        )
        parser.add_argument(
            "--may-omit-pkce-and-nonce",
            action="store_true",
            help="Let a client with a secret leave out both, where it can send neither.",
        )
        parser.add_argument(
            "--visible-group",
            action="append",
            default=[],
            help="A group of this site that its claim groups tells of people. Without one: none. Repeatable.",
        )
        parser.add_argument("--json", action="store_true", help="Print one JSON object.")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            registered = register_client(
                **_kind_of(options),
                backchannel_logout_uri=options["backchannel_logout_uri"],
                frontchannel_logout_uri=options["frontchannel_logout_uri"],
                frontchannel_logout_session_required=options[
                    "frontchannel_logout_session_required"
                ],
                initiate_login_uri=options["initiate_login_uri"],
                default_scopes=_words(options["default_scope"]),
                profile=options["profile"],
                flows=options["flow"],
                token_format=options["token_format"],
                access_token_algorithm=options["access_token_algorithm"],
                resources=options["resource"],
                allowed_resources=options["allowed_resource"],
                exchange_targets=options["exchange_target"],
                may_introspect_all=options["may_introspect_all"],
                authentication_method=options["authentication_method"],
                jwks=_key_set(options["jwks"]),
                jwks_uri=options["jwks_uri"],
                claims_in_id_token=options["claims_in_id_token"],
                visible_groups=options["visible_group"],
                keeps_secret_readable=options["keep_secret_readable"],
                needs_all_scopes=options["all_or_nothing"],
                may_omit_pkce_and_nonce=options["may_omit_pkce_and_nonce"],
                by=COMMAND,
            )
        except ValidationError as error:
            lines = [
                f"{_option(field)}: {message}"
                for field, messages in error.message_dict.items()
                for message in messages
            ]
            raise CommandError(
                "The client was not registered.\n" + "\n".join(map(for_terminal, lines))
            ) from None
        warnings = _warnings(registered, options)
        for sentence in warnings:
            self.stderr.write(self.style.WARNING(for_terminal(sentence)))
        if options["json"]:
            told = [*warnings, *([_PKCE] if should_switch_on_pkce(registered) else [])]
            self.stdout.write(json.dumps({**_members(registered), "warnings": told}))
        else:
            self._print(registered)

    def _print(self, registered: RegisteredClient) -> None:
        self._print_credentials(registered)
        for line in lines_for_an_api(registered):
            self.stdout.write(for_terminal(line))
        program = program_of(registered)
        if program is not None:
            self._print_configuration(registered, program)

    def _print_configuration(self, registered: RegisteredClient, program: KnownProgram) -> None:
        if program.note:
            self.stdout.write(f"\n{program.note}")
        text = configuration_for(registered, program)
        if not text:
            self.stdout.write(f"\nIts configuration: {program.documentation}")
            return
        if not configured_issuer():
            self.stdout.write(f"\n{NO_ISSUER}")
        self.stdout.write(f"\n{program.file_name}:\n")
        self.stdout.write(text)

    def _print_credentials(self, registered: RegisteredClient) -> None:
        self.stdout.write(f"client_id:     {for_terminal(registered.client_id)}")
        if registered.client_secret:
            self.stdout.write(f"client_secret: {registered.client_secret}")
            self.stdout.write(
                self.style.WARNING("Keep the secret now: it is not stored and not shown again.")
            )
        elif registered.policy.authentication_method == AuthMethod.PRIVATE_KEY_JWT:
            self.stdout.write("It has no secret: it signs with its own key.")
        else:
            proof = " and uses PKCE" if registered.redirect_uris else ""
            self.stdout.write(f"This is a public client: it has no secret{proof}.")
        if not registered.policy.program:
            audience = audience_in_words(audience_for(registered))
            self.stdout.write(f"audience:      {for_terminal(audience)}")
        if should_switch_on_pkce(registered):
            self.stdout.write(f"{_PKCE} In known programs:")
            for program, setting in SWITCHES:
                self.stdout.write(f"  {program}: {setting}")


def _kind_of(options: dict[str, Any]) -> dict[str, Any]:
    """What a preset or a known program is registered with, and what was said beside it.

    Raises `ValidationError` and `CommandError`.
    """
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


def _words(text: str | None) -> list[str] | None:
    return None if text is None else text.split()


def _key_set(path: str | None) -> Any:
    """What a file says as JSON. Raises `CommandError`."""
    if path is None:
        return None
    try:
        return json.loads(Path(path).read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        said = for_terminal(f"--jwks: {path} cannot be read as JSON: {error}")
        raise CommandError(said) from None


def _warnings(registered: RegisteredClient, options: dict[str, Any]) -> list[str]:
    """Sentences about what is weak, and about addresses that cannot work as they stand."""
    flows = ", ".join(legacy_flows_of(registered.application))
    of_flows = [f"This client may use flows that are no longer recommended: {flows}."]
    addresses = {name: options[option] for name, option in _ADDRESSES.items()}
    return [*(of_flows if flows else []), *sentences_of(warnings_about(addresses))]


def _members(registered: RegisteredClient) -> dict[str, Any]:
    program = program_of(registered)
    configuration = (
        {} if program is None else {"configuration": configuration_for(registered, program)}
    )
    return {
        "client_id": registered.client_id,
        "client_secret": registered.client_secret,
        "redirect_uris": list(registered.redirect_uris),
        "scopes": list(registered.scopes),
        "default_scopes": list(registered.policy.default_scopes),
        "preset": registered.preset,
        "profile": registered.profile,
        "audience": list(audience_for(registered).names),
        **configuration,
    }


def _option(field: str) -> str:
    """The option a field of the service is set by."""
    names = {
        "redirect_uris": "--redirect-uri",
        "scopes": "--scope",
        "jwks": "--jwks",
        "address": "--address",
    }
    return names.get(field, "--" + field.removesuffix("s").replace("_", "-"))

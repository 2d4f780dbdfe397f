"""Register a client from the command line and print its id and secret, once."""

import json
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser

from django_oauthflows.audit.actors import COMMAND
from django_oauthflows.clients import presets, profiles
from django_oauthflows.clients.legacy import legacy_flows_of
from django_oauthflows.clients.registration import RegisteredClient, register_client
from django_oauthflows.flows import catalogue
from django_oauthflows.rules.requests import AuthMethod

#: The options that name APIs.
_RESOURCES = {
    "--resource": "An API it serves: it may see, and exchange, tokens meant for that.",
    "--allowed-resource": "An API its tokens may be for. Without one: any, as it asks.",
    "--exchange-target": "What it may exchange other tokens for (RFC 8693): a resource or an audience.",
}


class Command(BaseCommand):
    help = (
        "Register a client and print its id and secret. The secret is shown once and never again."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--preset",
            required=True,
            choices=sorted(presets.BY_SLUG),
            help="What kind of client it is; its flows and its profile follow.",
        )
        parser.add_argument("--name", required=True, help="The name people see.")
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
            "--scope", help='The scopes it may ask for, as "a b". Without it, the preset\'s.'
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
        for option, about in _RESOURCES.items():
            parser.add_argument(option, action="append", default=[], help=f"{about} Repeatable.")
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
        parser.add_argument("--json", action="store_true", help="Print one JSON object.")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            registered = register_client(
                preset=options["preset"],
                name=options["name"],
                redirect_uris=options["redirect_uri"],
                post_logout_redirect_uris=options["post_logout_redirect_uri"],
                backchannel_logout_uri=options["backchannel_logout_uri"],
                frontchannel_logout_uri=options["frontchannel_logout_uri"],
                scopes=options["scope"].split() if options["scope"] is not None else None,
                profile=options["profile"],
                flows=options["flow"],
                token_format=options["token_format"],
                resources=options["resource"],
                allowed_resources=options["allowed_resource"],
                exchange_targets=options["exchange_target"],
                authentication_method=options["authentication_method"],
                jwks=_key_set(options["jwks"]),
                jwks_uri=options["jwks_uri"],
                keeps_secret_readable=options["keep_secret_readable"],
                by=COMMAND,
            )
        except ValidationError as error:
            lines = [
                f"{_option(field)}: {message}"
                for field, messages in error.message_dict.items()
                for message in messages
            ]
            raise CommandError("The client was not registered.\n" + "\n".join(lines)) from None
        if flows := legacy_flows_of(registered.application):
            self.stderr.write(
                self.style.WARNING(
                    f"This client may use flows that are no longer recommended: {', '.join(flows)}."
                )
            )
        if options["json"]:
            self.stdout.write(json.dumps(_members(registered)))
        else:
            self._print(registered)

    def _print(self, registered: RegisteredClient) -> None:
        self.stdout.write(f"client_id:     {registered.client_id}")
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


def _key_set(path: str | None) -> Any:
    """What a file says as JSON. Raises `CommandError`."""
    if path is None:
        return None
    try:
        return json.loads(Path(path).read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise CommandError(f"--jwks: {path} cannot be read as JSON: {error}") from None


def _members(registered: RegisteredClient) -> dict[str, Any]:
    return {
        "client_id": registered.client_id,
        "client_secret": registered.client_secret,
        "redirect_uris": list(registered.redirect_uris),
        "scopes": list(registered.scopes),
        "preset": registered.preset,
        "profile": registered.profile,
    }


def _option(field: str) -> str:
    """The option a field of the service is set by."""
    names = {"redirect_uris": "--redirect-uri", "scopes": "--scope", "jwks": "--jwks"}
    return names.get(field, "--" + field.removesuffix("s").replace("_", "-"))

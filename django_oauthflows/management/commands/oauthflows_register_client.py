"""Register a client from the command line and print its id and secret, once."""

import json
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser

from django_oauthflows.audit.actors import COMMAND
from django_oauthflows.clients.legacy import legacy_flows_of
from django_oauthflows.clients.registration import RegisteredClient, register_client
from django_oauthflows.clients.registration_text import should_switch_on_pkce
from django_oauthflows.clients.registration_warnings import sentences_of, warnings_about
from django_oauthflows.core.text import for_terminal
from django_oauthflows.management.client_options import add_options, arguments_of, option_of
from django_oauthflows.management.client_report import (
    KEEP_SECRET,
    PKCE,
    credentials_of,
    members_of,
    surroundings_of,
)

#: The addresses that it is warned of, and their options.
_ADDRESSES = {
    "redirect_uris": "redirect_uri",
    "post_logout_redirect_uris": "post_logout_redirect_uri",
    "backchannel_logout_uri": "backchannel_logout_uri",
    "jwks_uri": "jwks_uri",
}


class Command(BaseCommand):
    help = (
        "Register a client and print its id and secret. The secret is shown once and never again."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        add_options(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            registered = register_client(**arguments_of(options), by=COMMAND)
        except ValidationError as error:
            lines = [
                f"{option_of(field)}: {message}"
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
            told = [*warnings, *([PKCE] if should_switch_on_pkce(registered) else [])]
            self.stdout.write(json.dumps({**members_of(registered), "warnings": told}))
            return
        for line in (*credentials_of(registered), *surroundings_of(registered)):
            self.stdout.write(self.style.WARNING(line) if line == KEEP_SECRET else line)


def _warnings(registered: RegisteredClient, options: dict[str, Any]) -> list[str]:
    """Return sentences about what is weak, and about addresses that cannot work as they stand."""
    flows = ", ".join(legacy_flows_of(registered.application))
    of_flows = [f"This client may use flows that are no longer recommended: {flows}."]
    addresses = {name: options[option] for name, option in _ADDRESSES.items()}
    return [*(of_flows if flows else []), *sentences_of(warnings_about(addresses))]

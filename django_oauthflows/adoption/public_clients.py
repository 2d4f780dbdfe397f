"""Settings of django-oauth-toolkit that are honoured for clients with a secret alone (RFC 9700).

Nothing but PKCE and the one use of a refresh token protects a public client.
"""

from typing import Any

from django.core.checks import CheckMessage, Error, Warning

from django_oauthflows import dot


def check_public_clients(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Name each of them that the project wrote, with what becomes of its public clients."""
    messages: list[CheckMessage] = []
    if dot.is_switched_off("ROTATE_REFRESH_TOKEN"):
        messages.append(
            Error(
                "OAUTH2_PROVIDER['ROTATE_REFRESH_TOKEN'] is False: clients with a secret keep their refresh "
                "token, and public clients do not. Each refresh gives them another one, and one that comes "
                "again ends the grant (RFC 9700 §2.2.2).",
                hint="Remove the line. Or have each public client save the refresh token of every answer, "
                "and then add oauthflows.E175 to SILENCED_SYSTEM_CHECKS. One that cannot is given the "
                "security profile legacy.",
                id="oauthflows.E175",
            )
        )
    if not dot.project_says("PKCE_REQUIRED"):
        return messages
    if callable(dot.setting("PKCE_REQUIRED")):
        messages.append(
            Warning(
                "The function OAUTH2_PROVIDER['PKCE_REQUIRED'] is asked for clients with a secret that have "
                "no policy. It is not asked for public clients: they must send PKCE (RFC 9700 §2.1.1).",
                hint="Have each public client send code_challenge with code_challenge_method=S256. For "
                "one client with a secret, its policy says it: the profile legacy asks for no PKCE.",
                id="oauthflows.W176",
            )
        )
    elif not dot.setting("PKCE_REQUIRED"):
        messages.append(
            Error(
                "OAUTH2_PROVIDER['PKCE_REQUIRED'] is False: clients with a secret may leave out PKCE, and "
                "public clients that do so are refused (RFC 9700 §2.1.1).",
                hint="Remove the line. Where some clients with a secret cannot send PKCE yet, write a "
                "function of the client_id that returns False for these: "
                '"PKCE_REQUIRED": lambda client_id: client_id not in {"…"}.',
                id="oauthflows.E177",
            )
        )
    return messages

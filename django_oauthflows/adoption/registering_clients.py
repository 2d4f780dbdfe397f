"""Dynamic client registration of django-oauth-toolkit (`DCR_*`): who may register is said anew."""

from typing import Any

from django.core.checks import CheckMessage, Error, Warning

from django_oauthflows import dot
from django_oauthflows.conf import project_settings
from django_oauthflows.core.text import for_terminal

_CLASSES = "DCR_REGISTRATION_PERMISSION_CLASSES"
_OPEN = "AllowAllDCRPermission"


def check_registering_clients(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Say who may register no more, and the line by which they may again."""
    if not dot.is_switched_on("DCR_ENABLED"):
        return []
    messages: list[CheckMessage] = [
        Warning(
            "Registration access tokens that django-oauth-toolkit issued manage no client here: programs "
            "that keep one are answered 401 at their client configuration endpoint (RFC 7592 §2).",
            hint="Their clients go on. Have such a program register again, or change it in the admin.",
            id="oauthflows.W180",
        )
    ]
    if "REGISTRATION" not in project_settings():
        messages.append(_closed())
    return messages


def _closed() -> CheckMessage:
    classes = _names_of(dot.written(_CLASSES))
    if classes and all(name.rpartition(".")[2] == _OPEN for name in classes):
        hint = (
            'Write OAUTHFLOWS = {"REGISTRATION": "open"}: anybody may register, within the quotas of '
            "REGISTRATIONS_PER_NETWORK."
        )
    else:
        hint = (
            'Write OAUTHFLOWS = {"REGISTRATION": "token"}, and give those who may register a token of '
            "oauthflows_issue_initial_access_token. Nobody registers by being signed in."
        )
    asked = for_terminal(", ".join(classes)) or "those who are signed in"
    return Error(
        "OAUTH2_PROVIDER['DCR_ENABLED'] lets nobody register at the endpoints of django_oauthflows: the "
        f"register endpoint is closed to whoever it was open to ({asked}).",
        hint=hint,
        id="oauthflows.E181",
    )


def _names_of(classes: Any) -> list[str]:
    """Return the names of permission classes as they are written, a list or one of them."""
    listed = [classes] if isinstance(classes, str) else list(classes or ())
    return [one if isinstance(one, str) else one.__name__ for one in listed]

"""Every operation of the management API: the scope, the permissions a person needs, and what owners get."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.management_api.world import FINDING, World


def nothing(world: World) -> tuple[Any, ...]:
    return ()


def client(world: World) -> tuple[Any, ...]:
    return (world.application.pk,)


def secret(world: World) -> tuple[Any, ...]:
    return (world.application.pk, world.secret.pk)


def finding(world: World) -> tuple[Any, ...]:
    return (world.application.pk, FINDING)


def grant(world: World) -> tuple[Any, ...]:
    return (world.grant.pk,)


def consent(world: World) -> tuple[Any, ...]:
    return (world.consent.pk,)


def event(world: World) -> tuple[Any, ...]:
    return (world.event.reference,)


@dataclass(frozen=True, kw_only=True)
class Row:
    """`owner` and `foreign` are what a delegated owner gets for their own client, and for another's.

    A list answers 200 either way, and names the client in one case alone.
    """

    scope: str
    needs: frozenset[str]
    args: Callable[[World], tuple[Any, ...]] = nothing
    body: Callable[[World], Any] = field(default=lambda world: None)
    ok: int = 200
    owner: int = 200
    foreign: int = 404
    is_list: bool = False


def row(scope: str, *needs: str, **more: Any) -> Row:
    return Row(scope=f"oauthflows:{scope}", needs=frozenset(needs), **more)


def listing(scope: str, *needs: str, **more: Any) -> Row:
    return row(scope, *needs, foreign=200, is_list=True, **more)


def sends(**body: Any) -> Callable[[World], Any]:
    return lambda world: body


ROTATES = ("view_application", "rotate_clientsecret")

#: (name, method) → what it takes.
MANAGING: Mapping[tuple[str, str], Row] = {
    ("clients", "get"): listing("clients:read", "view_application"),
    ("clients", "post"): row(
        "clients:write",
        "add_application",
        body=sends(preset="service", name="A new one", scopes=["notes:read"]),
        ok=201,
        owner=403,
        foreign=403,
    ),
    ("client", "get"): row("clients:read", "view_application", args=client),
    ("client", "patch"): row(
        "clients:write", "change_application", args=client, body=sends(name="Another name")
    ),
    ("client", "delete"): row(
        "clients:write",
        "view_application",
        "delete_application",
        args=client,
        ok=204,
        owner=403,
    ),
    ("enable-client", "post"): row(
        "clients:write", "change_application", "change_clientpolicy", args=client, owner=403
    ),
    ("disable-client", "post"): row(
        "clients:write", "change_application", "change_clientpolicy", args=client, owner=403
    ),
    ("client-keys", "get"): row("clients:read", "view_application", args=client),
    ("secrets", "get"): row("clients:read", "view_application", args=client),
    ("secrets", "post"): row(
        "secrets:write", *ROTATES, args=client, body=sends(label="second"), ok=201, owner=201
    ),
    ("rotate-secret", "post"): row(
        "secrets:write", *ROTATES, args=secret, body=sends(), ok=201, owner=201
    ),
    ("retire-secret", "post"): row("secrets:write", *ROTATES, args=secret, ok=204, owner=204),
    ("review", "get"): row("clients:read", "view_application", args=client),
    ("fix", "get"): row("clients:read", "view_application", args=finding),
    ("fix", "post"): row(
        "clients:write",
        "change_application",
        args=finding,
        body=lambda world: {"seal": world.seal},
    ),
    ("consents", "get"): listing("consents:read", "view_consent"),
    ("consent", "delete"): row("consents:write", "delete_consent", args=consent, ok=204, owner=204),
    ("authorizations", "get"): listing("authorizations:read", "view_authorization"),
    ("authorization", "get"): row("authorizations:read", "view_authorization", args=grant),
    ("revoke-authorization", "post"): row(
        "authorizations:write", "delete_authorization", args=grant
    ),
    ("audit", "get"): listing("audit:read", "view_auditevent"),
    ("audit-export", "get"): listing("audit:read", "view_auditevent"),
    ("audit-event", "get"): row("audit:read", "view_auditevent", args=event),
    ("keys", "get"): row("keys:read", "view_signingkey", owner=403, foreign=403),
    ("rotate-keys", "post"): row(
        "keys:write", "change_signingkey", body=sends(), owner=403, foreign=403
    ),
}

#: A person's own things, which need no permission: (name, method) → scope and status.
OWN: Mapping[tuple[str, str], tuple[str, int]] = {
    ("own-apps", "get"): ("oauthflows:self:read", 200),
    ("own-app", "delete"): ("oauthflows:self:write", 204),
    ("own-sign-ins", "get"): ("oauthflows:self:read", 200),
    ("own-sign-in", "delete"): ("oauthflows:self:write", 204),
    ("own-browsers", "get"): ("oauthflows:self:read", 200),
    ("own-browser", "delete"): ("oauthflows:self:write", 204),
}

#: Every permission that opens anything here, and some that open nothing.
PERMISSIONS = sorted(
    {
        *(name for one in MANAGING.values() for name in one.needs),
        "mass_revoke_authorization",
        "change_auditevent",
        "delete_clientsecret",
        "manage_own_clients",
    }
)

"""What a client gets by default, once an administrator took its only default scope."""

from typing import Any

import pytest

from django_oauthflows.testing.factories import ClientFactory
from tests.admin.pages import administrator, change
from tests.flows.test_default_scopes import defaults_of
from tests.marks import spec

pytestmark = pytest.mark.django_db


def a_service(settings: Any, servers: list[str]) -> Any:
    """A client with two scopes, one of them by default, on a server with these default scopes."""
    settings.OAUTH2_PROVIDER = {**settings.OAUTH2_PROVIDER, "DEFAULT_SCOPES": servers}
    return ClientFactory(
        preset="service",
        redirect_uris=(),
        scopes=("notes:read", "notes:write"),
        default_scopes=("notes:read",),
    )


@pytest.mark.parametrize("servers", [["__all__"], ["notes:write"]])
@spec("RFC 6749 §3.3", "B-9")
def test_to_take_the_only_default_scope_makes_no_other_scope_one(
    servers: list[str], settings: Any
) -> None:
    made = a_service(settings, servers)
    key = made.application.pk
    assert change(administrator(), key, policy__scopes=["notes:write"]).status_code == 302
    assert defaults_of(made.client_id) == frozenset()
    # Neither does a later change of something else.
    assert change(administrator(), key, name="Another name").status_code == 302
    assert defaults_of(made.client_id) == frozenset()


@spec("RFC 6749 §3.3")
def test_to_untick_the_only_default_scope_is_to_choose_the_servers(settings: Any) -> None:
    made = a_service(settings, ["notes:write"])
    saved = change(administrator(), made.application.pk, policy__default_scopes=[])
    assert saved.status_code == 302
    assert defaults_of(made.client_id) == {"notes:write"}

"""Hooks of a project's `OAUTH2_VALIDATOR_CLASS`: each is honoured, or named."""

from types import SimpleNamespace
from typing import Any

import pytest
from django.test import override_settings

from django_oauthflows import dot
from django_oauthflows.adoption.validator_hooks import HOOKS, Standing
from django_oauthflows.dot_validator import HardenedValidator
from tests.checks import validators
from tests.checks.test_checks import dot_settings, found
from tests.checks.validators import OfScopes
from tests.stories import dot_application

pytestmark = pytest.mark.django_db


def messages_of(**members: Any) -> list[Any]:
    kind = type("Own", (HardenedValidator,), {**members, "__module__": "project.validators"})
    with override_settings(**dot_settings()):
        from oauth2_provider.settings import oauth2_settings

        oauth2_settings._user_settings = {
            **oauth2_settings.user_settings,
            "OAUTH2_VALIDATOR_CLASS": kind,
        }
        try:
            return [message for message in found() if message.id != "oauthflows.W144"]
        finally:
            oauth2_settings.reload()


def test_every_member_of_dots_validator_has_its_standing() -> None:
    """A release of DOT's that asks for something more has to be put into the table."""
    assert dot.members_that_dot_asks() - HOOKS.keys() == set()


@pytest.mark.parametrize(
    "name", [name for name, hook in HOOKS.items() if hook.standing is Standing.NOT_ASKED]
)
def test_a_hook_that_is_not_asked_is_an_error_that_names_it(name: str) -> None:
    (message,) = messages_of(**{name: lambda self, *args, **kwargs: None})
    assert message.id == "oauthflows.E164"
    assert f"Own.{name} " in message.msg
    assert len(message.hint.split()) >= 6


@pytest.mark.parametrize(
    "name", [name for name, hook in HOOKS.items() if hook.standing is not Standing.NOT_ASKED]
)
def test_a_hook_that_is_asked_is_no_error(name: str) -> None:
    messages = messages_of(**{name: lambda self, *args, **kwargs: {}})
    assert [message for message in messages if message.is_serious()] == []


def test_a_method_of_the_projects_own_is_its_own_business() -> None:
    assert "scopes_of_department" in vars(OfScopes)
    with override_settings(
        **dot_settings(OAUTH2_VALIDATOR_CLASS=f"{validators.__name__}.OfScopes")
    ):
        messages = [message for message in found() if message.id == "oauthflows.E164"]
    assert ["validate_scopes" in message.msg for message in messages] == [True]


def test_a_site_without_a_validator_has_none_that_is_asked() -> None:
    assert dot.own_validator() is None
    assert not dot.tells_claims()
    assert not dot.names_subjects()
    assert not dot.validates_users()
    assert dot.claims_supported(SimpleNamespace()) == frozenset()  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("fields", "is_named"),
    [
        ({"algorithm": "HS256"}, True),
        ({"algorithm": "HS256", "client_type": "public"}, True),
        ({"algorithm": "HS256", "client_secret": "s" * 32}, False),
        ({"algorithm": "RS256"}, False),
        ({}, False),
    ],
)
def test_a_client_whose_id_tokens_would_be_signed_otherwise_is_named(
    fields: dict[str, Any], is_named: bool
) -> None:
    registered = dot_application(**fields)
    messages = [one for one in found(deploy=True) if one.id == "oauthflows.E167"]
    assert [registered.client_id in one.msg for one in messages] == ([True] if is_named else [])

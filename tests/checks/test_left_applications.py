"""What `manage.py check --deploy` says of the applications that django-oauth-toolkit left here."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import override_settings
from django.utils import timezone
from oauth2_provider.models import get_access_token_model, get_application_model

from django_oauthflows.adoption.left_applications import check_left_applications
from django_oauthflows.testing.factories import ClientFactory
from tests.checks.test_checks import SECURE, dot_settings, found
from tests.marks import spec
from tests.stories import dot_application

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def behind_tls() -> Any:
    with override_settings(**SECURE):
        yield


def told(id: str) -> str:
    """One message of its id at deployment, none at any other time; empty for none."""
    assert id not in {message.id for message in found()}
    messages = [message.msg for message in found(deploy=True) if message.id == id]
    assert len(messages) < 2
    return "".join(messages)


@spec("RFC 7662 §4")
def test_those_that_introspect_everything_are_named() -> None:
    ClientFactory()
    dot_application(client_type="public")
    by_itself = dot_application().application
    get_application_model().objects.filter(pk=by_itself.pk).update(registration_source="dcr")
    assert told("oauthflows.W170") == ""
    left = dot_application(name="An \x1b[2J API")
    said = told("oauthflows.W170")
    assert f"({left.client_id})" in said
    assert "GET" in said
    assert "\x1b" not in said
    for number in range(10):
        dot_application(name=f"API {number}")
    assert "API 8" in told("oauthflows.W170")
    assert "API 9" not in told("oauthflows.W170")
    assert "and more" in told("oauthflows.W170")


@spec("RFC 6749 §4.4")
def test_public_ones_that_ask_for_themselves_are_an_error() -> None:
    service = {"authorization_grant_type": "client-credentials", "name": "Nightly"}
    dot_application(**service)
    assert told("oauthflows.E170") == ""
    public = dot_application(**service, client_type="public")
    assert f"Nightly ({public.client_id})" in told("oauthflows.E170")


@spec("RFC 9700 §2.4")
@pytest.mark.parametrize("client_type", ["public", "confidential"])
def test_those_that_ask_with_passwords_are_an_error_until_it_is_opened(client_type: str) -> None:
    left = dot_application(authorization_grant_type="password", client_type=client_type)
    assert left.client_id in told("oauthflows.E171")
    with override_settings(**dot_settings(COMPLIANT_BCP_RFC9700_PASSWORD_GRANT=False)):
        assert told("oauthflows.E171") == ""


@spec("RFC 7662 §2.1")
def test_tokens_for_introspection_of_no_application_are_an_error() -> None:
    tokens = get_access_token_model().objects
    live = {"expires": timezone.now() + timedelta(1), "scope": "introspection read"}
    application = dot_application(client_type="public").application
    tokens.create(token="of a client", application=application, **live)
    tokens.create(token="over", **{**live, "expires": timezone.now() - timedelta(1)})
    tokens.create(token="for another purpose", **{**live, "scope": "introspection:read"})
    assert told("oauthflows.E172") == ""
    tokens.create(token="a-token-of-nobody", **live)
    said = told("oauthflows.E172")
    assert "(1 of them)" in said
    assert "a-token-of-nobody" not in said


def test_a_few_statements_look_at_them(django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(4):
        check_left_applications(None)

"""Columns of django-oauth-toolkit's next release, at the endpoints, for applications without a policy.

They are run by `test_columns`. Other sites have none of these columns.
"""

import json
from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import override_settings
from joserfc.jwk import ECKey
from oauth2_provider.models import get_application_model

from django_oauthflows.clients.facts import forget_clients
from django_oauthflows.testing.assertions import client_key, key_set_of
from django_oauthflows.testing.client import answered
from tests.checks.test_checks import dot_settings
from tests.stories import Story, begin, dot_application, error_of

COLUMNS = {field.name for field in get_application_model()._meta.get_fields()}
pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif("client_jwks" not in COLUMNS, reason="run by test_columns"),
]


def service(**columns: Any) -> Story:
    return begin(
        registered=dot_application(authorization_grant_type="client-credentials", **columns)
    )


def by_secret(story: Story, *, in_body: bool) -> Any:
    words: dict[str, Any] = {"grant_type": "client_credentials", "scope": "notes:read"}
    if in_body:
        pair = {
            "client_id": story.registered.client_id,
            "client_secret": story.registered.client_secret,
        }
        return _posted(story, {**words, **pair})
    return _posted(story, words, headers=story.basic)


def by_assertion(story: Story, **changes: Any) -> Any:
    words = {"grant_type": "client_credentials", "scope": "notes:read"}
    return _posted(story, {**words, **story.client_assertion(**changes)})


def _posted(story: Story, words: dict[str, Any], **request: Any) -> Any:
    form = "application/x-www-form-urlencoded"
    return story.back_channel.post("/o/token/", urlencode(words), content_type=form, **request)


@pytest.mark.parametrize(
    ("method", "basic", "post"),
    [
        ("", 200, 200),
        ("client_secret_basic", 200, 401),
        ("client_secret_post", 401, 200),
        ("client_secret_jwt", 401, 401),
        ("private_key_jwt", 401, 401),
        ("none", 401, 401),
        ("tls_client_auth", 401, 401),
    ],
)
def test_a_client_proves_itself_by_the_method_of_its_column_alone(
    method: str, basic: int, post: int
) -> None:
    story = service(token_endpoint_auth_method=method)
    assert by_secret(story, in_body=False).status_code == basic
    assert by_secret(story, in_body=True).status_code == post


def test_a_client_signs_with_a_key_of_its_column() -> None:
    key = client_key()
    story = service(
        token_endpoint_auth_method="private_key_jwt", client_jwks=json.dumps(key_set_of(key))
    )
    assert by_assertion(story, key=key).status_code == 200
    stranger = by_assertion(story, key=ECKey.generate_key("P-256", {"kid": "test-client"}))
    assert error_of(stranger) == (401, "invalid_client")


@pytest.mark.parametrize("written", ["", "no JSON", "[]", '{"keys": 7}'])
def test_a_column_that_cannot_be_read_lets_nobody_in(written: str) -> None:
    story = service(token_endpoint_auth_method="private_key_jwt", client_jwks=written)
    assert error_of(by_assertion(story, key=client_key())) == (401, "invalid_client")


def test_a_client_that_must_push_its_requests_is_told_that_there_is_no_endpoint_yet() -> None:
    story = begin(registered=dot_application(require_pushed_authorization_requests=True))
    refused = answered(story.ask())
    assert refused["error"] == "invalid_request"
    assert "no endpoint for pushed requests yet" in refused["error_description"]


def test_a_site_where_all_must_push_refuses_all() -> None:
    with override_settings(**dot_settings(REQUIRE_PUSHED_AUTHORIZATION_REQUESTS=True)):
        forget_clients()
        assert answered(begin(registered=dot_application()).ask())["error"] == "invalid_request"
        assert answered(begin().ask())["error"] == "invalid_request"
    assert begin(registered=dot_application()).ask().status_code == 200

"""Every refusal of an API has a reference and a row that explains it."""

from typing import Any

import pytest
from django.test import Client, RequestFactory
from rest_framework.serializers import Serializer

from django_oauthflows.audit.models import AuditEvent
from django_oauthflows.resource_server import ActsForPerson, HasScopes
from tests.api import WhoCalled
from tests.marks import spec
from tests.resource_server.test_authentication import challenge_of, service_token
from tests.resource_server.test_permissions import call, person_token
from tests.stories import begin

pytestmark = pytest.mark.django_db


@spec("RFC 6750 §3.1", "B-26")
def test_a_refused_token_is_recorded_without_the_token() -> None:
    response = begin().call("marked-token", "/api/notes/?secret=marked")
    row = AuditEvent.objects.get(reference=response["X-OAuth-Reference"])
    assert response.status_code == 401
    assert (row.rule, row.endpoint, row.code) == (
        "access_token_must_exist",
        "api",
        "invalid_token",
    )
    assert row.detail == {"method": "GET", "route": "api/notes/"}
    assert row.reference in challenge_of(response)["error_description"]


@spec("RFC 6750 §3.1", "B-26")
def test_too_little_scope_is_recorded_with_the_scopes_needed_and_held() -> None:
    story = begin()
    response = story.call(story.tokens(scope="profile")["access_token"])
    row = AuditEvent.objects.get(reference=response["X-OAuth-Reference"])
    assert response.status_code == 403
    assert row.rule == "scope_must_be_enough_for_view"
    assert (row.client_id, row.user) == (story.registered.client_id, story.person)
    assert row.application == story.registered.application
    assert row.detail["scope_needed"] == "notes:read"
    assert row.detail["scope_held"] == "profile"


@spec("RFC 6750 §3", "B-26")
def test_the_challenge_leads_to_the_page_where_the_setting_says_so(settings: Any) -> None:
    settings.OAUTHFLOWS = {"REFERENCE_IN": "error_uri"}
    story = begin()
    too_little = story.tokens(scope="profile")["access_token"]
    for response in (story.call("no-such-token"), story.call(too_little)):
        challenge = challenge_of(response)
        assert challenge["error_uri"].endswith(f"/o/explain/{response['X-OAuth-Reference']}/")
        assert "reference" not in challenge["error_description"]
        assert Client().get(challenge["error_uri"]).status_code == 200


@spec("B-26")
def test_a_services_token_where_people_are_wanted_is_explained() -> None:
    story, token = service_token()
    response = story.call(token, "/api/own/")
    row = AuditEvent.objects.get(reference=response["X-OAuth-Reference"])
    assert response.status_code == 403
    assert row.rule == "access_token_must_be_granted_by_a_user"
    assert row.client_id == story.registered.client_id


@spec("B-26")
def test_no_token_is_nothing_to_explain() -> None:
    for path in ("/api/notes/", "/api/own/", "/o/userinfo/"):
        response = Client().get(path)
        assert response.status_code == 401
        assert "X-OAuth-Reference" not in response
    assert not AuditEvent.objects.exists()


@spec("RFC 9068 §4", "B-26")
def test_a_view_without_a_statement_logs_its_refusals_and_writes_none(
    caplog: pytest.LogCaptureFixture, django_assert_num_queries: Any
) -> None:
    story = begin()
    caplog.set_level("INFO", "django_oauthflows.audit")
    with django_assert_num_queries(0):
        response = story.call("no-such-token", "/api/local/")
    (said,) = [record for record in caplog.records if hasattr(record, "reference")]
    assert said.reference == response["X-OAuth-Reference"]
    assert said.endpoint == "api"


class Writing(WhoCalled):
    """A view whose OPTIONS asks which other methods would be refused, as DRF's generic ones do."""

    def get_serializer(self) -> Serializer:
        return Serializer()


@spec("B-26")
def test_what_drf_merely_wonders_about_is_no_refusal() -> None:
    permission = HasScopes(GET="notes:read", POST="notes:write")
    token = person_token("notes:read")
    response = call(permission, token, "options", view=Writing)
    assert (response.status_code, "actions" in response.data) == (200, False)
    assert "X-OAuth-Reference" not in response
    assert not AuditEvent.objects.exists()
    assert "X-OAuth-Reference" in call(permission, token, "post", view=Writing)


@spec("B-26")
def test_a_view_without_authentication_refuses_and_records_nothing() -> None:
    view = type(
        "Bare",
        (WhoCalled,),
        {
            "authentication_classes": (),
            "permission_classes": (ActsForPerson | HasScopes("notes:read"),),
        },
    ).as_view()
    assert view(RequestFactory().get("/api/")).status_code == 403
    assert not AuditEvent.objects.exists()


@spec("OpenID Connect Core §5.3.3")
def test_userinfo_explains_too() -> None:
    story = begin()
    unknown = story.call("no-such-token", "/o/userinfo/")
    token = story.tokens(scope="notes:read")["access_token"]
    not_openid = story.call(token, "/o/userinfo/")
    for response in (unknown, not_openid):
        row = AuditEvent.objects.get(reference=response["X-OAuth-Reference"])
        assert row.endpoint == "userinfo"
        assert row.reference in response.json()["error_description"]
        assert row.reference in challenge_of(response)["error_description"]
    assert (row.client_id, row.user) == (story.registered.client_id, story.person)


def test_a_mistyped_user_code_has_a_reference() -> None:
    story = begin()
    response = story.browser.post("/o/device/", {"user_code": "BCDF-GHJK"})
    row = AuditEvent.objects.get(reference=response["X-OAuth-Reference"])
    assert (row.rule, row.user) == ("user_code_must_be_known", story.person)

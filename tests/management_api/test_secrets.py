"""Stories of secrets: told once, replaced without a failed request, and never told again."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from django_oauthflows.audit.models import AuditEvent
from django_oauthflows.clients.models import ClientSecret
from django_oauthflows.testing.factories import ClientFactory
from tests.management_api.calling import URLS, person, service
from tests.management_api.test_clients import doer_of
from tests.marks import spec
from tests.stories import Story, begin

pytestmark = [pytest.mark.django_db, pytest.mark.urls(URLS)]


@pytest.fixture
def job() -> Story:
    return begin(preset="service", redirect_uris=(), scopes=["notes:read"])


def works(story: Story, secret: str) -> bool:
    body = {"client_id": story.registered.client_id, "client_secret": secret}
    answer = story.post(
        "token",
        headers={"X-Test": "in the body"},
        grant_type="client_credentials",
        scope="notes:read",
        **body,
    )
    return bool(answer.status_code == 200)


@spec("B-7")
def test_a_secret_is_replaced_while_the_old_one_goes_on(
    job: Story, django_capture_on_commit_callbacks: Any
) -> None:
    caller, pk, old = service(), job.registered.application.pk, job.registered.client_secret
    known = ClientSecret.objects.get(application_id=pk)
    with django_capture_on_commit_callbacks(execute=True):
        answer = caller.post("rotate-secret", pk, known.pk, overlap=3600)
    assert answer.status_code == 201
    new = answer.json()["client_secret"]
    assert works(job, old)
    assert works(job, new)
    newest, older = caller.get("secrets", pk).json()
    assert (newest["is_older"], older["is_older"]) == (False, True)
    assert older["expires"] is not None
    row = AuditEvent.objects.get(event="secret.rotated")
    assert doer_of(row) == f"client:{caller.story.registered.client_id}"
    assert row.network == "127.0.0.1"


@spec("B-7")
def test_an_overlap_of_nothing_ends_the_old_one_now(job: Story) -> None:
    pk, known = job.registered.application.pk, ClientSecret.objects.get()
    new = service().post("rotate-secret", pk, known.pk, overlap=0).json()["client_secret"]
    assert works(job, new)
    assert not works(job, job.registered.client_secret)


@spec("B-7")
def test_a_secret_is_added_and_the_other_retired(
    job: Story, django_capture_on_commit_callbacks: Any
) -> None:
    caller, pk = person(is_superuser=True), job.registered.application.pk
    known = ClientSecret.objects.get(application_id=pk)
    ends = (timezone.now() + timedelta(days=1)).isoformat()
    with django_capture_on_commit_callbacks(execute=True):
        told = caller.post("secrets", pk, label="second", expires=ends)
        assert told.status_code == 201
        assert told["Cache-Control"] == "no-store"
        assert caller.post("retire-secret", pk, known.pk).status_code == 204
    assert works(job, told.json()["client_secret"])
    assert not works(job, job.registered.client_secret)
    done = AuditEvent.objects.filter(event__startswith="secret.").order_by("pk")
    assert {doer_of(row) for row in done} == {f"person:{caller.story.person.pk}"}
    assert caller.post("retire-secret", pk, known.pk).status_code == 404


@spec("B-4")
def test_no_list_tells_a_secret(job: Story) -> None:
    caller, pk = service(), job.registered.application.pk
    made = caller.post("secrets", pk, label="second", keep_readable=True).json()["client_secret"]
    told = caller.get("secrets", pk).content.decode()
    row = ClientSecret.objects.get(label="second")
    assert '"label":"second"' in told
    for hidden in (made, job.registered.client_secret, row.digest, row.sealed):
        assert hidden not in told


def test_the_secret_of_another_client_is_not_there(job: Story) -> None:
    other = ClientFactory(preset="service", redirect_uris=())
    known, caller = ClientSecret.objects.get(application=other.application), service()
    pk = job.registered.application.pk
    assert caller.post("rotate-secret", pk, known.pk).status_code == 404
    assert caller.post("retire-secret", pk, known.pk).status_code == 404


@pytest.mark.parametrize(
    ("body", "wrong"),
    [
        ({}, "label"),
        ({"label": ""}, "label"),
        ({"label": "x" * 101}, "label"),
        ({"label": "x", "expires": "2001-01-01T00:00:00Z"}, "expires"),
        ({"label": "x", "expires": "soon"}, "expires"),
        ({"label": "x", "client_secret": "one of my own"}, "client_secret"),
    ],
)
def test_what_is_wrong_with_a_new_secret_is_said_by_field(
    job: Story, body: dict[str, Any], wrong: str
) -> None:
    answer = service().post("secrets", job.registered.application.pk, **body)
    assert (answer.status_code, list(answer.json())) == (400, [wrong])


@pytest.mark.parametrize("overlap", [-1, 10**9, 10**30, "long", None])
def test_an_overlap_is_bounded(job: Story, overlap: Any) -> None:
    pk = job.registered.application.pk
    known = ClientSecret.objects.get(application_id=pk)
    answer = service().post("rotate-secret", pk, known.pk, overlap=overlap)
    assert (answer.status_code, list(answer.json())) == (400, ["overlap"])

"""The outcome of a client's review is kept: after each change, and once a day for what no row says."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.db import transaction
from django.utils import timezone

from django_oauthflows.clients import secrets
from django_oauthflows.clients.models import ClientPolicy
from django_oauthflows.clients.review import keeping
from django_oauthflows.clients.review.gathering import all_applications, reviews_of
from django_oauthflows.clients.review.models import ClientReview
from django_oauthflows.testing.factories import ClientFactory, PersonFactory
from tests.admin.pages import CLIENTS, administrator, change
from tests.admin.test_permissions import staff
from tests.statements.test_statements import statements
from tests.stories import dot_application

AGAIN = f"{CLIENTS}review/again/"


def scores() -> dict[Any, int]:
    return dict(ClientReview.objects.values_list("application_id", "score"))


def kept_ones(answer: Any) -> list[Any]:
    return [row.pk for row in answer.context["cl"].result_list]


@pytest.mark.django_db(transaction=True)
def test_a_client_is_reviewed_when_it_is_registered_and_whenever_it_changes() -> None:
    registered = ClientFactory()
    key = registered.application.pk
    assert scores() == {key: 100}
    assert change(administrator(), key, policy__profile=["legacy"]).status_code == 302
    assert scores() == {key: 85}
    ClientPolicy.objects.get().delete()
    assert scores()[key] != 85
    registered.application.delete()
    assert scores() == {}


@pytest.mark.django_db(transaction=True)
def test_a_new_secret_is_a_change_too() -> None:
    application = ClientFactory().application
    ClientReview.objects.update(computed=timezone.now() - timedelta(days=3))
    secrets.add(application, label="another")
    assert ClientReview.objects.get().computed > timezone.now() - timedelta(days=1)


@pytest.mark.django_db(transaction=True)
def test_what_is_saved_together_is_reviewed_once() -> None:
    with statements() as counted:
        ClientFactory()
    assert len([one for one in counted if "INTO" in one and "clientreview" in one]) == 1


@pytest.mark.django_db(transaction=True)
def test_what_is_rolled_back_is_reviewed_all_the_same_when_it_is_done() -> None:
    application = ClientFactory().application
    with transaction.atomic():
        ClientPolicy.objects.get().save()
        transaction.set_rollback(True)
    ClientReview.objects.all().delete()
    ClientPolicy.objects.get().save()
    assert scores() == {application.pk: 100}


@pytest.mark.django_db(transaction=True)
def test_a_client_that_is_deleted_meanwhile_holds_up_no_other() -> None:
    gone, other = ClientFactory().application, ClientFactory().application
    ClientReview.objects.all().delete()
    found = list(reviews_of(all_applications()))
    gone.delete()
    keeping._keep(found)
    assert scores() == {other.pk: 100}


@pytest.mark.django_db
def test_the_cleanup_finds_what_changed_without_being_saved() -> None:
    owner = PersonFactory()
    key = ClientFactory(owner=owner).application.pk
    call_command("oauthflows_cleanup", "--json")
    assert scores() == {key: 100}
    type(owner).objects.update(is_active=False)
    call_command("oauthflows_cleanup", "--json", "--dry-run")
    assert scores() == {key: 100}
    call_command("oauthflows_cleanup", "--json")
    assert scores() == {key: 85}


@pytest.mark.django_db
def test_the_list_is_sorted_and_filtered_by_risk() -> None:
    fine, old, older = (
        ClientFactory(name="A").application.pk,
        ClientFactory(name="B", profile="legacy").application.pk,
        ClientFactory(name="C", preset="legacy-app").application.pk,
    )
    keeping.review_again()
    unknown = dot_application().application.pk
    browser = administrator()
    column = 1 + list(browser.get(CLIENTS).context["cl"].model_admin.list_display).index("security")
    assert kept_ones(browser.get(f"{CLIENTS}?o={column}")) == [unknown, older, old, fine]
    assert kept_ones(browser.get(f"{CLIENTS}?o=-{column}")) == [fine, old, older, unknown]
    found = {
        risk: kept_ones(browser.get(f"{CLIENTS}?risk={risk}"))
        for risk in ("high", "medium", "low", "note", "unknown")
    }
    assert found == {
        "high": [older],
        "medium": [old],
        "low": [],
        "note": [fine],
        "unknown": [unknown],
    }


@pytest.mark.django_db
def test_the_page_says_whom_nobody_has_looked_at_and_looks_at_them_on_demand() -> None:
    fine, older = ClientFactory(name="Fine"), dot_application(name="Older")
    keeping.review_again(all_applications().filter(pk=fine.application.pk))
    browser = administrator()
    page = browser.get(f"{CLIENTS}review/").content.decode()
    assert "1 client was not reviewed yet and stands first." in page
    assert page.index(f"{CLIENTS}{older.application.pk}/change/") < page.index(
        f"{CLIENTS}{fine.application.pk}/change/"
    )
    said = browser.post(AGAIN, follow=True).content.decode()
    assert "2 clients were reviewed." in said
    assert "not reviewed yet" not in said
    assert set(scores()) == {fine.application.pk, older.application.pk}


@pytest.mark.django_db
def test_only_whoever_may_see_clients_has_them_reviewed() -> None:
    ClientFactory()
    assert staff().post(AGAIN).status_code == 403
    assert administrator().get(AGAIN).status_code == 405
    assert scores() == {}
    assert staff("view_application").post(AGAIN).status_code == 302
    assert len(scores()) == 1

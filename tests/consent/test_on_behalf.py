"""Connected apps shows whoever acts on a person's behalf, though the person never dealt with them."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from django_oauthflows.consent.connections import connections_of
from django_oauthflows.tokens.models import Authorization
from tests.consent.test_connected_apps import PAGE, names_on, withdraw
from tests.consent.test_consent_page import text_of
from tests.consent.test_sign_ins import end, ends_on
from tests.flows.exchanges import API, api, app_token, exchanged
from tests.marks import spec
from tests.stories import Story, begin

pytestmark = pytest.mark.django_db


def acting(app: Story, **client: str) -> tuple[Story, str]:
    """A service that acts for the app's person, and its token."""
    service = api(**client)
    token: str = exchanged(service, app_token(app))["access_token"]
    return service, token


@spec("RFC 8693 §1.1", "B-15")
def test_a_person_sees_who_acts_for_them_and_by_whose_doing() -> None:
    app = begin(name="Paper <b>& Pen")
    acting(app, name="The archive")
    page = text_of(app.browser.get(PAGE))
    assert sorted(names_on(app)) == ["Paper &lt;b&gt;&amp; Pen", "The archive"]
    assert "You did not allow this app yourself" in page
    assert "<b>" not in app.browser.get(PAGE).content.decode()
    assert "Acts on your behalf." in page
    assert "On your behalf, by way of Paper" in page
    assert page.count("Allowed on") == 1


@spec("B-15")
def test_an_app_that_was_allowed_as_well_is_shown_as_such() -> None:
    app = begin(
        flows=["authorization-code-pkce", "token-exchange"],
        exchange_targets=["billing"],
        resources=[API],
    )
    exchanged(app, app_token(app))
    (shown,) = connections_of(app.person)
    assert (shown.is_on_behalf, len(shown.sign_ins)) == (False, 2)
    page = text_of(app.browser.get(PAGE))
    assert "You did not allow this app yourself" not in page
    assert "On your behalf, by way of" in page


@spec("B-15", "B-21")
def test_withdrawing_the_access_of_whoever_handed_it_on_ends_both() -> None:
    app = begin()
    service, token = acting(app)
    withdraw(app)
    assert names_on(app) == []
    assert service.call(token).status_code == 401


@spec("B-15", "B-21")
def test_withdrawing_the_access_of_who_acts_ends_that_alone() -> None:
    app = begin(name="Paper & Pen")
    service, token = acting(app)
    app.browser.post(f"{PAGE}{service.registered.application.pk}/withdraw/")
    assert service.call(token).status_code == 401
    assert names_on(app) == ["Paper &amp; Pen"]


@spec("B-15", "B-21")
def test_a_sign_in_takes_what_was_made_of_it_along_and_nothing_else() -> None:
    app = begin()
    service, ended = acting(app)
    kept = exchanged(service, app_token(app))["access_token"]
    first = Authorization.objects.filter(parent=None).earliest("created")
    end(app, first.pk)
    assert service.call(ended).status_code == 401
    assert service.call(kept).status_code == 200
    assert str(first.pk) not in ends_on(app)


@spec("B-15")
def test_what_is_handed_on_again_and_again_is_one_line() -> None:
    app = begin()
    service, token = acting(app)
    for _ in range(3):
        exchanged(service, app_token(app))
    acting_for, own = sorted(connections_of(app.person), key=lambda shown: len(shown.sign_ins))
    assert (len(acting_for.sign_ins), len(own.sign_ins)) == (1, 4)
    assert len(ends_on(app)) == 4
    app.browser.post(f"{PAGE}{service.registered.application.pk}/withdraw/")
    assert service.call(token).status_code == 401


def test_what_has_expired_is_not_shown() -> None:
    app = begin(name="Paper & Pen")
    service, _ = acting(app)
    Authorization.objects.filter(application=service.registered.application).update(
        expires=timezone.now() - timedelta(seconds=1)
    )
    assert ends_on(app) == [str(Authorization.objects.get(parent=None).pk)]


def test_the_page_takes_no_more_statements_for_it() -> None:
    counts = []
    for number in (0, 3):
        app = begin()
        token = app_token(app)
        for _ in range(number):
            exchanged(api(), token)
        with CaptureQueriesContext(connection) as captured:
            app.browser.get(PAGE)
        counts.append(len(captured))
    assert counts[0] == counts[1]

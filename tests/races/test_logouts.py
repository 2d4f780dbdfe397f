"""Many workers make the deliveries of sign-outs, and many requests of one browser are noted, at once."""

import pytest
from django.test import Client, RequestFactory

from django_oauthflows.identity import deliveries
from django_oauthflows.identity.models import LogoutDelivery
from django_oauthflows.sessions import noting
from django_oauthflows.sessions.models import ProviderSession
from django_oauthflows.testing.factories import ClientFactory, PersonFactory
from tests.identity.relying import listening
from tests.marks import spec
from tests.races.together import sixteen

pytestmark = pytest.mark.django_db(transaction=True)


@spec("OpenID Connect Back-Channel Logout 1.0 §2.5", "B-31")
def test_sixteen_workers_deliver_each_once(rounds: range) -> None:
    client = ClientFactory()
    with listening() as party:
        for _ in rounds:
            party.heard.clear()
            LogoutDelivery.objects.all().delete()
            rows = [
                LogoutDelivery(
                    application=client.application,
                    uri=party.uri,
                    issuer="https://id.example/o",
                    subject="1",
                    sid=f"session-{number}",
                )
                for number in range(5)
            ]
            LogoutDelivery.objects.bulk_create(rows)
            done = sixteen(deliveries.deliver_due)
            assert sum(one.made for one in done) == 5
            assert len(party.heard) == 5
            assert not LogoutDelivery.objects.filter(delivered__isnull=True).exists()


@spec("B-31")
def test_sixteen_first_requests_of_one_browser_note_one_sign_in(rounds: range) -> None:
    person = PersonFactory()
    browser = Client()
    browser.force_login(person)
    for _ in rounds:
        ProviderSession.objects.all().delete()

        def note() -> None:
            request = RequestFactory().get("/")
            request.session = browser.session
            request.session.pop("_oauthflows_noted", None)
            noting.note(request, person, sid="one")

        sixteen(note)
        assert ProviderSession.objects.count() == 1

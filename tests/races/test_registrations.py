"""One initial access token, one document: many clients at once."""

from typing import Any, ClassVar

import pytest
from django.test import Client
from oauth2_provider.models import get_application_model

from django_oauthflows.clients.dynamic import initial_tokens
from django_oauthflows.clients.dynamic.models import ClientRegistration, InitialAccessToken
from django_oauthflows.clients.facts import client_of, forget_clients
from tests.clients.dynamic.registering import PROVIDER, Registrar
from tests.marks import spec
from tests.races.together import sixteen, statuses

pytestmark = pytest.mark.django_db(transaction=True)

ID = "https://app.example/client.json"


class Publisher:
    """Stands for DOT's fetcher."""

    document: ClassVar[dict[str, Any]] = {
        "client_id": ID,
        "redirect_uris": ["https://app.example/callback"],
    }

    def fetch(self, client_id: str) -> tuple[Any, int]:
        return self.document, 300


@spec("RFC 7591 §1.2", "B-3")
def test_an_initial_access_token_for_one_client_registers_one(settings: Any, rounds: range) -> None:
    settings.OAUTH2_PROVIDER = PROVIDER
    settings.OAUTHFLOWS = {"REGISTRATION": "token"}
    for _ in rounds:
        row, token = initial_tokens.issue(label="Ada", max_uses=1)

        def register(token: str = token) -> Any:
            return Registrar(back_channel=Client(raise_request_exception=False)).register(
                token=token
            )

        answers = sixteen(register)

        assert statuses(answers) == [201, *[401] * 15]
        assert InitialAccessToken.objects.get(pk=row.pk).uses == 1
        assert ClientRegistration.objects.filter(initial_token=row).count() == 1


@spec("RFC 7592 §2.2", "B-3")
def test_of_many_changes_by_one_token_one_is_made(settings: Any, rounds: range) -> None:
    settings.OAUTH2_PROVIDER = PROVIDER
    settings.OAUTHFLOWS = {"REGISTRATION": "open", "REGISTRATIONS_PER_NETWORK": 10_000}
    for _ in rounds:
        told = Registrar().registered()

        def change(told: dict[str, Any] = told) -> Any:
            return Registrar(back_channel=Client(raise_request_exception=False)).update(told)

        answers = sixteen(change)

        assert statuses(answers) == [200, *[401] * 15]
        winner = next(answer.json() for answer in answers if answer.status_code == 200)
        assert Registrar().read(winner).status_code == 200


@spec("OAuth Client ID Metadata Document §4")
def test_a_document_seen_by_many_for_the_first_time_is_one_client(
    settings: Any, rounds: range
) -> None:
    settings.OAUTH2_PROVIDER = {
        **PROVIDER,
        "CIMD_ENABLED": True,
        "CIMD_MAX_CONCURRENT_FETCHES": 0,
        "CIMD_METADATA_FETCHER": "tests.races.test_registrations.Publisher",
    }
    settings.OAUTHFLOWS = {"REGISTRATIONS_PER_NETWORK": 10_000}
    for _ in rounds:
        get_application_model().objects.all().delete()
        forget_clients()

        clients = sixteen(lambda: client_of(ID, network="192.0.2.1"))

        assert {client.key for client in clients if client} == {
            get_application_model().objects.get().pk
        }
        assert None not in clients
        assert ClientRegistration.objects.count() == 1

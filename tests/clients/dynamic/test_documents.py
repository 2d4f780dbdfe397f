"""A client id that is an address: its document is fetched, believed within limits, and followed."""

from datetime import timedelta
from typing import Any, ClassVar

import pytest
from django.utils import timezone
from oauth2_provider.models import get_application_model

from django_oauthflows.clients.dynamic.models import ClientRegistration
from django_oauthflows.clients.facts import client_of, forget_clients
from django_oauthflows.clients.models import ClientPolicy
from django_oauthflows.clients.registration import RegisteredClient
from django_oauthflows.dot.moved import module
from django_oauthflows.rules.requests import ClientFacts
from django_oauthflows.testing.factories import ClientFactory
from tests.clients.dynamic.registering import PROVIDER, PUBLIC_KEYS
from tests.marks import spec
from tests.stories import Story, begin, error_of

ID = "https://app.example/client.json"
CALLBACK = "https://app.example/callback"
DOCUMENT: dict[str, Any] = {
    "client_id": ID,
    "client_name": "Notes of app.example",
    "redirect_uris": [CALLBACK],
}


class Publisher:
    """Stands for DOT's fetcher: what is published, and which addresses were asked for."""

    documents: ClassVar[dict[str, Any]] = {}
    asked: ClassVar[list[str]] = []

    def fetch(self, client_id: str) -> tuple[Any, int]:
        self.asked.append(client_id)
        if client_id not in self.documents:
            raise module("cimd").CIMDError("not there")
        return self.documents[client_id], 300


class Nobody:
    def has_permission(self, request: Any, client_id: str) -> bool:
        return False


@pytest.fixture
def publisher(db: None, settings: Any) -> type[Publisher]:
    settings.OAUTH2_PROVIDER = {
        **PROVIDER,
        "CIMD_ENABLED": True,
        "CIMD_METADATA_FETCHER": "tests.clients.dynamic.test_documents.Publisher",
    }
    Publisher.documents = {ID: dict(DOCUMENT)}
    Publisher.asked = []
    return Publisher


def looked_up(client_id: str) -> ClientFacts | None:
    """The client, as a request finds it that names it."""
    return client_of(client_id, network="192.0.2.1")


def later(seconds: int = 301) -> None:
    """The document was fetched so long ago."""
    for application in get_application_model().objects.filter(client_id=ID):
        application.cimd_expires_at -= timedelta(seconds=seconds)
        application.save()
    forget_clients()


def story() -> Story:
    return begin(
        registered=RegisteredClient(
            application=None,
            policy=None,  # type: ignore[arg-type]
            client_id=ID,
            client_secret="",
            redirect_uris=(CALLBACK,),
            scopes=("profile",),
            preset="",
            profile="",
        )
    )


@spec("OAuth Client ID Metadata Document §3", "B-14")
def test_a_client_is_what_its_document_says(publisher: type[Publisher]) -> None:
    someone = story()
    page = someone.ask().content.decode()
    assert "Notes of app.example" in page
    assert "All that is known of this app is what <bdi>app.example</bdi> says of it." in page
    assert "This app registered itself." not in page
    assert someone.call(someone.tokens()["access_token"]).status_code in (200, 403)
    assert publisher.asked == [ID]
    client = looked_up(ID)
    assert client is not None
    assert (client.registration_source, client.profile) == ("cimd", "standard")
    assert not client.is_confidential
    assert client.scopes == {"openid", "email", "profile"}
    assert client.flows == {"authorization-code-pkce"}


@spec("OAuth Client ID Metadata Document §4")
def test_a_document_is_asked_for_again_when_it_is_old(publisher: type[Publisher]) -> None:
    assert looked_up(ID) is not None
    forget_clients()
    assert looked_up(ID) is not None
    assert len(publisher.asked) == 1
    publisher.documents[ID] = {**DOCUMENT, "client_name": "Renamed", "redirect_uris": [f"{ID}/x"]}
    later()
    client = looked_up(ID)
    assert client is not None
    assert (client.name, client.redirect_uris) == ("Renamed", (f"{ID}/x",))
    assert len(publisher.asked) == 2
    assert ClientRegistration.objects.get().metadata["client_name"] == "Renamed"


@spec("OpenID Connect Back-Channel Logout 1.0 §2.5")
def test_a_client_that_is_only_told_something_needs_no_new_document(
    publisher: type[Publisher],
) -> None:
    looked_up(ID)
    later(9 * 86400)
    publisher.documents.clear()
    told = client_of(ID)
    assert told is not None
    assert told.name == "Notes of app.example"
    assert publisher.asked == [ID]
    # It is no way to go on for a client whose document is gone.
    assert looked_up(ID) is None
    assert len(publisher.asked) == 2


@spec("OAuth Client ID Metadata Document §4")
def test_what_an_administrator_decided_stays(publisher: type[Publisher]) -> None:
    looked_up(ID)
    ClientPolicy.objects.update(is_verified=True, is_enabled=False)
    publisher.documents[ID] = {**DOCUMENT, "contacts": ["ada@app.example"]}
    later()
    client = looked_up(ID)
    assert client is not None
    assert (client.is_verified, client.is_enabled) == (True, False)
    publisher.documents[ID] = {**DOCUMENT, "client_name": "Your bank"}
    later()
    client = looked_up(ID)
    assert client is not None
    assert (client.name, client.is_verified, client.is_enabled) == ("Your bank", False, False)


@spec("OAuth Client ID Metadata Document §4")
def test_a_client_goes_on_for_a_day_while_its_document_is_not_there(
    publisher: type[Publisher],
) -> None:
    looked_up(ID)
    publisher.documents = {}
    later()
    assert looked_up(ID) is not None
    assert len(publisher.asked) == 2
    forget_clients()
    assert looked_up(ID) is not None
    assert len(publisher.asked) == 2, "an address that does not answer is left alone for a while"
    later(86_400)
    assert looked_up(ID) is None


@spec("OAuth Client ID Metadata Document §4.1", "RFC 7591 §2")
@pytest.mark.parametrize(
    "document",
    [
        {**DOCUMENT, "client_id": "https://app.example/other.json"},
        {name: value for name, value in DOCUMENT.items() if name != "client_id"},
        {**DOCUMENT, "client_secret": "everybody's"},
        {**DOCUMENT, "client_secret_expires_at": 0},
        {**DOCUMENT, "token_endpoint_auth_method": "client_secret_basic"},
        {**DOCUMENT, "token_endpoint_auth_method": "client_secret_jwt"},
        {**DOCUMENT, "token_endpoint_auth_method": "private_key_jwt"},
        {**DOCUMENT, "token_endpoint_auth_method": ["none"]},
        {**DOCUMENT, "redirect_uris": []},
        {**DOCUMENT, "redirect_uris": ["http://app.example/callback"]},
        {**DOCUMENT, "grant_types": ["client_credentials"], "response_types": []},
        {**DOCUMENT, "response_types": ["token"]},
        {**DOCUMENT, "client_name": "Notes\x00"},
        {**DOCUMENT, "jwks": {"keys": [{**PUBLIC_KEYS["keys"][0], "note": "\x00"}]}},
        {**DOCUMENT, "software_statement": "a.b.c"},
        [],
        "text",
        None,
    ],
)
def test_a_document_that_cannot_be_makes_no_client(
    publisher: type[Publisher], document: Any
) -> None:
    publisher.documents[ID] = document
    assert looked_up(ID) is None
    assert not get_application_model().objects.exists()
    page = story().ask()
    assert (page.status_code, page.has_header("Location")) == (400, False)
    assert len(publisher.asked) == 1


@spec("OAuth Client ID Metadata Document §3")
@pytest.mark.parametrize(
    "address",
    [
        "https://app.example",
        "https://app.example/a/../b",
        "https://app.example/./b",
        "https://user@app.example/b",
        "https://app.example/b#c",
        "https://app.example:0x50/b",
        "https://app.example/b c",
        "https://[app.example/b",
        "https://app.example/" + "b" * 300,
        "https://äpp.example/b",
    ],
)
def test_an_address_that_could_be_read_in_two_ways_is_none(
    publisher: type[Publisher], address: str
) -> None:
    publisher.documents[address] = {**DOCUMENT, "client_id": address}
    assert looked_up(address) is None
    assert publisher.asked == []


@spec("OAuth Client ID Metadata Document §4.1")
def test_a_client_with_a_document_may_authenticate_with_its_key(
    publisher: type[Publisher],
) -> None:
    publisher.documents[ID] = {
        **DOCUMENT,
        "token_endpoint_auth_method": "private_key_jwt",
        "jwks": PUBLIC_KEYS,
    }
    client = looked_up(ID)
    assert client is not None
    assert (client.is_confidential, client.jwks, client.secrets) == (True, PUBLIC_KEYS, ())
    assert error_of(story().token(grant_type="authorization_code", code="x"))[0] == 401


@spec("OpenID Connect Core §5.3.3")
def test_userinfo_of_a_client_whose_document_counts_no_more_is_refused(
    publisher: type[Publisher], settings: Any
) -> None:
    someone = story()
    token = someone.tokens(scope="openid profile")["access_token"]
    header = {"Authorization": f"Bearer {token}"}
    assert someone.browser.get("/o/userinfo/", headers=header).status_code == 200
    settings.OAUTH2_PROVIDER = {**settings.OAUTH2_PROVIDER, "CIMD_ENABLED": False}
    forget_clients()
    answer = someone.browser.get("/o/userinfo/", headers=header)
    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_token")


@spec("OAuth Client ID Metadata Document §6.5", "B-32")
def test_an_address_is_asked_only_where_the_site_says_so(
    publisher: type[Publisher], settings: Any
) -> None:
    path = "tests.clients.dynamic.test_documents.Nobody"
    off = {**settings.OAUTH2_PROVIDER, "CIMD_ENABLED": False}
    closed = {**settings.OAUTH2_PROVIDER, "CIMD_REGISTRATION_PERMISSION_CLASSES": [path]}
    nobody = {**settings.OAUTH2_PROVIDER, "CIMD_REGISTRATION_PERMISSION_CLASSES": []}
    for chosen in (off, closed, nobody):
        settings.OAUTH2_PROVIDER = chosen
        forget_clients()
        assert looked_up(ID) is None
    assert publisher.asked == []


@spec("OAuth Client ID Metadata Document §6.5", "B-32")
def test_only_so_many_new_addresses_are_asked(publisher: type[Publisher], settings: Any) -> None:
    settings.OAUTHFLOWS = {"REGISTRATIONS_IN_ALL": 1}
    other = "https://other.example/client.json"
    publisher.documents[other] = {**DOCUMENT, "client_id": other}
    assert looked_up(ID) is not None
    assert looked_up(other) is None
    assert publisher.asked == [ID]
    later()
    assert looked_up(ID) is not None


@spec("OAuth Client ID Metadata Document §6.5")
def test_where_nobody_is_free_to_wait_an_address_is_unknown(
    publisher: type[Publisher], monkeypatch: pytest.MonkeyPatch
) -> None:
    from django_oauthflows.clients.dynamic import documents

    places = documents._places(10)
    assert places is not None
    for _ in range(10):
        places.acquire()
    try:
        assert looked_up(ID) is None
    finally:
        for _ in range(10):
            places.release()
    forget_clients()
    assert looked_up(ID) is not None
    assert publisher.asked == [ID]


@spec("OAuth Client ID Metadata Document §4")
def test_a_client_of_the_admins_is_never_taken_over(publisher: type[Publisher]) -> None:
    ClientFactory(client_id=ID, name="Our own")
    client = looked_up(ID)
    assert client is not None
    assert (client.name, client.registration_source) == ("Our own", "manual")
    assert publisher.asked == []


@spec("OAuth Client ID Metadata Document §4")
def test_a_client_that_dot_read_the_document_of_is_adopted(publisher: type[Publisher]) -> None:
    get_application_model().objects.create(
        client_id=ID,
        name="Of old",
        registration_source="cimd",
        client_type="public",
        authorization_grant_type="authorization-code",
        redirect_uris="https://app.example/old",
        cimd_expires_at=timezone.now() + timedelta(hours=1),
    )
    client = looked_up(ID)
    assert client is not None
    assert (client.name, client.has_policy) == ("Of old", False)
    later(3601)
    client = looked_up(ID)
    assert client is not None
    assert (client.name, client.has_policy) == (DOCUMENT["client_name"], True)
    assert client.redirect_uris == (CALLBACK,)


def test_a_fetcher_that_fails_is_no_500(
    publisher: type[Publisher], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(self: Any, client_id: str) -> Any:
        raise RuntimeError

    monkeypatch.setattr(Publisher, "fetch", broken)
    assert story().ask().status_code == 400


@spec("RFC 8414 §2")
def test_the_metadata_says_that_documents_are_read(publisher: type[Publisher], client: Any) -> None:
    url = "/.well-known/oauth-authorization-server/o"
    assert client.get(url).json()["client_id_metadata_document_supported"] is True


def test_other_client_ids_cost_nothing_more(
    publisher: type[Publisher], django_assert_num_queries: Any
) -> None:
    registered = ClientFactory()
    client_of(registered.client_id)
    forget_clients()
    with django_assert_num_queries(2):
        client_of(registered.client_id)


@spec("OAuth Client ID Metadata Document §4", "RFC 9700 §4.1", "B-15")
@pytest.mark.parametrize(
    "said",
    [{"client_name": "Your bank"}, {"redirect_uris": ["https://evil.example/callback"]}],
    ids=str,
)
def test_people_are_asked_again_where_the_document_has_another_name_or_place(
    publisher: type[Publisher], said: dict[str, Any]
) -> None:
    app = story()
    app.decide(scope="profile")
    assert app.ask(scope="profile").status_code == 302
    publisher.documents[ID] = {**DOCUMENT, **said}
    later()
    response = app.ask(scope="profile", redirect_uri=said.get("redirect_uris", [CALLBACK])[0])
    assert response.status_code == 200
    assert "code" not in response.headers.get("Location", "")

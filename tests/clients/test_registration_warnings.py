"""Those who manage clients are warned of addresses that cannot work; who registers itself is told nothing."""

from collections.abc import Sequence
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.test import override_settings

from django_oauthflows.clients import fetching, private_hosts
from django_oauthflows.clients.models import ClientPolicy
from django_oauthflows.clients.registration_warnings import warnings_about
from tests.admin.pages import administrator
from tests.admin.test_clients import add, change
from tests.clients.dynamic.registering import Registrar, open_registration
from tests.consent.test_consent_page import text_of
from tests.management_api.calling import URLS, service
from tests.marks import spec
from tests.stories import begin

__all__ = ["open_registration"]

pytestmark = pytest.mark.django_db

#: Where the names of these tests lead; others have no address.
NAMES = {
    "app": ["172.18.0.5"],
    "app.docker.example": ["172.18.0.5"],
    "both.example": ["93.184.216.34", "10.0.0.1"],
    "client.example": ["93.184.216.34"],
    "localhost": ["127.0.0.1"],
    "127.0.0.1": ["127.0.0.1"],
    "169.254.169.254": ["169.254.169.254"],
    "fd00::1": ["fd00::1"],
}
PRIVATE = "https://app.docker.example/back"
PUBLIC = "https://client.example/back"
WARNED = "its host is in a private network"


class Resolver:
    """Answers from a table and remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def look_up(self, host: str, port: int, *, seconds: float) -> list[str]:
        assert seconds <= private_hosts.SECONDS
        self.asked.append(host)
        if host not in NAMES:
            raise OSError
        return NAMES[host]


@pytest.fixture(autouse=True)
def resolver(monkeypatch: pytest.MonkeyPatch) -> Resolver:
    found = Resolver()
    for module in (private_hosts, fetching):
        monkeypatch.setattr(module, "look_up", found.look_up)
    return found


def lists(*hosts: str) -> Any:
    return override_settings(OAUTHFLOWS={"FETCH_PRIVATE_HOSTS": hosts})


@pytest.mark.parametrize(
    ("uri", "is_warned_of"),
    [
        (PUBLIC, False),
        (PRIVATE, True),
        ("https://app/back", True),
        ("https://both.example/back", True),
        ("https://127.0.0.1/back", True),
        ("https://[fd00::1]/back", True),
        ("https://169.254.169.254/back", True),
        # Without an address: those that can never be public are told of, others may be soon.
        ("https://other/back", True),
        ("https://keys.internal/back", True),
        ("https://printer.local/back", True),
        ("https://new.example/back", False),
    ],
)
def test_an_address_in_a_private_network_is_warned_of(uri: str, is_warned_of: bool) -> None:
    found = warnings_about({"backchannel_logout_uri": uri})
    assert ("backchannel_logout_uri" in found) == is_warned_of
    if is_warned_of:
        (sentence,) = found["backchannel_logout_uri"]
        assert uri in sentence
        assert WARNED in sentence
        assert "FETCH_PRIVATE_HOSTS" in sentence


@pytest.mark.parametrize("listed", ["app.docker.example", "app.docker.example:8443"])
def test_a_host_that_the_project_lists_is_not_looked_up(listed: str, resolver: Resolver) -> None:
    with lists(listed):
        assert warnings_about({"jwks_uri": f"https://{listed}/keys"}) == {}
    assert resolver.asked == []


def test_plain_http_is_warned_of_until_its_host_is_listed() -> None:
    values = {"backchannel_logout_uri": "http://127.0.0.1:3000/back"}
    ((sentence,),) = warnings_about(values).values()
    assert "must begin with https://" in sentence
    assert "FETCH_PRIVATE_HOSTS" in sentence
    with lists("127.0.0.1:3000"):
        assert warnings_about(values) == {}


def test_many_addresses_are_looked_up_within_one_time(monkeypatch: pytest.MonkeyPatch) -> None:
    seconds: list[float] = []

    def slow(host: str, port: int, **limit: float) -> list[str]:
        seconds.append(limit["seconds"])
        raise TimeoutError

    moments = iter(range(0, 1000, 1))
    monkeypatch.setattr(private_hosts, "monotonic", lambda: float(next(moments)))
    monkeypatch.setattr(private_hosts, "look_up", slow)
    uris = [f"https://slow{number}.example/request" for number in range(50)]
    assert warnings_about({"request_uris": uris}) == {}
    assert seconds == [2.0, 1.0]


def test_addresses_that_this_server_never_asks_are_not_looked_up(resolver: Resolver) -> None:
    shown = dict.fromkeys(("logo_uri", "client_uri", "frontchannel_logout_uri"), PRIVATE)
    assert warnings_about({**shown, "redirect_uris": [PRIVATE], "jwks_uri": ""}) == {}
    assert resolver.asked == []


@spec("OpenID Connect RP-Initiated Logout 1.0 §3", "RFC 9700 §2.1")
@pytest.mark.parametrize("field", ["redirect_uris", "post_logout_redirect_uris"])
@pytest.mark.parametrize(
    ("uris", "count"),
    [
        (["https://app.example/"], 1),
        (["https://app.example"], 1),
        (["https://app.example", "https://app.example/"], 0),
        (["https://app.example/", "https://b.example"], 2),
        (["https://app.example/out", "https://app.example/out/"], 0),
        (["https://app.example/?a=b", "com.example.app:/", "com.example.app:"], 0),
    ],
)
def test_a_bare_slash_is_told_apart_in_words(field: str, uris: Sequence[str], count: int) -> None:
    for value in (list(uris), " ".join(uris)):
        found = warnings_about({field: value}).get(field, [])
        assert len(found) == count
        assert all("two addresses" in sentence for sentence in found)


# Where it is said --------------------------------------------------------------------------------


def said_by_the_command(*options: str) -> str:
    err = StringIO()
    arguments = ("--preset=web-app", "--name=Notes", "--redirect-uri=https://client.example/cb")
    call_command("oauthflows_register_client", *arguments, *options, stdout=StringIO(), stderr=err)
    return err.getvalue()


def test_the_command_warns_and_registers_all_the_same() -> None:
    said = said_by_the_command(
        f"--backchannel-logout-uri={PRIVATE}",
        f"--jwks-uri={PRIVATE}",
        "--post-logout-redirect-uri=https://client.example/",
        "--json",
    )
    assert said.count(WARNED) == 2
    assert "two addresses" in said
    assert ClientPolicy.objects.get().backchannel_logout_uri == PRIVATE


def test_the_command_says_nothing_of_what_works() -> None:
    assert said_by_the_command(f"--backchannel-logout-uri={PUBLIC}") == ""
    with lists("app.docker.example"):
        assert said_by_the_command(f"--backchannel-logout-uri={PRIVATE}") == ""


def test_a_client_of_docker_can_be_registered_once_its_host_is_listed() -> None:
    uri = "http://app:3000/back"
    with pytest.raises(Exception, match="unless FETCH_PRIVATE_HOSTS lists its host"):
        said_by_the_command(f"--backchannel-logout-uri={uri}")
    with lists("app:3000"):
        assert said_by_the_command(f"--backchannel-logout-uri={uri}") == ""
        key = ClientPolicy.objects.get().application_id
        changed = {"policy__backchannel_logout_uri": "http://app:3000/other"}
        assert change(administrator(), key, **changed).status_code == 302
    assert ClientPolicy.objects.get().backchannel_logout_uri == "http://app:3000/other"


def test_the_admin_warns_of_what_was_changed() -> None:
    browser, key = administrator(), begin().registered.application.pk
    change(browser, key, policy__backchannel_logout_uri=PRIVATE)
    assert ClientPolicy.objects.get().backchannel_logout_uri == PRIVATE
    assert WARNED in text_of(browser.get("/admin/"))
    change(browser, key, post_logout_redirect_uris="https://client.example")
    page = text_of(browser.get("/admin/"))
    assert "two addresses" in page
    assert WARNED not in page


def test_the_admin_looks_nothing_up_where_nothing_was_saved(resolver: Resolver) -> None:
    browser, key = administrator(), begin().registered.application.pk
    wrong = {"policy__backchannel_logout_uri": PRIVATE, "redirect_uris": "nonsense"}
    assert change(browser, key, **wrong).status_code == 200
    assert browser.get(f"/admin/oauth2_provider/application/{key}/change/").status_code == 200
    change(browser, key, name="Pen")
    assert resolver.asked == []


def test_the_admin_warns_of_a_client_that_is_added() -> None:
    response: Any = add(administrator(), post_logout_redirect_uris="https://client.example")
    assert "two addresses" in text_of(response)


@pytest.mark.urls(URLS)
def test_the_api_warns_by_field() -> None:
    caller = service()
    added = caller.post(
        "clients",
        preset="web-app",
        name="Notes",
        scopes=["profile"],
        redirect_uris=["https://client.example/cb"],
        backchannel_logout_uri=PRIVATE,
    )
    assert added.status_code == 201
    ((sentence,),) = added.json()["warnings"].values()
    assert WARNED in sentence
    key = added.json()["id"]
    changed = caller.patch("client", key, policy={"backchannel_logout_uri": PUBLIC})
    assert (changed.status_code, changed.json()["warnings"]) == (200, {})
    changed = caller.patch("client", key, policy={"request_uris": [PRIVATE]})
    assert list(changed.json()["warnings"]) == ["request_uris"]
    assert "warnings" not in caller.get("client", key).json()


@spec("RFC 7591 §3.2.1", "RFC 7592 §2.2")
def test_open_registration_looks_nothing_up_and_answers_all_alike(
    open_registration: Registrar, resolver: Resolver
) -> None:
    told = []
    for uri in (PRIVATE, PUBLIC, "https://new.example/back", "https://169.254.169.254/back"):
        said = {"backchannel_logout_uri": uri, "jwks_uri": uri, "request_uris": [uri]}
        members = open_registration.registered(**said)
        changed = open_registration.update(members, **said)
        assert changed.status_code == 200
        told.append((sorted(members), sorted(changed.json())))
        assert not {"warnings", "warning"} & members.keys()
    assert resolver.asked == []
    assert all(one == told[0] for one in told)


# Each sentence is about its own field ------------------------------------------------------------


@pytest.mark.parametrize(
    ("field", "words"),
    [
        ("redirect_uris", "codes sent in the clear"),
        ("post_logout_redirect_uris", "a page that is opened in the clear"),
        ("policy__frontchannel_logout_uri", "a page that is opened in the clear"),
        ("policy__initiate_login_uri", "a page that is opened in the clear"),
        ("policy__backchannel_logout_uri", "the news of a sign-out"),
        ("policy__jwks_uri", "The address must begin with https://."),
    ],
)
def test_a_refusal_speaks_of_its_own_field(field: str, words: str) -> None:
    key = begin().registered.application.pk
    page = change(administrator(), key, **{field: "http://client.example/x"})
    assert page.status_code == 200
    text = text_of(page)
    assert words in text
    assert ("codes sent" in text) == (field == "redirect_uris")


def test_an_address_from_before_stands_in_the_way_of_no_other_change() -> None:
    story = begin()
    ClientPolicy.objects.update(initiate_login_uri="http://client.example/begin")
    browser, key = administrator(), story.registered.application.pk
    assert change(browser, key, policy__access_token_lifetime="60").status_code == 302
    changed = {"policy__initiate_login_uri": "http://client.example/other"}
    assert change(browser, key, **changed).status_code == 200

"""One wrong redirect URI among good ones is named with the reason, and no good one is (RFC 9700 §2.1)."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from tests.admin.pages import CLIENTS, administrator, change
from tests.clients.dynamic.registering import Registrar, open_registration
from tests.management_api.calling import URLS, service
from tests.marks import spec
from tests.stories import begin

__all__ = ["open_registration"]

pytestmark = pytest.mark.django_db

GOOD = ("https://good.example/cb", "http://127.0.0.1/cb")
#: A wrong one → what people are told of it, and what a client is told that registers itself.
WRONG = {
    "http://bad.example/cb": ("must begin with https://", "http is for a loopback address alone"),
    "https://bad.example/#f": ("must not have a fragment", "it has a fragment"),
    "https://*.bad.example/": ("must be one exact address", "it has a *"),
    "https://[bad": ("is not a URI", "its host or port is none"),
    "bad:/cb": ("must begin with https://", "its scheme is not allowed"),
    "javascript:bad()": ("does not lead to an app", "it leads to no application"),
}


@pytest.fixture(params=WRONG)
def wrong(request: pytest.FixtureRequest) -> str:
    return request.param


def assert_blames_one(said: str, uri: str, reason: str) -> None:
    assert uri.partition("#")[0] in said
    assert reason in said
    assert not any(good in said for good in GOOD)


@spec("RFC 9700 §2.1", "B-8")
def test_the_admin_names_the_wrong_one_alone(wrong: str) -> None:
    browser, application = administrator(), begin().registered.application
    typed = "\n".join([*GOOD, wrong])
    page = change(browser, application.pk, redirect_uris=typed)
    (of_change,) = page.context["adminform"].errors["redirect_uris"]
    filled_in = {"name": "New", "scopes": ["notes:read"], "redirect_uris": typed}
    page = browser.post(f"{CLIENTS}add/?preset=web-app", filled_in)
    (of_add,) = page.context["form"].errors["redirect_uris"]
    for said in (of_change, of_add):
        assert_blames_one(said, wrong, WRONG[wrong][0])


@spec("RFC 9700 §2.1", "B-8")
@pytest.mark.urls(URLS)
def test_the_management_api_names_the_wrong_one_alone(wrong: str) -> None:
    caller, application = service(), begin().registered.application
    new = {"preset": "web-app", "name": "New", "scopes": ["notes:read"]}
    uris = [*GOOD, wrong]
    answers = (
        caller.post("clients", **new, redirect_uris=uris),
        caller.patch("client", application.pk, redirect_uris=uris),
    )
    for answer in answers:
        assert (answer.status_code, [*answer.json()]) == (400, ["redirect_uris"])
        (said,) = answer.json()["redirect_uris"]
        assert_blames_one(said, wrong, WRONG[wrong][0])


@spec("RFC 9700 §2.1", "B-8")
def test_the_command_names_the_wrong_one_alone(wrong: str) -> None:
    uris = [f"--redirect-uri={uri}" for uri in (*GOOD, wrong)]
    with pytest.raises(CommandError) as refused:
        call_command(
            "oauthflows_register_client", "--preset=web-app", "--name=New", *uris, stdout=StringIO()
        )
    _, line = str(refused.value).splitlines()
    assert line.startswith("--redirect-uri: ")
    assert_blames_one(line, wrong, WRONG[wrong][0])


@spec("RFC 7591 §3.2.2", "RFC 9700 §2.1", "B-8")
def test_a_client_that_registers_itself_hears_which_one_is_wrong(
    open_registration: Registrar, wrong: str
) -> None:
    answer = open_registration.register(redirect_uris=[*GOOD, wrong])
    said = answer.json()
    assert (answer.status_code, said["error"]) == (400, "invalid_redirect_uri")
    assert_blames_one(said["error_description"], wrong, WRONG[wrong][1])
    lists = "ALLOWED_REDIRECT_URI_SCHEMES" in said["error_description"]
    assert lists == wrong.startswith("bad:")  # no setting allows javascript

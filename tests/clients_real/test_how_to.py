"""The how-to pages: each program on them is run as it stands there, or says that it is not."""

import json
import re
import shutil
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from time import time
from types import ModuleType
from typing import Any

import pytest
from django.conf import settings as project
from jwt.exceptions import PyJWTError
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.test import APIRequestFactory

from django_oauthflows.audit.explaining import rules_by_name
from django_oauthflows.keys import jwt
from tests.identity.stories import AS_PROVIDER
from tests.marks import spec
from tests.stories import Story, begin

ROOT = Path(__file__).resolve().parents[2]
PAGES = [
    ROOT / "docs" / "how-to" / f"{name}.md" for name in ("api-elsewhere", "verify-access-tokens")
]
#: A program is marked by the name it is kept under, or by what it was not tried with.
_PROGRAM = re.compile(r"<!-- (tested|untested): (.+?) -->\n+```(\w+)\n(.*?)^```$", re.S | re.M)
#: What a shell, a form or a log has is no program of an API's.
_NO_PROGRAM = {"sh", "text", "json"}

RESOURCE = "https://prices.example.com/"
SCOPES = {**project.OAUTH2_PROVIDER["SCOPES"], "introspection": "Ask about tokens"}


def programs(kind: str = "tested") -> dict[str, str]:
    """The programs of all pages by their names."""
    found = [match for page in PAGES for match in _PROGRAM.findall(page.read_text())]
    return {name: text for marked, name, _, text in found if marked == kind}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The programs, each in a file of its name, and Python looking for modules there."""
    for name, text in programs().items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    yield tmp_path
    for name in programs():
        sys.modules.pop(name.removesuffix(".py"), None)


def module(name: str) -> ModuleType:
    return import_module(name)


@pytest.fixture
def story(live_server: Any, settings: Any) -> Story:
    """An app with a person, at a site that answers over the network."""
    settings.OAUTH2_PROVIDER = {**project.OAUTH2_PROVIDER, "SCOPES": SCOPES}
    return begin()


def prepare(monkeypatch: pytest.MonkeyPatch, url: str, **variables: str) -> None:
    known = {
        "INTROSPECTION_URL": f"{url}/o/introspect/",
        "TOKEN_URL": f"{url}/o/token/",
        "AUDIENCE": RESOURCE,
    }
    for name, value in {**known, **variables}.items():
        monkeypatch.setenv(name, value)


def registered(monkeypatch: pytest.MonkeyPatch, url: str, **client: Any) -> Story:
    """The API as its page registers it."""
    chosen = {"preset": "api", "redirect_uris": (), "resources": [RESOURCE], **client}
    api = begin(**chosen)
    credentials = api.registered
    prepare(
        monkeypatch, url, CLIENT_ID=credentials.client_id, CLIENT_SECRET=credentials.client_secret
    )
    return api


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_each_program_says_whether_it_is_run(page: Path) -> None:
    text = page.read_text()
    fences = [word for word in re.findall(r"^```(\w+)$", text, re.M) if word not in _NO_PROGRAM]
    assert len(fences) == len(_PROGRAM.findall(text))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_each_link_leads_to_a_file_and_each_reason_is_one(page: Path) -> None:
    text = page.read_text()
    links = re.findall(r"\]\((?!https?:)([^)#]+)\)", text)
    assert [link for link in links if not (page.parent / link).exists()] == []
    assert set(re.findall(r"`(introspect\w+_must_\w+)`", text)) <= rules_by_name().keys()


@spec("RFC 7662 §2.1", "RFC 8707 §2")
@pytest.mark.django_db(transaction=True)
def test_python_asks(
    story: Story, folder: Path, live_server: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    registered(monkeypatch, live_server.url)
    program = module("introspection")
    token = story.tokens(scope="notes:read", resource=RESOURCE)["access_token"]
    assert program.check(token, "notes:read")["sub"] == str(story.person.pk)
    for value, scope, said in (
        (token, "notes:write", "insufficient scope"),
        (story.tokens(resource="https://other.example/")["access_token"], "notes:read", "active"),
        ("garbage", "notes:read", "active"),
    ):
        with pytest.raises(program.NotAllowed, match=said) as refused:
            program.check(value, scope)
        assert bool(refused.value.reference) == (said == "active")
    unbound = story.tokens()["access_token"]
    registered(monkeypatch, live_server.url, resources=[], may_introspect_all=True)
    with pytest.raises(program.NotAllowed, match="for another API"):
        program.check(unbound, "notes:read")


@spec("RFC 7662 §2.1")
@pytest.mark.django_db(transaction=True)
def test_rest_framework_asks(
    story: Story, folder: Path, live_server: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    registered(monkeypatch, live_server.url)
    authentication = module("introspection_authentication").IntrospectingAuthentication()
    token = story.tokens(scope="notes:read", resource=RESOURCE)["access_token"]
    request = APIRequestFactory().get("/", headers={"Authorization": f"Bearer {token}"})
    caller, members = authentication.authenticate(request)
    assert (caller.subject, members["aud"]) == (str(story.person.pk), RESOURCE)
    assert authentication.authenticate(APIRequestFactory().get("/")) is None
    wrong = APIRequestFactory().get("/", headers={"Authorization": "Bearer nonsense"})
    with pytest.raises(AuthenticationFailed, match=r"not active \(reference [0-9a-f]{12}\)"):
        authentication.authenticate(wrong)


@spec("RFC 7662 §2.1")
@pytest.mark.django_db(transaction=True)
def test_javascript_asks(
    story: Story, folder: Path, live_server: Any, monkeypatch: pytest.MonkeyPatch, node: str
) -> None:
    registered(monkeypatch, live_server.url)
    token = story.tokens(scope="notes:read", resource=RESOURCE)["access_token"]
    calls = [[token, "notes:read"], [token, "notes:write"], ["garbage", "notes:read"]]
    good, narrow, garbage = checked_by_node(node, folder, "introspection.mjs", calls)
    assert good["sub"] == str(story.person.pk)
    assert narrow == "insufficient scope"
    assert re.fullmatch(r"not active \(reference [0-9a-f]{12}\)", garbage)


@spec("RFC 7662 §2.1")
@pytest.mark.django_db(transaction=True)
def test_an_api_asks_by_a_token_of_its_own(
    story: Story, folder: Path, live_server: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    allowed = {"flows": ["client-credentials"], "scopes": ["introspection"]}
    registered(monkeypatch, live_server.url, **allowed)
    program = module("introspection_by_token")
    by = program.own_token()
    token = story.tokens(scope="notes:read", resource=RESOURCE)["access_token"]
    assert program.introspect(token, by)["aud"] == RESOURCE
    assert program.introspect("garbage", by) == {"active": False}


# Verified without asking anybody -------------------------------------------------------------------------


@pytest.fixture
def issuer(live_server: Any, settings: Any, monkeypatch: pytest.MonkeyPatch) -> str:
    """An OpenID Provider that answers over the network, in the API's environment."""
    settings.OAUTH2_PROVIDER = AS_PROVIDER
    settings.OAUTHFLOWS = {"ISSUER": f"{live_server.url}/o"}
    keys = f"{live_server.url}/o/.well-known/jwks.json"
    prepare(monkeypatch, live_server.url, ISSUER=f"{live_server.url}/o", JWKS_URI=keys)
    return f"{live_server.url}/o"


def app(monkeypatch: pytest.MonkeyPatch, algorithm: str = "ES256") -> Story:
    """An app as the page registers it."""
    monkeypatch.setenv("ALGORITHM", algorithm)
    return begin(token_format="jwt", access_token_algorithm=algorithm, allowed_resources=[RESOURCE])


def tokens_to_verify(story: Story) -> dict[str, str]:
    """A good token under no name, and others by what is wrong with them."""
    good = story.tokens(scope="openid notes:read", resource=RESOURCE)
    claims = jwt.open_jwt(good["access_token"]).claims
    alg = story.registered.policy.access_token_signing_alg

    def signed(typ: str = "at+jwt", algorithm: str = alg, **changes: Any) -> str:
        return jwt.sign({**claims, **changes}, typ=typ, algorithm=algorithm)

    return {
        "": good["access_token"],
        "an ID token": good["id_token"],
        "another type": signed(typ="JWT"),
        "for another API": signed(aud="https://other.example/"),
        "of another issuer": signed(iss="https://other.example/o"),
        "over": signed(exp=int(time()) - 120),
        "another algorithm": signed(algorithm="PS256"),
        "too little": signed(scope="profile"),
        "changed": good["access_token"][:-8] + "AAAAAAAA",
        "garbage": "garbage",
    }


@spec("RFC 9068 §4", "RFC 8725 §3.1")
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("algorithm", ["ES256", "RS256"])
def test_python_verifies(
    folder: Path, issuer: str, monkeypatch: pytest.MonkeyPatch, algorithm: str
) -> None:
    story = app(monkeypatch, algorithm)
    program = module("verification")
    found = tokens_to_verify(story)
    assert program.verify(found.pop(""), "notes:read")["sub"] == str(story.person.pk)
    for wrong, token in found.items():
        with pytest.raises(PyJWTError):
            pytest.fail(f"{wrong}: {program.verify(token, 'notes:read')}")


@spec("RFC 9068 §4")
@pytest.mark.django_db(transaction=True)
def test_rest_framework_verifies(
    folder: Path, issuer: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    story = app(monkeypatch)
    authentication = module("verification_authentication").AccessTokenAuthentication()
    found = tokens_to_verify(story)

    def asked(token: str) -> Any:
        headers = {"Authorization": f"Bearer {token}"}
        return authentication.authenticate(APIRequestFactory().get("/", headers=headers))

    caller, _ = asked(found[""])
    assert caller.client_id == story.registered.client_id
    for wrong in ("for another API", "too little", "garbage"):
        with pytest.raises(AuthenticationFailed):
            asked(found[wrong])


@spec("RFC 9068 §4")
@pytest.mark.django_db(transaction=True)
def test_javascript_verifies(
    folder: Path, issuer: str, monkeypatch: pytest.MonkeyPatch, node: str, openid_client: Path
) -> None:
    """With the jose that npm brings beside openid-client."""
    (folder / "node_modules").symlink_to((openid_client / "node_modules").resolve())
    story = app(monkeypatch)
    found = tokens_to_verify(story)
    calls = [[token, "notes:read"] for token in found.values()]
    good, *wrong = checked_by_node(node, folder, "verification.mjs", calls)
    assert good["sub"] == str(story.person.pk)
    assert all(isinstance(said, str) for said in wrong), wrong


@pytest.fixture
def node() -> str:
    found = shutil.which("node")
    if not found:
        pytest.skip("there is no Node.js here")
    return found


def checked_by_node(node: str, folder: Path, name: str, calls: list[list[str]]) -> list[Any]:
    """What `check` of a module returned for each call, or the message of the error it threw."""
    run = f"""
        import {{ check }} from "./{name}";
        const told = [];
        for (const call of {json.dumps(calls)}) {{
          told.push(await check(...call).catch((error) => error.message));
        }}
        console.log(JSON.stringify(told));
    """
    (folder / "run.mjs").write_text(run, encoding="utf-8")
    done = subprocess.run(
        [node, "--throw-deprecation", "run.mjs"],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    told: list[Any] = json.loads(done.stdout)
    return told

"""Ways through the browser: what a person and their client do, and every refusal on it."""

from typing import Any
from urllib.parse import urlencode

from django.test import Client

from django_oauthflows.rules.pkce import s256
from django_oauthflows.testing.client import FlowClient, answered
from django_oauthflows.testing.factories import ClientFactory, PersonFactory
from tests.flows.test_device_code import pass_time
from tests.identity.logouts import signed_in
from tests.identity.stories import AS_PROVIDER, of_every_type, relying_party, userinfo
from tests.secrecy.diary import WRONG, Diary, url, walk
from tests.secrecy.places import basic
from tests.stories import begin

PASSWORD = "marked-password-of-the-person"
VERIFIER = "marked-verifier-of-legal-length-made-of-letters"
FORM = "application/x-www-form-urlencoded"


@walk("authorization-code-pkce", "refresh-token")
def a_person_signs_in_and_the_client_refreshes(diary: Diary, settings: Any) -> None:
    learn, hear = diary.learn, diary.hear
    PersonFactory(username="marked", password=PASSWORD)
    flow = FlowClient(registered=ClientFactory())
    browser = flow.browser
    learn("password", PASSWORD)
    learn("verifier", VERIFIER)
    learn("client secret", flow.registered.client_secret)
    asked = {"code_challenge": s256(VERIFIER), "nonce": "a-nonce"}

    sign_in = hear(flow.ask(**asked))["Location"]
    hear(browser.post(sign_in, {"username": "marked", "password": WRONG["wrong password"]}))
    hear(browser.post(sign_in, {"username": "marked", "password": PASSWORD}))
    _ask_in_every_wrong_way(diary, flow, asked)
    posted = flow.authorization_url(**asked, id_token_hint=WRONG["hint"]).partition("?")
    kept = browser.post(posted[0], posted[2], content_type=FORM)
    learn("reference", kept["Location"].rpartition("%3A")[2])
    hear(browser.get(hear(kept, delivers=("reference",))["Location"]))
    hear(flow.decide("deny", **asked))
    consented = flow.decide(**asked)
    code = learn("code", answered(consented)["code"])
    hear(consented, delivers=("code",))
    _redeem_in_every_wrong_way(diary, flow, code)
    tokens = diary.members(
        flow.redeem(code, code_verifier=VERIFIER),
        access_token="access token",
        refresh_token="refresh token",
    )
    _use_and_refresh(diary, flow, tokens, code)
    again = flow.decide(**asked, prompt="consent")
    learn("second code", answered(again)["code"])
    hear(again, delivers=("second code",))
    hear(browser.get(url("connected-apps")))
    hear(browser.post(url("connected-app-withdraw", flow.registered.application.pk)))
    hear(flow.redeem(diary.secrets["second code"], code_verifier=VERIFIER))


def _ask_in_every_wrong_way(diary: Diary, flow: FlowClient, asked: dict[str, str]) -> None:
    hear = diary.hear
    hear(flow.ask(**asked))
    hear(flow.ask(**asked, prompt="none"))
    hear(flow.ask(**asked, scope="unheard-of"))
    hear(flow.ask(**asked, redirect_uri="https://evil.example/"))
    hear(flow.ask(**asked, request=WRONG["assertion"]))
    hear(flow.ask(**asked, id_token_hint=WRONG["hint"]))
    hear(flow.ask(**asked, login_hint=WRONG["name"], claims=WRONG["hint"]))
    hear(flow.ask(**asked, login_hint=WRONG["name"], prompt="login"), delivers=("name",))


def _redeem_in_every_wrong_way(diary: Diary, flow: FlowClient, code: str) -> None:
    hear, client_id = diary.hear, flow.registered.client_id
    hear(flow.redeem(code, code_verifier=WRONG["wrong verifier"]))
    hear(flow.redeem(code, code_verifier=VERIFIER, redirect_uri="https://client.example/"))
    hear(flow.redeem(code, code_verifier=VERIFIER, client_secret=flow.registered.client_secret))
    hear(flow.redeem(code, code_verifier=[VERIFIER, VERIFIER]))
    hear(flow.redeem(WRONG["wrong code"], code_verifier=VERIFIER))
    hear(flow.redeem(code, headers=basic(client_id, WRONG["wrong secret"])))
    hear(flow.redeem(code, headers={"X-No": "basic"}, client_secret=WRONG["wrong secret"]))
    hear(flow.token(grant_type="password", username="marked", password=PASSWORD))
    hear(flow.token(grant_type="unheard-of", assertion=WRONG["assertion"]))


def _use_and_refresh(diary: Diary, flow: FlowClient, tokens: dict[str, Any], code: str) -> None:
    hear, access, refresh = diary.hear, tokens["access_token"], tokens["refresh_token"]
    api = Client()
    for value in (access, WRONG["wrong token"], code):
        for path in ("/api/notes/", "/api/stock/"):
            hear(api.get(path, headers={"Authorization": f"Bearer {value}"}))
    hear(api.get(f"/api/notes/?access_token={access}"))
    for endpoint in ("introspect", "revoke"):
        hear(flow.post(endpoint, token=WRONG["wrong token"]))
    hear(flow.post("introspect", token=access))
    hear(flow.post("introspect", token=refresh))
    hear(flow.refresh(WRONG["wrong refresh token"]))
    hear(flow.refresh(refresh, scope="unheard-of"))
    for _ in ("once", "and again within the grace"):
        diary.members(
            flow.refresh(refresh),
            access_token="next access token",
            refresh_token="next refresh token",
        )
    hear(flow.redeem(code, code_verifier=VERIFIER))
    hear(flow.refresh(diary.secrets["next refresh token"]))


@walk("authorization-code")
def a_relying_party_learns_who_somebody_is_and_signs_them_out(diary: Diary, settings: Any) -> None:
    """Without PKCE, as most do: the nonce binds the ID token (OAuth 2.1 §7.6)."""
    settings.OAUTH2_PROVIDER = AS_PROVIDER
    story, hear = relying_party(), diary.hear
    without = {"code_challenge": None, "code_challenge_method": None, "nonce": "a-nonce"}
    diary.learn("client secret", story.registered.client_secret)
    hear(story.ask(**without, scope="openid email"))
    consented = story.decide(**without, scope="openid email", scopes=("openid", "email"))
    code = diary.learn("code", answered(consented)["code"])
    hear(consented, delivers=("code",))
    tokens = diary.members(
        story.redeem(code, code_verifier=None),
        access_token="access token",
        refresh_token="refresh token",
        id_token="ID token",
    )
    hear(userinfo(story, tokens["access_token"]))
    hear(userinfo(story, WRONG["wrong token"]))
    hear(userinfo(story, tokens["id_token"]))
    wrong = urlencode({"access_token": WRONG["wrong token"]})
    hear(story.back_channel.post("/o/userinfo/", wrong, content_type=FORM))
    silent = story.ask(
        **without, prompt="none", scope="openid email", id_token_hint=tokens["id_token"]
    )
    diary.learn("code without a page", answered(silent)["code"])
    hear(silent, delivers=("code without a page",))
    hear(story.browser.get("/o/logout/", {"id_token_hint": WRONG["hint"]}))
    hinted = urlencode({"id_token_hint": tokens["id_token"]})
    posted = story.browser.post("/o/logout/", hinted, content_type=FORM)
    hear(story.browser.get(hear(posted)["Location"]))
    other, more = signed_in()
    diary.learn("another's ID token", more["id_token"])
    hear(other.browser.get("/o/logout/", {"id_token_hint": more["id_token"]}))


@walk("implicit", "hybrid")
def tokens_go_through_the_browser(diary: Diary, settings: Any) -> None:
    settings.OAUTH2_PROVIDER = AS_PROVIDER
    story = of_every_type()
    diary.learn("client secret", story.registered.client_secret)
    kinds = ("token", "id_token token", "code token", "code id_token", "code id_token token")
    for kind in kinds:
        asked = {"response_type": kind, "nonce": "a-nonce", "scope": "openid notes:read"}
        without = {} if "code" in kind else {"code_challenge": None, "code_challenge_method": None}
        decided = story.decide(**asked, **without, prompt="consent")
        said = answered(decided, mode="fragment")
        names = {
            name: f"{name} of {kind}"
            for name in ("access_token", "id_token", "code")
            if name in said
        }
        assert names, said
        for name, known in names.items():
            diary.learn(known, said[name])
        diary.hear(decided, delivers=tuple(names.values()))
        diary.hear(story.ask(**{**asked, "scope": "unheard-of"}, **without))
        if "access_token" in said:
            diary.hear(story.call(said["access_token"]))


@walk("device-code")
def a_device_is_paired(diary: Diary, settings: Any) -> None:
    tv, hear = begin(preset="device", redirect_uris=()), diary.hear
    codes = diary.members(tv.device_codes(), device_code="device code", user_code="user code")
    code, typed = codes["device_code"], codes["user_code"]
    diary.learn("user code as it is kept", typed.replace("-", ""))
    hear(tv.poll(code))
    hear(tv.poll(WRONG["wrong code"]))
    hear(tv.enter("BCDF-GHJK"))
    hear(tv.enter(typed))
    hear(tv.browser.get(url("device-confirm")), delivers=("user code",))
    hear(tv.browser.post(url("device-confirm"), {"decision": "continue"}))
    hear(tv.browser.get(url("device-consent")), delivers=("user code",))
    hear(tv.press_on_device(scopes=["notes:read"]))
    hear(tv.browser.get(url("device-done")))
    pass_time(60)
    diary.members(tv.poll(code), access_token="access token", refresh_token="refresh token")
    pass_time(60)
    hear(tv.poll(code))

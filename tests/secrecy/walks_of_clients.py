"""Ways without a person in front of them: services, assertions, passwords, registrations."""

from typing import Any

from joserfc.jwk import OctKey

from django_oauthflows.clients.dynamic import initial_tokens
from django_oauthflows.testing.factories import PASSWORD, PersonFactory
from tests.clients.dynamic.registering import PROVIDER, Registrar
from tests.clients.stock import SECRET, stock_client
from tests.clients.test_assertions import show, signing_with_its_secret
from tests.flows.exchanges import ACCESS_TOKEN, ID_TOKEN, api, app_token
from tests.flows.test_jwt_bearer import about, account, trusting
from tests.secrecy.diary import WRONG, Diary, url, walk
from tests.secrecy.places import basic
from tests.stories import begin


@walk("client-credentials", "token-exchange")
def a_service_acts_for_itself_and_for_others(diary: Diary, settings: Any) -> None:
    service, hear = begin(preset="service", redirect_uris=()), diary.hear
    diary.learn("service's secret", service.registered.client_secret)
    asked = service.token(grant_type="client_credentials", scope="notes:read")
    token = diary.members(asked, access_token="service's token")["access_token"]
    hear(service.token(grant_type="client_credentials"))
    hear(service.post("introspect", token=token))
    app, acting = begin(), api()
    subject = diary.learn("subject token", app_token(app))
    diary.learn("acting service's secret", acting.registered.client_secret)
    exchanged = diary.members(acting.exchange(subject), access_token="exchanged token")
    kind = {"actor_token_type": ACCESS_TOKEN}
    hear(acting.exchange(subject, actor_token=WRONG["wrong token"], **kind))
    hear(acting.exchange(subject, actor_token=token, **kind))
    hear(acting.exchange(WRONG["wrong token"]))
    hear(acting.exchange(subject, subject_token_type=subject))
    hear(acting.exchange(subject, requested_token_type=subject))
    hear(acting.exchange(subject, subject_token_type=ID_TOKEN))
    hear(acting.exchange(subject, scope="unheard-of"))
    hear(acting.exchange(subject, resource="https://evil.example/"))
    hear(app.browser.get(url("connected-apps")))
    hear(acting.post("introspect", token=exchanged["access_token"]))
    hear(service.post("revoke", token=token))


@walk("password")
def an_old_app_takes_a_password(diary: Diary, settings: Any) -> None:
    story, hear = begin(preset="legacy-app", redirect_uris=()), diary.hear
    diary.learn("client secret", story.registered.client_secret)
    diary.learn("password", PASSWORD)
    asked = {"grant_type": "password", "username": story.person.username, "scope": "notes:read"}
    hear(story.token(**asked, password=WRONG["wrong password"]))
    hear(story.token(**{**asked, "username": WRONG["name"]}, password=PASSWORD))
    hear(story.token(**{**asked, "scope": "unheard-of"}, password=PASSWORD))
    hear(story.token(**asked, password=[PASSWORD, PASSWORD]))
    tokens = diary.members(
        story.token(**asked, password=PASSWORD),
        access_token="access token",
        refresh_token="refresh token",
    )
    diary.members(
        story.refresh(tokens["refresh_token"]),
        access_token="next access token",
        refresh_token="next refresh token",
    )
    settings.OAUTHFLOWS = {**settings.OAUTHFLOWS, "PASSWORD_GUESSES_PER_ACCOUNT": 1}
    for _ in range(3):
        hear(story.token(**asked, password=WRONG["wrong password"]))


@walk("jwt-bearer")
def a_service_signs_for_itself(diary: Diary, settings: Any) -> None:
    """As a grant (RFC 7523 §2.1), and to authenticate by a key (§2.2) or by its secret."""
    service, hear = account(), diary.hear
    good = diary.learn("good assertion", service.assertion())
    asked = {"scope": "notes:read"}
    diary.members(service.bear(good, **asked), access_token="access token")
    hear(service.bear(good, **asked))
    late = diary.learn("late assertion", service.assertion(exp=1))
    hear(service.bear(late, **asked))
    hear(service.bear(WRONG["assertion"], **asked))
    proof = diary.learn("client assertion", service.assertion())
    sent = {**service.client_assertion(), "client_assertion": proof, "headers": {"X-No": "basic"}}
    grant = {"grant_type": "client_credentials", "scope": "notes:read"}
    hear(service.token(**grant, **sent, client_id=None))
    hear(service.token(**grant, **{**sent, "client_assertion": WRONG["assertion"]}))
    with trusting(service):
        person = PersonFactory()
        told = diary.learn("partner's assertion", about(person.username))
        diary.members(service.bear(told, **asked), access_token="token for a person")
        hear(service.bear(diary.learn("wrong partner's", about("nobody")), **asked))


@walk()
def a_client_signs_with_its_secret(diary: Diary, settings: Any) -> None:
    """The server keeps that one readable, and sealed."""
    flow = signing_with_its_secret()
    diary.learn("secret that is kept readable", flow.registered.client_secret)
    key = OctKey.import_key(flow.registered.client_secret)
    proof = diary.learn("client assertion", flow.assertion(key=key, algorithm="HS256"))
    late = diary.learn("late assertion", flow.assertion(key=key, algorithm="HS256", exp=1))
    diary.members(show(flow, proof), access_token="access token")
    for again in (proof, late, WRONG["assertion"]):
        diary.hear(show(flow, again))


@walk()
def a_client_registers_itself_and_changes_itself(diary: Diary, settings: Any) -> None:
    settings.OAUTH2_PROVIDER = PROVIDER
    settings.OAUTHFLOWS = {**settings.OAUTHFLOWS, "REGISTRATION": "token"}
    registrar, hear = Registrar(), diary.hear
    _, initial = initial_tokens.issue(label="Ada", max_uses=3)
    diary.learn("initial access token", initial)
    hear(registrar.register(token=WRONG["wrong token"]))
    hear(registrar.register(token=initial, client_secret=WRONG["wrong secret"]))
    hear(registrar.register({"client_secret": WRONG["wrong secret"]}, token=initial))
    told = diary.members(
        registrar.register(token=initial, id_token_signed_response_alg="HS256"),
        client_secret="registered secret",
        registration_access_token="registration access token",
    )
    hear(registrar.read(told, token=WRONG["wrong token"]))
    hear(registrar.update(told, client_secret=WRONG["wrong secret"]))
    hear(registrar.update(told, logo_uri="x:"))
    changed = diary.members(
        registrar.update(told, client_name="Another name"),
        registration_access_token="next registration access token",
    )
    hear(
        registrar.read(told, token=changed["registration_access_token"]),
        delivers=("next registration access token",),
    )
    hear(registrar.delete(told, token=changed["registration_access_token"]))
    hear(registrar.register(token=WRONG["wrong token"]))


@walk()
def an_application_of_dots_proves_itself(diary: Diary, settings: Any) -> None:
    """What django-oauth-toolkit hashed the slow way is kept as a checksum from its first use on."""
    stock = stock_client()
    diary.learn("secret of old", SECRET)
    diary.hear(stock.post("introspect", token=WRONG["wrong token"]))
    diary.hear(stock.post("introspect", token=WRONG["wrong token"]))
    wrong = basic(stock.registered.client_id, WRONG["wrong secret"])
    diary.hear(stock.post("introspect", token=WRONG["wrong token"], headers=wrong))

"""What people and clients do with grants and tokens."""

from typing import Any

from django.core.management import call_command
from oauth2_provider.models import (
    get_access_token_model,
    get_grant_model,
    get_refresh_token_model,
)

from django_oauthflows.consent.models import Consent
from django_oauthflows.keys import ring
from django_oauthflows.sessions.models import ProviderSession
from django_oauthflows.tokens.models import Authorization
from tests.admin.pages import act, browser_of, fields_on
from tests.audit.deeds import (
    COMMAND,
    NOBODY,
    SERVER,
    Deed,
    administrator,
    by_client,
    by_person,
    deed,
)
from tests.flows.exchanges import api, app_token
from tests.flows.test_device_code import codes_of, pass_time
from tests.identity.stories import relying_party
from tests.stories import WITH_OPENID, Story, begin, dot_tokens

MASS_REVOCATION = "/admin/oauthflows/authorization/revoke/"


def of(story: Story, *told: tuple[str, str], do: Any, **more: Any) -> Deed:
    """A deed that concerns the client and the person of a story."""
    about = {"client": story.registered.client_id, "person": story.person, **more}
    return Deed(do=do, told=told, **about)


@deed
def a_person_agrees(settings: Any) -> Deed:
    story = begin()
    return of(story, ("consent.given", by_person(story.person)), do=story.code)


@deed
def a_client_asks_for_a_scope_nobody_knows(settings: Any) -> Deed:
    service = begin(preset="service", redirect_uris=())
    asked = {"grant_type": "client_credentials", "scope": "notes:read claudeai"}
    told = ("scopes.dropped", by_client(service))
    return of(service, told, person=None, do=lambda: service.token(**asked))


@deed
def a_person_denies(settings: Any) -> Deed:
    story = begin()
    who = by_person(story.person)
    told = (("consent.denied", who), ("request.refused", who))
    return of(story, *told, do=lambda: story.decide("deny"))


@deed
def a_person_denies_on_a_device_page(settings: Any) -> Deed:
    tv = begin(preset="device", redirect_uris=())
    codes = codes_of(tv)
    told = ("consent.denied", by_person(tv.person))
    return of(tv, told, do=lambda: tv.decide_on_device(codes["user_code"], "deny"))


@deed
def a_person_withdraws_their_consent(settings: Any) -> Deed:
    story = begin()
    story.tokens()
    who = by_person(story.person)
    url = f"/o/connected-apps/{story.registered.application.pk}/withdraw/"
    told = (("consent.withdrawn", who), ("authorization.revoked", who))
    return of(story, *told, do=lambda: story.browser.post(url))


@deed
def an_administrator_withdraws_a_consent(settings: Any) -> Deed:
    story, (person, browser) = begin(), administrator()
    story.tokens()
    told = (("consent.withdrawn", by_person(person)), ("authorization.revoked", by_person(person)))
    row = Consent.objects.get()
    return of(
        story,
        *told,
        do=lambda: act(browser, "/admin/oauthflows/consent/", "withdraw_selected", row),
    )


@deed
def a_person_ends_one_sign_in_of_an_app(settings: Any) -> Deed:
    story = begin()
    story.tokens()
    url = f"/o/connected-apps/sign-ins/{Authorization.objects.get().pk}/end/"
    told = ("authorization.revoked", by_person(story.person))
    return of(story, told, do=lambda: story.browser.post(url))


def _revoked_in_the_admin(model: Any, event: str, story: Story) -> Deed:
    person, browser = administrator()
    row, meta = model.objects.get(), model._meta
    path = f"/admin/{meta.app_label}/{meta.model_name}/"
    told = (event, by_person(person))
    return of(story, told, do=lambda: act(browser, path, "revoke_selected", row))


@deed
def an_administrator_revokes_a_grant(settings: Any) -> Deed:
    story = begin()
    story.tokens()
    return _revoked_in_the_admin(Authorization, "authorization.revoked", story)


@deed
def an_administrator_revokes_an_access_token_with_its_grant(settings: Any) -> Deed:
    story = begin()
    story.tokens()
    return _revoked_in_the_admin(get_access_token_model(), "authorization.revoked", story)


@deed
def an_administrator_revokes_a_services_token(settings: Any) -> Deed:
    story = begin(preset="service", redirect_uris=())
    story.token(grant_type="client_credentials", scope="notes:read")
    story.person = None
    return _revoked_in_the_admin(get_access_token_model(), "token.revoked", story)


@deed
def an_administrator_revokes_a_refresh_token_of_dots(settings: Any) -> Deed:
    story = begin()
    dot_tokens(story)
    return _revoked_in_the_admin(get_refresh_token_model(), "token.revoked", story)


@deed
def an_administrator_revokes_an_access_token_of_dots(settings: Any) -> Deed:
    story = begin()
    dot_tokens(story)
    return _revoked_in_the_admin(get_access_token_model(), "token.revoked", story)


@deed
def an_administrator_revokes_a_code(settings: Any) -> Deed:
    story = begin()
    story.code()
    return _revoked_in_the_admin(get_grant_model(), "authorization.revoked", story)


@deed
def a_client_revokes_its_refresh_token(settings: Any) -> Deed:
    story = begin()
    token = story.tokens()["refresh_token"]
    told = ("authorization.revoked", by_client(story))
    return of(story, told, do=lambda: story.post("revoke", token=token))


@deed
def a_client_revokes_its_access_token(settings: Any) -> Deed:
    story = begin()
    token = story.tokens()["access_token"]
    told = ("token.revoked", by_client(story))
    return of(story, told, do=lambda: story.post("revoke", token=token))


@deed
def an_api_asks_about_a_token_that_is_not_active(settings: Any) -> Deed:
    story = begin()
    return Deed(
        do=lambda: story.introspect("no-such-token"),
        told=(("token.found_inactive", by_client(story)),),
        client=story.registered.client_id,
    )


@deed
def a_code_comes_twice(settings: Any) -> Deed:
    story = begin()
    code = story.code()
    story.redeem(code)
    told = (
        ("code.replayed", by_client(story)),
        ("authorization.revoked", SERVER),
        ("request.refused", by_client(story)),
    )
    return of(story, *told, do=lambda: story.redeem(code))


@deed
def a_refresh_token_comes_after_its_successor(settings: Any) -> Deed:
    settings.OAUTH2_PROVIDER = {
        **settings.OAUTH2_PROVIDER,
        "REFRESH_TOKEN_GRACE_PERIOD_SECONDS": 0,
    }
    story = begin()
    first = story.tokens()["refresh_token"]
    second = story.refresh(first).json()["refresh_token"]
    story.refresh(second)
    told = (
        ("refresh_token.replayed", by_client(story)),
        ("authorization.revoked", SERVER),
        ("request.refused", by_client(story)),
    )
    return of(story, *told, do=lambda: story.refresh(first))


@deed
def a_device_code_comes_twice(settings: Any) -> Deed:
    tv = begin(preset="device", redirect_uris=())
    codes = codes_of(tv)
    tv.decide_on_device(codes["user_code"])
    tv.poll(codes["device_code"])
    pass_time(60)
    told = (
        ("code.replayed", by_client(tv)),
        ("authorization.revoked", SERVER),
        ("request.refused", by_client(tv)),
    )
    return of(tv, *told, do=lambda: tv.poll(codes["device_code"]))


@deed
def a_client_is_refused(settings: Any) -> Deed:
    story = begin()
    told = ("request.refused", by_client(story))
    return of(story, told, do=lambda: story.token(grant_type="unheard-of"), person=None)


@deed
def somebody_sends_a_wrong_secret(settings: Any) -> Deed:
    """They named the client and did not prove to be it."""
    story = begin()
    wrong = {"X-No": "basic"}
    ask = {"client_id": story.registered.client_id, "client_secret": "wrong"}
    told = ("request.refused", NOBODY)
    return of(
        story, told, do=lambda: story.token(grant_type="x", headers=wrong, **ask), person=None
    )


@deed
def tokens_are_issued_for_a_code(settings: Any) -> Deed:
    settings.OAUTHFLOWS = {"AUDIT_ISSUED_TOKENS": True}
    story = begin()
    code = story.code()
    return of(story, ("token.issued", by_client(story)), do=lambda: story.redeem(code))


@deed
def tokens_are_issued_through_the_browser(settings: Any) -> Deed:
    settings.OAUTHFLOWS = {"AUDIT_ISSUED_TOKENS": True}
    story = begin(preset="web-app", profile="legacy", flows=["implicit"])
    told = (("token.issued", by_client(story)), ("consent.given", by_person(story.person)))
    kind = {"response_type": "token", "code_challenge": None, "code_challenge_method": None}
    return of(story, *told, do=lambda: story.decide(**kind))


@deed
def a_service_exchanges_a_token(settings: Any) -> Deed:
    ring.signing_key()
    app, service = begin(), api()
    token = app_token(app)
    told = ("token.exchanged", by_client(service))
    return of(service, told, do=lambda: service.exchange(token), person=app.person)


@deed
def a_person_chooses_a_new_password(settings: Any) -> Deed:
    """Whoever it was, the site saved it: of that the package only hears."""
    story = begin()
    story.tokens()
    story.person.set_password("another one")
    return of(story, ("authorization.revoked", SERVER), do=story.person.save, network="")


@deed
def a_person_signs_out(settings: Any) -> Deed:
    settings.OAUTHFLOWS = {"REVOKE_ON_LOGOUT": True}
    story = begin()
    story.tokens()
    who = by_person(story.person)
    told = (("session.ended", who), ("authorization.revoked", who))
    return of(story, *told, do=lambda: story.browser.post("/accounts/logout/"), client="")


@deed
def a_person_signs_another_browser_out(settings: Any) -> Deed:
    story = begin()
    story.tokens()
    other = browser_of(story.person)
    other.get("/o/sessions/")
    row = ProviderSession.objects.latest("pk")
    told = ("session.ended", by_person(story.person))
    url = f"/o/sessions/{row.pk}/end/"
    return of(story, told, do=lambda: story.browser.post(url), client="")


@deed
def an_administrator_signs_a_browser_out(settings: Any) -> Deed:
    story, (person, browser) = begin(), administrator()
    story.tokens()
    row = ProviderSession.objects.get(user=story.person)
    return of(
        story,
        ("session.ended", by_person(person)),
        do=lambda: act(browser, "/admin/oauthflows/providersession/", "end_selected", row),
        client="",
    )


def _told_of_a_sign_out(settings: Any, uri: str, event: str, *, attempts: int = 1) -> Deed:
    settings.OAUTH2_PROVIDER = WITH_OPENID
    settings.OAUTHFLOWS = {"BACKCHANNEL_DELIVERY": "command", "BACKCHANNEL_ATTEMPTS": attempts}
    story = relying_party(backchannel_logout_uri=uri)
    story.tokens()
    story.browser.post("/accounts/logout/")
    run = lambda: call_command("oauthflows_deliver_logouts")  # noqa: E731
    return of(story, (event, SERVER), do=run, network="")


@deed
def a_client_cannot_be_told_of_a_sign_out(settings: Any) -> Deed:
    """The address is one that leads into the site's own network, which is never asked."""
    return _told_of_a_sign_out(settings, "https://127.0.0.1/logout", "logout.undelivered")


@deed
def a_client_does_not_hear_of_a_sign_out_at_first(settings: Any) -> Deed:
    return _told_of_a_sign_out(settings, "https://127.0.0.1/logout", "logout.failed", attempts=2)


@deed
def an_administrator_revokes_in_bulk(settings: Any) -> Deed:
    story, (person, browser) = begin(), administrator()
    story.tokens()
    counted = browser.post(MASS_REVOCATION, {"client": story.registered.client_id})
    radius = fields_on(counted, with_field="radius")
    told = ("tokens.mass_revoked", by_person(person))
    return of(story, told, do=lambda: browser.post(MASS_REVOCATION, radius), person=person)


@deed
def a_command_revokes_in_bulk(settings: Any) -> Deed:
    story = begin()
    story.tokens()
    name = story.person.get_username()
    run = lambda: call_command("oauthflows_revoke", person=name, yes=True)  # noqa: E731
    told = ("tokens.mass_revoked", COMMAND)
    return of(story, told, do=run, client="", person=None, network="")

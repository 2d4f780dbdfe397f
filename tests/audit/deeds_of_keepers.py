"""What is done to clients, their secrets, the server's keys and the log itself."""

from datetime import timedelta
from io import StringIO
from typing import Any

from django.core.management import call_command
from django.utils import timezone
from oauth2_provider.models import get_application_model

from django_oauthflows.audit.models import AuditEvent
from django_oauthflows.clients.dynamic import initial_tokens
from django_oauthflows.clients.dynamic.models import ClientRegistration, InitialAccessToken
from django_oauthflows.clients.models import ClientSecret
from django_oauthflows.conf import conf
from django_oauthflows.keys import ring
from django_oauthflows.keys.models import SigningKey
from django_oauthflows.keys.rotation import rotate
from django_oauthflows.testing.factories import ClientFactory, PersonFactory
from tests.admin.pages import CLIENTS, act, change, fields_on
from tests.admin.test_review import PROFILE
from tests.audit.deeds import COMMAND, HERE, SERVER, Deed, administrator, by_person, deed
from tests.clients.dynamic.registering import CALLBACK, PROVIDER, Registrar, story_of
from tests.clients.dynamic.test_documents import DOCUMENT, ID, Publisher, later
from tests.clients.stock import SECRET, stock_client
from tests.stories import begin

TOKENS = "/admin/oauthflows/initialaccesstoken/"


def run(name: str, *arguments: str) -> None:
    call_command(name, *arguments, stdout=StringIO(), stderr=StringIO())


def newest() -> str:
    """The id of the client that was added last."""
    found: str = get_application_model().objects.latest("pk").client_id
    return found


# Clients ------------------------------------------------------------------------------------------------


@deed
def an_administrator_adds_a_client(settings: Any) -> Deed:
    person, browser = administrator()
    said = {"name": "A new one", "redirect_uris": CALLBACK, "scopes": ["notes:read"]}
    told = (("client.registered", by_person(person)), ("secret.added", by_person(person)))
    return Deed(
        do=lambda: browser.post(f"{CLIENTS}add/?preset=web-app", said), told=told, client="(newest)"
    )


@deed
def a_command_adds_a_client(settings: Any) -> Deed:
    told = (("client.registered", COMMAND), ("secret.added", COMMAND))
    arguments = ("--preset", "service", "--name", "A job")
    return Deed(
        do=lambda: run("oauthflows_register_client", *arguments),
        told=told,
        client="(newest)",
        network="",
    )


def _open(settings: Any) -> Registrar:
    settings.OAUTH2_PROVIDER = PROVIDER
    settings.OAUTHFLOWS = {"REGISTRATION": "open", "REGISTRATIONS_PER_NETWORK": 1000}
    return Registrar(address=HERE)


@deed
def a_client_registers_itself(settings: Any) -> Deed:
    registrar = _open(settings)
    told = (("client.registered", "client:(newest)"), ("secret.added", "client:(newest)"))
    return Deed(do=registrar.registered, told=told, client="(newest)")


@deed
def a_client_changes_itself(settings: Any) -> Deed:
    registrar = _open(settings)
    known = registrar.registered()
    return Deed(
        do=lambda: registrar.update(known, client_name="Another name"),
        told=(("client.changed", "client:(newest)"),),
        client=known["client_id"],
    )


@deed
def a_client_that_needs_no_secret_any_more_gives_it_back(settings: Any) -> Deed:
    registrar = _open(settings)
    known = registrar.registered()
    itself = f"client:{known['client_id']}"
    return Deed(
        do=lambda: registrar.update(known, token_endpoint_auth_method="none"),
        told=(("client.changed", itself), ("secret.retired", itself)),
        client=known["client_id"],
    )


@deed
def a_client_moves_to_another_host(settings: Any) -> Deed:
    registrar = _open(settings)
    known = registrar.registered()
    story_of(known).tokens(scope="profile")
    itself = f"client:{known['client_id']}"
    return Deed(
        do=lambda: registrar.update(known, redirect_uris=["https://elsewhere.example/"]),
        told=(("client.changed", itself), ("consents.forgotten", itself)),
        client=known["client_id"],
    )


@deed
def a_client_deletes_itself(settings: Any) -> Deed:
    registrar = _open(settings)
    known = registrar.registered()
    story_of(known).tokens(scope="profile")
    itself = f"client:{known['client_id']}"
    return Deed(
        do=lambda: registrar.delete(known),
        told=(("client.deleted", itself), ("authorization.revoked", itself)),
        client=known["client_id"],
    )


def _published(settings: Any) -> None:
    settings.OAUTH2_PROVIDER = {
        **PROVIDER,
        "CIMD_ENABLED": True,
        "CIMD_METADATA_FETCHER": "tests.clients.dynamic.test_documents.Publisher",
    }
    Publisher.documents, Publisher.asked = {ID: dict(DOCUMENT)}, []


def _asks() -> Any:
    return begin().ask(client_id=ID, redirect_uri="https://app.example/callback")


@deed
def a_client_is_known_by_its_document(settings: Any) -> Deed:
    _published(settings)
    told = (("client.registered", f"client:{ID}"),)
    story = begin()
    ask = {"client_id": ID, "redirect_uri": "https://app.example/callback", "scope": "profile"}
    return Deed(do=lambda: story.ask(**ask), told=told, client=ID, network="")


@deed
def a_document_says_something_else(settings: Any) -> Deed:
    _published(settings)
    _asks()
    Publisher.documents[ID]["client_name"] = "Another name"
    later()
    story = begin()
    ask = {"client_id": ID, "redirect_uri": "https://app.example/callback", "scope": "profile"}
    told = (("client.changed", f"client:{ID}"),)
    return Deed(do=lambda: story.ask(**ask), told=told, client=ID, network="")


@deed
def an_administrator_changes_a_client(settings: Any) -> Deed:
    registered, (person, browser) = ClientFactory(), administrator()
    return Deed(
        do=lambda: change(browser, registered.application.pk, name="Another name"),
        told=(("client.changed", by_person(person)),),
        client=registered.client_id,
    )


@deed
def an_administrator_changes_a_clients_keys(settings: Any) -> Deed:
    registered, (person, browser) = ClientFactory(preset="service-account"), administrator()
    pk, uri = registered.application.pk, "https://client.example/keys.json"
    return Deed(
        do=lambda: change(browser, pk, policy__jwks="", policy__jwks_uri=uri),
        told=(("client.changed", by_person(person)),),
        client=registered.client_id,
    )


@deed
def an_administrator_saves_a_client_as_it_is(settings: Any) -> Deed:
    """Nothing happened."""
    registered, (_, browser) = ClientFactory(), administrator()
    return Deed(do=lambda: change(browser, registered.application.pk), told=())


@deed
def an_administrator_gives_an_application_of_dots_a_policy(settings: Any) -> Deed:
    stock, (person, browser) = stock_client(), administrator()
    fields = {"preset": "web-app", "flows": ["authorization-code-pkce"], "scopes": ["notes:read"]}
    said = {f"policy__{name}": value for name, value in fields.items()}
    return Deed(
        do=lambda: change(browser, stock.registered.application.pk, **said),
        told=(("client.changed", by_person(person)),),
        client=stock.registered.client_id,
    )


@deed
def a_finding_is_mended_by_one_click(settings: Any) -> Deed:
    registered, (person, browser) = ClientFactory(profile="legacy"), administrator()
    url = f"{CLIENTS}{registered.application.pk}/review/{PROFILE}/"
    sealed = fields_on(browser.get(url), with_field="seal")
    return Deed(
        do=lambda: browser.post(url, sealed),
        told=(("client.changed", by_person(person)),),
        client=registered.client_id,
    )


@deed
def an_administrator_deletes_a_client(settings: Any) -> Deed:
    registered, (person, browser) = ClientFactory(), administrator()
    url = f"{CLIENTS}{registered.application.pk}/delete/"
    return Deed(
        do=lambda: browser.post(url, {"post": "yes"}),
        told=(("client.deleted", by_person(person)),),
        client=registered.client_id,
    )


@deed
def an_administrator_deletes_clients_in_the_list(settings: Any) -> Deed:
    registered, (person, browser) = ClientFactory(), administrator()
    said = {
        "action": "delete_selected",
        "_selected_action": [str(registered.application.pk)],
        "post": "yes",
    }
    return Deed(
        do=lambda: browser.post(CLIENTS, said),
        told=(("client.deleted", by_person(person)),),
        client=registered.client_id,
    )


@deed
def a_client_goes_with_its_owner(settings: Any) -> Deed:
    owner = PersonFactory()
    registered = ClientFactory(owner=owner)
    return Deed(
        do=owner.delete,
        told=(("client.deleted", SERVER),),
        client=registered.client_id,
        network="",
    )


@deed
def an_unused_client_is_cleaned_up(settings: Any) -> Deed:
    known = _open(settings).registered()
    long_ago = timezone.now() - timedelta(days=9)
    ClientRegistration.objects.update(issued=long_ago)
    return Deed(
        do=lambda: run("oauthflows_cleanup"),
        told=(("client.deleted", COMMAND),),
        client=known["client_id"],
        network="",
    )


# Secrets ------------------------------------------------------------------------------------------------


def _of_a_secret(what: str, said: dict[str, str], *events: str) -> Deed:
    registered, (person, browser) = ClientFactory(), administrator()
    where = what.format(ClientSecret.objects.get().pk)
    url = f"{CLIENTS}{registered.application.pk}/secrets/{where}/"
    return Deed(
        do=lambda: browser.post(url, said),
        told=tuple((event, by_person(person)) for event in events),
        client=registered.client_id,
    )


@deed
def an_administrator_adds_a_secret(settings: Any) -> Deed:
    return _of_a_secret("add", {"label": "another"}, "secret.added")


@deed
def an_administrator_replaces_a_secret(settings: Any) -> Deed:
    return _of_a_secret("{}/rotate", {"overlap": "7"}, "secret.rotated", "secret.added")


@deed
def an_administrator_retires_a_secret(settings: Any) -> Deed:
    return _of_a_secret("{}/retire", {"stops": "yes"}, "secret.retired")


@deed
def an_administrator_retires_dots_own_secret(settings: Any) -> Deed:
    stock, (person, browser) = stock_client(), administrator()
    url = f"{CLIENTS}{stock.registered.application.pk}/secrets/dot/retire/"
    return Deed(
        do=lambda: browser.post(url, {"stops": "yes"}),
        told=(("secret.retired", by_person(person)),),
        client=stock.registered.client_id,
    )


@deed
def a_secret_of_dots_is_used_for_the_first_time(settings: Any) -> Deed:
    stock = stock_client(hash_client_secret=False)
    assert stock.registered.client_secret == SECRET
    return Deed(
        do=lambda: stock.post("revoke", token="no-such-token"),
        told=(("secret.upgraded", SERVER),),
        client=stock.registered.client_id,
        network="",
    )


# Initial access tokens ----------------------------------------------------------------------------------


@deed
def an_administrator_issues_an_initial_access_token(settings: Any) -> Deed:
    person, browser = administrator()
    said = {"label": "Ada", "max_uses": "1", "scopes": ["notes:read"]}
    told = (("initial_token.issued", by_person(person)),)
    return Deed(do=lambda: browser.post(f"{TOKENS}add/", said), told=told)


@deed
def a_command_issues_an_initial_access_token(settings: Any) -> Deed:
    return Deed(
        do=lambda: run("oauthflows_issue_initial_access_token", "--label", "Ada"),
        told=(("initial_token.issued", COMMAND),),
        network="",
    )


@deed
def an_administrator_revokes_an_initial_access_token(settings: Any) -> Deed:
    person, browser = administrator()
    initial_tokens.issue(label="Ada")
    row = InitialAccessToken.objects.get()
    return Deed(
        do=lambda: act(browser, TOKENS, "revoke_selected", row),
        told=(("initial_token.revoked", by_person(person)),),
    )


# The server's keys --------------------------------------------------------------------------------------


@deed
def the_first_key_is_made_when_it_is_needed(settings: Any) -> Deed:
    return Deed(do=lambda: ring.signing_key("ES256"), told=(("key.rotated", SERVER),), network="")


@deed
def a_command_lets_the_next_key_sign_at_once(settings: Any) -> Deed:
    rotate("ES256")
    steps = ("key.announced", "key.retired", "key.rotated")
    return Deed(
        do=lambda: run("oauthflows_rotate_keys", "--algorithm", "ES256", "--now"),
        told=tuple((event, COMMAND) for event in steps),
        network="",
    )


@deed
def a_command_deletes_a_key_whose_time_is_over(settings: Any) -> Deed:
    rotate("ES256")
    rotate("ES256", at_once=True)
    long_ago = timezone.now() - timedelta(seconds=conf.KEY_RETIRED_SECONDS, days=1)
    SigningKey.objects.filter(state="retired").update(retired=long_ago)
    return Deed(
        do=lambda: run("oauthflows_rotate_keys", "--algorithm", "ES256"),
        told=(("key.deleted", COMMAND),),
        network="",
    )


# The log ------------------------------------------------------------------------------------------------


@deed
def an_administrator_exports_the_log(settings: Any) -> Deed:
    person, browser = administrator()
    return Deed(
        do=lambda: browser.get("/admin/oauthflows/auditevent/export/", {"event": "client.changed"}),
        told=(("audit.exported", by_person(person)),),
    )


@deed
def a_command_exports_the_log(settings: Any) -> Deed:
    return Deed(
        do=lambda: run("oauthflows_export_audit"),
        told=(("audit.exported", COMMAND),),
        network="",
    )


@deed
def old_events_are_cleaned_up(settings: Any) -> Deed:
    begin().token(grant_type="unheard-of")
    AuditEvent.objects.update(created=timezone.now() - timedelta(days=4000))
    return Deed(
        do=lambda: run("oauthflows_cleanup"), told=(("audit.deleted", COMMAND),), network=""
    )

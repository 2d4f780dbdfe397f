"""Ways through the admin and the shell: what is shown once stays so, and what is pasted stays nowhere."""

import json
from io import StringIO
from typing import Any

from django.core.management import call_command

from django_oauthflows.clients.models import ClientSecret
from django_oauthflows.testing.assertions import client_key
from tests.admin.pages import CLIENTS, administrator, change, fields_on
from tests.secrecy.diary import WRONG, Diary, walk
from tests.stories import begin

MASS_REVOCATION = "/admin/oauthflows/authorization/revoke/"
PEM = "-----BEGIN PRIVATE KEY-----\nmarkedprivatekeypastedaspem\n-----END PRIVATE KEY-----"


@walk()
def an_administrator_adds_a_client_and_replaces_its_secret(diary: Diary, settings: Any) -> None:
    browser = administrator()
    said = {"name": "A new one", "redirect_uris": "https://client.example/callback"}
    made = browser.post(
        f"{CLIENTS}add/?preset=web-app", {**said, "scopes": ["notes:read"]}, follow=True
    )
    diary.learn("first secret", made.context["client_secret"])
    diary.hear(made, delivers=("first secret",))
    pk = made.context["application"].pk
    first = ClientSecret.objects.get()
    pages = {
        "second secret": ("add", {"label": "by hand", "keep_readable": "on"}),
        "third secret": (f"{first.pk}/rotate", {"overlap": "7"}),
    }
    for name, (where, fields) in pages.items():
        page = browser.post(f"{CLIENTS}{pk}/secrets/{where}/", fields, follow=True)
        diary.learn(name, page.context["client_secret"])
        diary.hear(page, delivers=(name,))
    diary.hear(browser.post(f"{CLIENTS}{pk}/secrets/{first.pk}/retire/"))
    diary.hear(browser.get(f"{CLIENTS}{pk}/history/"))
    changed = change(browser, pk, name="Another name")
    diary.hear(changed)


@walk()
def somebody_pastes_a_private_key(diary: Diary, settings: Any) -> None:
    """It is refused, and comes back in no field; whoever sent it has to make another one anyway."""
    browser = administrator()
    private = client_key().as_dict(private=True)
    diary.learn("private part", str(private["d"]))
    diary.learn("private part as PEM", "markedprivatekeypastedaspem")
    story = begin(preset="service-account", redirect_uris=())
    for pasted in (json.dumps({"keys": [private]}), json.dumps(private), PEM, str(private)):
        page = change(browser, story.registered.application.pk, policy__jwks=pasted)
        assert page.status_code == 200
        diary.hear(page)
        said = {"name": "Signs", "scopes": ["notes:read"], "jwks": pasted}
        diary.hear(browser.post(f"{CLIENTS}add/?preset=service-account", said))


@walk()
def an_administrator_pastes_a_leaked_token(diary: Diary, settings: Any) -> None:
    story, browser = begin(), administrator()
    for name in ("access_token", "refresh_token"):
        leaked = diary.learn(f"leaked {name}", story.tokens()[name])
        counted = diary.hear(browser.post(MASS_REVOCATION, {"leaked_token": leaked}))
        done = browser.post(MASS_REVOCATION, fields_on(counted, with_field="radius"))
        diary.hear(done)
        diary.hear(browser.post(MASS_REVOCATION, {"leaked_token": leaked}))
    diary.hear(browser.post(MASS_REVOCATION, {"leaked_token": WRONG["wrong token"]}))


@walk()
def tokens_are_handed_out_by_page_and_by_command(diary: Diary, settings: Any) -> None:
    browser = administrator()
    said = {"label": "Ada", "max_uses": "1", "scopes": ["notes:read"]}
    page = browser.post("/admin/oauthflows/initialaccesstoken/add/", said, follow=True)
    diary.learn("initial access token", page.context["token"])
    diary.hear(page, delivers=("initial access token",))
    for command, member, arguments in (
        ("oauthflows_issue_initial_access_token", "initial_access_token", ("--label", "Bob")),
        ("oauthflows_register_client", "client_secret", ("--preset", "service", "--name", "A job")),
    ):
        out = StringIO()
        call_command(command, *arguments, "--json", stdout=out)
        diary.learn(f"{member} of a command", json.loads(out.getvalue())[member])
    diary.run("oauthflows_rotate_keys", "--now")
    diary.run("oauthflows_cleanup")

"""Who may open, do and post what in the admin: a row for each view and action, and nothing by default.

A row names every way in. `allowed` lists the sets of Django permissions, each of which is enough by itself,
and `owners` says whether an owner gets in with `manage_own_clients` alone, to their own client. Whoever is
not named is to be refused, and a view without a row fails the test: write one when you add a view.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django_oauthflows.clients.review import fixing
from django_oauthflows.clients.review.gathering import all_applications
from tests.admin.reach import FINDING, Side, url_of

Permissions = frozenset[str]


@dataclass(frozen=True, kw_only=True)
class Row:
    """One way into one view.

    `posts` is what is posted to it, from the client's side; without it the page is opened. `action` is the
    one chosen on a list. Posting changes rows, unless `writes` says that it does not.
    """

    view: str
    allowed: tuple[Permissions, ...] = ()
    owners: bool = False
    superuser: bool = True
    arguments: Callable[[Side], tuple[Any, ...]] = lambda side: ()
    posts: Callable[[Side], Mapping[str, Any]] | None = None
    query: str = ""
    action: str = ""
    writes: bool = True
    is_list: bool = False
    #: Does it give a secret, an address or a key, or change one? Of a client that manages others this needs
    #: `CHANGES_POLICIES` as well, and no owner does it.
    gives: bool = False

    def __str__(self) -> str:
        way = self.action or ("post" if self.posts else "open")
        return f"{self.view}{self.query}: {way}"

    def url(self, side: Side) -> str:
        return url_of(self.view, *self.arguments(side)) + self.query


def any_of(*names: str) -> tuple[Permissions, ...]:
    """Each is enough."""
    return tuple(frozenset({name}) for name in names)


def _seeing(model: str, *names: str) -> tuple[Permissions, ...]:
    """Only together are they enough, and with sight of the rows."""
    return tuple({frozenset({f"{see}_{model}", *names}) for see in ("view", "change")})


def _key(model: str) -> Callable[[Side], tuple[Any, ...]]:
    return lambda side: (side.row(model).pk,)


def _acted(model: str, action: str) -> Callable[[Side], Mapping[str, Any]]:
    return lambda side: {
        "action": action,
        "_selected_action": [str(side.row(model).pk)],
        "post": "yes",
    }


def _read_only(
    app: str, model: str, seen_with: tuple[Permissions, ...] | None = None, *, owners: bool = False
) -> list[Row]:
    """A screen that shows rows: nobody adds, changes or deletes any."""
    name = f"{app}_{model}"
    seen_with = any_of(f"view_{model}", f"change_{model}") if seen_with is None else seen_with
    shown = {"allowed": seen_with, "owners": owners}
    nobody = {"superuser": False, "posts": lambda side: {"post": "yes"}}
    return [
        Row(view=f"{name}_changelist", is_list=True, **shown),
        Row(view=f"{name}_history", arguments=_key(model), **shown),
        Row(view=f"{name}_change", arguments=_key(model), **shown),
        Row(view=f"{name}_add", superuser=False),
        Row(view=f"{name}_add", **nobody),
        Row(view=f"{name}_change", arguments=_key(model), **nobody),
        Row(view=f"{name}_delete", arguments=_key(model), superuser=False),
        Row(view=f"{name}_delete", arguments=_key(model), **nobody),
        Row(
            view=f"{name}_changelist",
            action="delete_selected",
            posts=_acted(model, "delete_selected"),
            superuser=False,
        ),
    ]


def _ended(app: str, model: str, action: str, *with_permissions: str, owners: bool = False) -> Row:
    """The one thing that is done on such a screen: rows are ended."""
    return Row(
        view=f"{app}_{model}_changelist",
        action=action,
        posts=_acted(model, action),
        allowed=_seeing(model, *with_permissions),
        owners=owners,
    )


def _revoked(app: str, model: str, action: str = "revoke_selected", *, owners: bool) -> list[Row]:
    end = _ended(app, model, action, f"delete_{model}", owners=owners)
    return [*_read_only(app, model, owners=owners), end]


def _posted(
    view: str,
    *arguments: str,
    needs: str,
    writes: bool = True,
    gives: bool = True,
    asks: bool = False,
    **post: Any,
) -> list[Row]:
    """A button on a client's page: by POST alone, or after a page that `asks`."""

    def keys(side: Side) -> tuple[Any, ...]:
        return (side.application.pk, *(getattr(side, name).pk for name in arguments))

    return [
        Row(
            view=view,
            arguments=keys,
            allowed=any_of(needs) if asks else (),
            owners=asks,
            superuser=asks,
        ),
        Row(
            view=view,
            arguments=keys,
            allowed=any_of(needs),
            owners=True,
            posts=lambda side: post,
            writes=writes,
            gives=gives,
        ),
    ]


_CLIENT = "oauth2_provider_application"
_SEES = any_of("view_application", "change_application")
#: What has to go with a client, each by its own permission.
_WITH_A_CLIENT = (
    "accesstoken",
    "refreshtoken",
    "grant",
    "idtoken",
    "authorization",
    "consent",
    "logoutdelivery",
)
_DELETES = _seeing(
    "application", "delete_application", *(f"delete_{model}" for model in _WITH_A_CLIENT)
)
#: What a change of a client that manages others needs beside the permission of the change itself.
CHANGES_POLICIES = frozenset({"change_application", "change_clientpolicy"})
_CHANGES_POLICIES = _seeing("application", "change_application", "change_clientpolicy")
_NEW_CLIENT = {"name": "A new one", "scopes": ["notes:read"]}


def _fix(side: Side) -> tuple[Any, ...]:
    return (side.application.pk, FINDING)


def _seal(side: Side) -> Mapping[str, Any]:
    application = all_applications().get(pk=side.application.pk)
    return {"seal": fixing.preview(application, FINDING).proposal.seal}


def _standard(side: Side) -> Mapping[str, Any]:
    from django_oauthflows.clients.profile_pages import proposal_of

    profile = "standard"
    return {"profile": profile, "seal": proposal_of(side.application, profile).seal}


def _nothing_waits(side: Side) -> tuple[Any, ...]:
    return (side.application.pk, "no-such-handle")


CLIENTS = [
    Row(view=f"{_CLIENT}_changelist", allowed=_SEES, owners=True, is_list=True),
    Row(view="oauthflows_by_risk", allowed=_SEES, owners=True, is_list=True),
    Row(view=f"{_CLIENT}_history", arguments=_key("application"), allowed=_SEES, owners=True),
    Row(view=f"{_CLIENT}_change", arguments=_key("application"), allowed=_SEES, owners=True),
    Row(
        view=f"{_CLIENT}_change",
        arguments=_key("application"),
        allowed=any_of("change_application"),
        owners=True,
        gives=True,
        posts=lambda side: {
            "name": "Renamed",
            "redirect_uris": "https://client.example/callback",
            "oauthflows_policy-TOTAL_FORMS": "1",
            "oauthflows_policy-INITIAL_FORMS": "1",
            "oauthflows_policy-0-id": str(side.story.registered.policy.pk),
            "oauthflows_policy-0-application": str(side.application.pk),
            # What whoever may change the policy has to send with it.
            "oauthflows_policy-0-preset": "web-app",
            "oauthflows_policy-0-profile": "legacy",
            "oauthflows_policy-0-subject_type": "public",
            "oauthflows_policy-0-token_format": "opaque",
            "oauthflows_policy-0-application_type": "web",
            "oauthflows_policy-0-flows": ["authorization-code-pkce"],
            # As they are: what its requests asked for would be refused without them.
            "oauthflows_policy-0-scopes": list(side.story.registered.scopes),
            "oauthflows_owners-TOTAL_FORMS": "0",
            "oauthflows_owners-INITIAL_FORMS": "0",
        },
    ),
    Row(view=f"{_CLIENT}_add", allowed=any_of("add_application")),
    Row(view=f"{_CLIENT}_add", query="?preset=service", allowed=any_of("add_application")),
    Row(
        view=f"{_CLIENT}_add",
        query="?preset=service",
        allowed=any_of("add_application"),
        posts=lambda side: _NEW_CLIENT,
    ),
    Row(
        view=f"{_CLIENT}_delete",
        arguments=_key("application"),
        allowed=_seeing("application", "delete_application"),
    ),
    Row(
        view=f"{_CLIENT}_delete",
        arguments=_key("application"),
        allowed=_DELETES,
        posts=lambda side: {"post": "yes"},
    ),
    Row(
        view=f"{_CLIENT}_changelist",
        action="delete_selected",
        allowed=_DELETES,
        posts=_acted("application", "delete_selected"),
    ),
    # What waits there is for one browser: see `test_one_time_display`.
    Row(view="oauthflows_client_added", arguments=_nothing_waits, superuser=False),
    Row(view="oauthflows_new_secret", arguments=_nothing_waits, superuser=False),
    *_posted("oauthflows_add_secret", needs="rotate_clientsecret", label="One more"),
    *_posted("oauthflows_rotate_secret", "secret", needs="rotate_clientsecret", overlap="1"),
    *_posted(
        "oauthflows_retire_secret", "secret", needs="rotate_clientsecret", gives=False, asks=True
    ),
    *_posted("oauthflows_retire_dot_secret", needs="rotate_clientsecret", gives=False, asks=True),
    *_posted("oauthflows_fetch_keys", needs="change_application", writes=False),
    Row(
        view="oauthflows_fix_finding",
        arguments=_fix,
        allowed=any_of("change_application"),
        owners=True,
        gives=True,
    ),
    Row(
        view="oauthflows_fix_finding",
        arguments=_fix,
        allowed=any_of("change_application"),
        owners=True,
        gives=True,
        posts=_seal,
    ),
    Row(
        view="oauthflows_connect_client", arguments=_key("application"), allowed=_SEES, owners=True
    ),
    Row(
        view="oauthflows_client_profile", arguments=_key("application"), allowed=_SEES, owners=True
    ),
    Row(
        view="oauthflows_client_profile",
        arguments=_key("application"),
        allowed=_CHANGES_POLICIES,
        posts=_standard,
    ),
    Row(
        view="oauthflows_rehearse",
        arguments=_key("application"),
        allowed=_seeing("application", "view_user"),
    ),
    Row(view="oauthflows_review_again", superuser=False),
    Row(
        view="oauthflows_review_again",
        allowed=_SEES,
        owners=True,
        posts=lambda side: {},
    ),
]

AUDIT = [
    *_read_only("oauthflows", "auditevent", any_of("view_auditevent"), owners=True),
    Row(
        view="oauthflows_auditevent_export",
        allowed=any_of("view_auditevent"),
        owners=True,
        is_list=True,
    ),
]

GRANTS = [
    *_revoked("oauthflows", "authorization", owners=True),
    Row(view="oauthflows_mass_revoke", allowed=any_of("mass_revoke_authorization")),
    Row(
        view="oauthflows_mass_revoke",
        allowed=any_of("mass_revoke_authorization"),
        posts=lambda side: {"client": side.application.client_id},
        writes=False,
    ),
]

_INITIAL = "oauthflows_initialaccesstoken_add"
INITIAL_TOKENS = [
    *(
        row
        for row in _read_only("oauthflows", "initialaccesstoken")
        if not row.view.endswith("_add")
    ),
    Row(
        view="oauthflows_new_initial_token",
        arguments=lambda side: (side.row("initialaccesstoken").pk, "no-such-handle"),
        superuser=False,
    ),
    Row(view=_INITIAL, allowed=any_of("add_initialaccesstoken")),
    Row(
        view=_INITIAL,
        allowed=any_of("add_initialaccesstoken"),
        posts=lambda side: {"label": "For another friend", "max_uses": "1"},
    ),
    Row(
        view="oauthflows_initialaccesstoken_changelist",
        action="revoke_selected",
        allowed=any_of("change_initialaccesstoken"),
        posts=_acted("initialaccesstoken", "revoke_selected"),
    ),
]

TABLE: Mapping[str, list[Row]] = {
    "application": CLIENTS,
    "accesstoken": _revoked("oauth2_provider", "accesstoken", owners=True),
    "refreshtoken": _revoked("oauth2_provider", "refreshtoken", owners=True),
    "grant": _revoked("oauth2_provider", "grant", owners=True),
    "idtoken": _read_only("oauth2_provider", "idtoken", owners=True),
    "auditevent": AUDIT,
    "authorization": GRANTS,
    "consent": _revoked("oauthflows", "consent", "withdraw_selected", owners=True),
    "initialaccesstoken": INITIAL_TOKENS,
    "logoutdelivery": _read_only("oauthflows", "logoutdelivery", owners=True),
    "providersession": [
        *_read_only("oauthflows", "providersession"),
        _ended(
            "oauthflows",
            "providersession",
            "end_selected",
            "delete_providersession",
        ),
    ],
    "signingkey": _read_only("oauthflows", "signingkey"),
}

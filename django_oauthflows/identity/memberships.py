"""The groups and roles of a person, as one client is told of them: the claims `groups` and `roles`.

Neither is a claim of OpenID Connect Core. Many programs read them by these names, to decide what somebody may
do there. A client is told of no group that is not on its own list: the others are none of its business.
"""

from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from django.contrib.auth.models import Group
from django.core.exceptions import FieldDoesNotExist
from django.utils.module_loading import import_string

from django_oauthflows import dot
from django_oauthflows.conf import conf
from django_oauthflows.rules.requests import ClientFacts

GROUPS, ROLES = "groups", "roles"
#: How many of them an ID token has at most: it travels in headers and cookies. Userinfo tells all.
MOST_IN_ID_TOKEN = 100


def groups_of(person: Any, client: ClientFacts) -> list[str] | None:
    """Return the names of the person's groups that are on the client's list; `None` where it has no list."""
    listed = client.openid.visible_groups
    if not listed or not _has_djangos_groups(person):
        return None
    rows = person.groups.using(dot.token_database()).filter(name__in=listed).order_by("name")
    return list(rows.values_list("name", flat=True))


def roles_of(person: Any, client: ClientFacts) -> list[str] | None:
    """Return what the project's own function (`ROLES`) says; `None` without one, or where it says so."""
    if not conf.ROLES:
        return None
    roles: Iterable[Any] | None = _function(conf.ROLES)(person, client.client_id)
    return None if roles is None else [str(role) for role in roles]


def cut_for_id_token(claims: dict[str, Any]) -> dict[str, Any]:
    """Return the claims with no more groups and roles than an ID token may have."""
    long = {name: claims[name] for name in (GROUPS, ROLES) if isinstance(claims.get(name), list)}
    return {**claims, **{name: names[:MOST_IN_ID_TOKEN] for name, names in long.items()}}


def _has_djangos_groups(person: Any) -> bool:
    try:
        return bool(person._meta.get_field("groups").related_model is Group)
    except FieldDoesNotExist:
        return False


@lru_cache(maxsize=8)
def _function(path: str) -> Any:
    return import_string(path)

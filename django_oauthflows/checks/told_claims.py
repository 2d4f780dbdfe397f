"""Mistakes in what a project says of people: addresses that nobody verified, roles that nobody tells."""

from collections.abc import Collection, Iterator
from typing import Any

from django.contrib.auth import get_user_model
from django.core.checks import CheckMessage, Warning
from django.forms import ALL_FIELDS
from django.utils.module_loading import import_string

from django_oauthflows.conf import conf
from django_oauthflows.core import users
from django_oauthflows.core.url_patterns import url_patterns

#: The methods by which a view of Django REST framework writes what its serializer takes.
_WRITING = frozenset({"post", "put", "patch", "create", "update", "partial_update"})


def check_told_claims(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """An address that is called verified and that people may edit; a function for roles that is none."""
    messages: list[CheckMessage] = []
    if conf.EMAIL_VERIFIED and (pages := sorted(set(_pages_that_edit_an_address()))):
        messages.append(
            Warning(
                "Clients are told that every e-mail address is verified (EMAIL_VERIFIED), and people may "
                f"write theirs at: {', '.join(pages[:5])}.",
                hint='Take "EMAIL_VERIFIED": True out, unless those pages verify a new address before they '
                "save it (then silence this check). django-allauth's verified addresses are told without it.",
                id="oauthflows.W155",
            )
        )
    if conf.ROLES and not _is_function(conf.ROLES):
        messages.append(
            Warning(
                f"ROLES names no function: {conf.ROLES!r}.",
                hint='As "accounts.roles.roles_of", a function of a person and a client_id that returns '
                "a list of texts.",
                id="oauthflows.W156",
            )
        )
    return messages


def _pages_that_edit_an_address() -> Iterator[str]:
    """Yield the path of each view that saves the address of a user, as far as its class says so.

    That are Django's views of model forms and those of Django REST framework; a function does not say.
    """
    for path, pattern in url_patterns():
        view = getattr(pattern.callback, "view_class", None)
        api = getattr(pattern.callback, "cls", None)
        if (view and _form_has_address(view)) or (
            api and _api_takes_address(pattern.callback, api)
        ):
            yield path


def _form_has_address(view: Any) -> bool:
    """Read `form_class`, or else `model` (or `queryset`) and `fields`, of a generic editing view."""
    form = getattr(view, "form_class", None)
    if form is not None:
        fields = getattr(form, "base_fields", {})
        return _is_of_users(getattr(getattr(form, "_meta", None), "model", None)) and (
            users.email_field() in fields
        )
    model = getattr(view, "model", None) or getattr(getattr(view, "queryset", None), "model", None)
    return _is_of_users(model) and _names_address(getattr(view, "fields", None))


def _api_takes_address(callback: Any, view: Any) -> bool:
    """Read the serializer of a view that writes; a ViewSet's methods are those of its route."""
    methods = set(getattr(callback, "actions", None) or {}) or {
        name for name in _WRITING if hasattr(view, name)
    }
    meta = getattr(getattr(view, "serializer_class", None), "Meta", None)
    if not methods & _WRITING or not _is_of_users(getattr(meta, "model", None)):
        return False
    is_read_only = users.email_field() in (getattr(meta, "read_only_fields", None) or ())
    return _names_address(getattr(meta, "fields", None)) and not is_read_only


def _is_of_users(model: Any) -> bool:
    return isinstance(model, type) and issubclass(model, get_user_model())


def _names_address(fields: Collection[str] | None) -> bool:
    return fields == ALL_FIELDS or users.email_field() in (fields or ())


def _is_function(path: str) -> bool:
    try:
        return callable(import_string(path))
    except ImportError:
        return False

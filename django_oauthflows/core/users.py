"""Users of any user model, whichever attributes it has (Django: Substituting a custom User model).

Only `USERNAME_FIELD` and a primary key are certain. Django itself takes an account without `is_active` for an
active one.
"""

from typing import Any

from django.contrib.auth import get_user_model
from django.core.exceptions import FieldDoesNotExist
from django.db.models import QuerySet


def is_active(user: Any) -> bool:
    """Return whether the account may be used."""
    return bool(getattr(user, "is_active", True))


def active_only(users: "QuerySet[Any]") -> "QuerySet[Any]":
    """Return those of the users that are active, where the model keeps it in a field."""
    return users.filter(is_active=True) if has_field("is_active") else users


def username_of(user: Any) -> str:
    """Return the name by which the user signs in."""
    if hasattr(user, "get_username"):
        return str(user.get_username())
    return str(getattr(user, user.USERNAME_FIELD))


def full_name_of(user: Any) -> str:
    """Return the user's full name; empty where the model has none."""
    return str(user.get_full_name() or "") if hasattr(user, "get_full_name") else ""


def name_shown_of(user: Any) -> str:
    """Return the full name, else the name the user signs in with."""
    return full_name_of(user) or username_of(user)


def email_field() -> str:
    """Return the name of the field for the e-mail address, which the model need not have."""
    model: Any = get_user_model()
    if hasattr(model, "get_email_field_name"):
        return str(model.get_email_field_name())
    return str(getattr(model, "EMAIL_FIELD", "email"))


def has_field(name: str) -> bool:
    """Return whether the user model has a field of this name."""
    try:
        get_user_model()._meta.get_field(name)
    except FieldDoesNotExist:
        return False
    return True

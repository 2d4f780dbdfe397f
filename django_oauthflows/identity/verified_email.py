"""Whether a person's e-mail address is known to be theirs (OpenID Connect Core §5.1, `email_verified`).

Django never asks anybody to prove an address. So this is known where the user model has a field of that
name, where django-allauth keeps the addresses it verified, or where the project says that it verifies every
address.
"""

from functools import cache
from typing import Any

from django.apps import apps

from django_oauthflows import dot
from django_oauthflows.conf import conf
from django_oauthflows.core import users

_FIELD = "email_verified"
_ALLAUTH = "allauth.account"


def email_of(person: Any) -> Any:
    """Return the person's address, by whatever field their model keeps it in; `None` without one."""
    return getattr(person, users.email_field(), None)


def email_verified(person: Any) -> bool | None:
    """Return whether the very address that is told is verified; `None` where nobody knows."""
    email = email_of(person)
    if not email:
        return None
    if users.has_field(_FIELD) and (said := getattr(person, _FIELD)) is not None:
        return bool(said)
    if (verified := _verified_by_allauth(person, str(email))) is not None:
        return verified
    return True if conf.EMAIL_VERIFIED else None


def _verified_by_allauth(person: Any, email: str) -> bool | None:
    """Return what django-allauth knows of this very address; `None` where the person has no such row."""
    model = _allauth_addresses()
    if model is None:
        return None
    rows = model._default_manager.using(dot.token_database()).filter(user_id=person.pk)
    known = rows.values_list("email", "verified")
    found = [verified for address, verified in known if is_same(address, email)]
    return any(found) if found else None


def is_same(address: str, email: str) -> bool:
    """Compare without case, as django-allauth does; but outside ASCII some letters look alike."""
    if address.isascii() and email.isascii():
        return address.lower() == email.lower()
    return address == email


@cache
def _allauth_addresses() -> Any:
    """Return django-allauth's model, if the project has installed it; it is never imported from here."""
    configs = (config for config in apps.get_app_configs() if config.name == _ALLAUTH)
    config = next(configs, None)
    return config.get_model("EmailAddress") if config else None

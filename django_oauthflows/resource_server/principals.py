"""Who a token stands for where no row of a person is at hand."""

from dataclasses import dataclass
from typing import Any

from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError


class _Principal:
    """Authenticated, and without any permission of Django's: what it may do stands in its token."""

    __slots__ = ()

    is_authenticated = True
    is_anonymous = False
    is_active = True
    is_staff = False
    is_superuser = False

    def has_perm(self, perm: str, obj: object = None) -> bool:
        return False

    def has_perms(self, perm_list: object, obj: object = None) -> bool:
        return False

    def has_module_perms(self, app_label: str) -> bool:
        return False


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientPrincipal(_Principal):
    """`request.user` where a service called for itself: authenticated, and nobody.

    It has no row, no groups and no permissions; a view for people uses `ActsForPerson` to keep it out.
    """

    client_id: str

    pk = None
    id = None

    def __str__(self) -> str:
        return f"client {self.client_id}"

    def get_username(self) -> str:
        return f"client:{self.client_id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonPrincipal(_Principal):
    """`request.user` where a token was verified locally: a person, known by their key alone.

    `Note.objects.filter(owner_id=request.user.pk)` works; what stands in the person's row, their permissions
    among it, is not known and not looked up. `pk` is text where it is no key of this site's people.
    """

    pk: Any

    @classmethod
    def of(cls, subject: str) -> "PersonPrincipal":
        """The person a token names, with the key as the user model has it."""
        key = get_user_model()._meta.pk
        try:
            return cls(pk=key.to_python(subject) if key is not None else subject)
        except ValidationError:
            return cls(pk=subject)

    @property
    def id(self) -> Any:
        return self.pk

    def __str__(self) -> str:
        return f"person {self.pk}"

    def get_username(self) -> str:
        return f"person:{self.pk}"

"""Who a token without a person stands for."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientPrincipal:
    """`request.user` where a service called for itself: authenticated, and nobody.

    It has no row, no groups and no permissions; a view for people uses `ActsForPerson` to keep it out.
    """

    client_id: str

    pk = None
    id = None
    is_authenticated = True
    is_anonymous = False
    is_active = True
    is_staff = False
    is_superuser = False

    def __str__(self) -> str:
        return f"client {self.client_id}"

    def get_username(self) -> str:
        return f"client:{self.client_id}"

    def has_perm(self, perm: str, obj: object = None) -> bool:
        return False

    def has_perms(self, perm_list: object, obj: object = None) -> bool:
        return False

    def has_module_perms(self, app_label: str) -> bool:
        return False

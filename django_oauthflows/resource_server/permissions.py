"""What a token may do: permissions that name scopes and compose with `&`, `|` and `~`."""

from functools import partial
from typing import TYPE_CHECKING, Any

from rest_framework.exceptions import NotAuthenticated, PermissionDenied
from rest_framework.permissions import (
    AND,
    OR,
    BasePermission,
    DjangoModelPermissions,
    IsAdminUser,
    OperationHolderMixin,
)
from rest_framework.request import Request

from django_oauthflows.resource_server.challenges import (
    InsufficientScope,
    NotPermitted,
    UserNeeded,
)
from django_oauthflows.rules.words import words_of

if TYPE_CHECKING:
    # DRF's views read the classes a project lists as its defaults, which may be these.
    from rest_framework.views import APIView

#: Methods that are as harmless as GET, and follow its scopes where they have none of their own.
_LIKE_GET = ("HEAD", "OPTIONS")


class HasScopes(OperationHolderMixin, BasePermission):
    """The token holds every named scope.

    `HasScopes("notes:read")` for all methods, `HasScopes(GET="notes:read", POST="notes:write")` for each its
    own (several scopes separated by spaces). HEAD and OPTIONS follow GET; a method that is not named is
    refused. A refusal is a 403 whose challenge names the scopes needed (RFC 6750 §3.1).
    """

    def __init__(self, *scopes: str, **by_method: str) -> None:
        self._always = frozenset(name for scope in scopes for name in scope.split())
        if bool(self._always) == bool(by_method):
            raise TypeError(
                'Name scopes, as HasScopes("read"), or methods, as HasScopes(GET="read").'
            )
        self._by_method = {
            method.upper(): frozenset(scope.split()) for method, scope in by_method.items()
        }

    @property
    def named_scopes(self) -> frozenset[str]:
        """Every scope that it names, for whichever method."""
        return self._always.union(*self._by_method.values())

    def __call__(self) -> "HasScopes":
        """DRF calls what stands in `permission_classes`; this is an instance already."""
        return self

    def scopes_for(self, method: str) -> frozenset[str] | None:
        """The scopes a method needs; `None` for one that is not allowed at all."""
        if self._always:
            return self._always
        if method in _LIKE_GET and method not in self._by_method:
            return self._by_method.get("GET")
        return self._by_method.get(method)

    def has_permission(self, request: Request, view: "APIView") -> bool:
        held = scopes_of(request)
        needed = self.scopes_for(request.method or "")
        if held is None or needed is None:
            return False
        if needed <= held:
            return True
        # DRF builds the refusal in the view, after all permissions have been asked, and keeps nothing of
        # an operand's reasons; the view lives for this one request.
        view.permission_denied = partial(_refuse, view)  # type: ignore[assignment, method-assign]
        return False

    def has_object_permission(self, request: Request, view: "APIView", obj: Any) -> bool:
        """Scopes do not depend on the object; asked again so that `~` and `|` mean the same for both."""
        return self.has_permission(request, view)


class ActsForPerson(BasePermission):
    """The token was given by a person: a service's own token is kept out."""

    def has_permission(self, request: Request, view: "APIView") -> bool:
        user = request.user
        if getattr(user, "pk", None) is not None and bool(user.is_authenticated):
            return True
        view.permission_denied = partial(_refuse, view)  # type: ignore[assignment, method-assign]
        return False

    def has_object_permission(self, request: Request, view: "APIView", obj: Any) -> bool:
        """Asked again, as `HasScopes` is, so that `~` means the same for both."""
        return self.has_permission(request, view)


#: Permissions that a service's token never has: they ask for a user, or for what only users have.
_FOR_USERS = (ActsForPerson, IsAdminUser, DjangoModelPermissions)


def explain_refusals(view: Any) -> None:
    """Have the view say what is missing, unless the project has its own answer to what is not permitted."""
    answer = getattr(type(view), "permission_denied", None)
    if getattr(answer, "__module__", "") == "rest_framework.views":  # DRF's own
        view.permission_denied = partial(_refuse, view)


def scopes_of(request: Request) -> frozenset[str] | None:
    """The scopes of the token a request came with; `None` where it came with none."""
    scope = getattr(request.auth, "scope", None)
    return frozenset(words_of(scope)) if isinstance(scope, str) else None


def needed_scopes(request: Request) -> frozenset[str]:
    """The scopes the view of a request asks for, as far as its permissions say so without alternatives."""
    view = (request.parser_context or {}).get("view")
    return needed_scopes_of(view, request.method or "") if view is not None else frozenset()


def needed_scopes_of(view: Any, method: str) -> frozenset[str]:
    """The same for a view and a method."""
    permissions = view.get_permissions()
    return frozenset[str]().union(*(_named(permission, method) for permission in permissions))


def _named(permission: Any, method: str) -> frozenset[str]:
    if isinstance(permission, HasScopes):
        return permission.scopes_for(method) or frozenset()
    if type(permission) is not AND:
        return frozenset()
    one, other = vars(permission)["op1"], vars(permission)["op2"]
    return _named(one, method) | _named(other, method)


def _refuse(
    view: "APIView", request: Request, message: Any = None, code: str | None = None
) -> None:
    """Refuse, and name the scopes that would have helped: none where something else is in the way too."""
    if request.authenticators and not request.successful_authenticator:
        raise NotAuthenticated
    wanting = [_missing(permission, request, view) for permission in view.get_permissions()]
    missing = frozenset[str]().union(*(scopes for scopes in wanting if scopes))
    if scopes_of(request) is None:
        raise PermissionDenied(detail=message, code=code)
    if missing and None not in wanting:
        raise InsufficientScope(request, missing)
    if getattr(request.user, "pk", None) is None and any(
        _wants_user(permission, request, view) for permission in view.get_permissions()
    ):
        raise UserNeeded(request)
    raise NotPermitted(request, message, code)


def _wants_user(permission: Any, request: Request, view: "APIView") -> bool:
    """Return whether a permission says no, and would not to a user who may do it."""
    if isinstance(permission, _FOR_USERS):
        return not permission.has_permission(request, view)
    if type(permission) not in (AND, OR) or permission.has_permission(request, view):
        return False
    return any(_wants_user(part, request, view) for part in (permission.op1, permission.op2))


def _missing(permission: Any, request: Request, view: "APIView") -> frozenset[str] | None:
    """The scopes for want of which a permission says no; `None` where no scope would change its mind."""
    if permission.has_permission(request, view):
        return frozenset()
    if isinstance(permission, HasScopes):
        return permission.scopes_for(request.method or "")
    operator = type(permission)
    if operator not in (AND, OR):
        return None
    one, other = (_missing(part, request, view) for part in (permission.op1, permission.op2))
    if operator is OR:
        return other if one is None else one
    return None if one is None or other is None else one | other

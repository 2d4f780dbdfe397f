"""Who calls, and what they reach.

A person's token opens what its scope says and the person may do by `clients.access`. A token without a person
is a service's own: an administrator wrote the scope on that client, and the scope alone decides.
"""

from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from rest_framework.request import Request

from django_oauthflows import dot
from django_oauthflows.api.refusing import not_permitted
from django_oauthflows.audit.models import AuditEvent
from django_oauthflows.clients import access
from django_oauthflows.clients.access import Deed
from django_oauthflows.keys.models import SigningKey
from django_oauthflows.resource_server import ClientPrincipal


def person_of(request: Request) -> Any:
    """The person who granted the token; `None` for a service's own."""
    caller: Any = request.user
    return None if isinstance(caller, ClientPrincipal) else caller


def actor(request: Request) -> dict[str, Any]:
    """Who does it, in the words of the services: the person or the client, and Django's request."""
    http: HttpRequest = request._request
    return {"by": request.user, "request": http}


def may(request: Request, deed: Deed, application: Any = None) -> bool:
    person = person_of(request)
    return person is None or access.may(person, deed, application)


def must(request: Request, deed: Deed, application: Any = None) -> None:
    """Raises `Refused` for a person who may not do it."""
    if not may(request, deed, application):
        raise not_permitted(request)


def clients(request: Request) -> QuerySet[Any]:
    """The clients the caller may look at. Raises `Refused` for whoever may look at none."""
    must(request, Deed.VIEW)
    rows = dot.application_model()._default_manager.select_related("oauthflows_policy", "user")
    person = person_of(request)
    return rows if person is None else access.within_reach(person, Deed.VIEW, rows)


def client(request: Request, key: str, deed: Deed = Deed.VIEW) -> Any:
    """The client the path names. Raises `Http404` for what the caller may not even see, or `Refused`."""
    application = get_object_or_404(clients(request), pk=key_of(dot.application_model(), key))
    must(request, deed, application)
    return application


def rows(request: Request, found: QuerySet[Any], permission: str) -> QuerySet[Any]:
    """Rows that belong to clients, as far as the caller reaches. Raises `Refused`."""
    person = person_of(request)
    if person is None:
        return found
    if not (person.has_perm(permission) or access.manages_own(person)):
        raise not_permitted(request)
    return access.rows_within_reach(person, found, permission)


def events(request: Request) -> QuerySet[AuditEvent]:
    """What the caller may read of the audit log. Raises `Refused`."""
    must(request, Deed.SEE_AUDIT)
    found = AuditEvent.objects.select_related("application")
    person = person_of(request)
    return found if person is None else access.events_within_reach(person, found)


def keys(request: Request, permission: str) -> QuerySet[SigningKey]:
    """The signing keys. Raises `Refused`: they are nobody's own."""
    person = person_of(request)
    if person is not None and not person.has_perm(permission):
        raise not_permitted(request)
    return SigningKey.objects.all()


def key_of(model: Any, text: str) -> Any:
    """The key a path names, as the model has it. Raises `Http404`."""
    try:
        return model._meta.pk.to_python(text)
    except ValidationError:
        raise Http404 from None

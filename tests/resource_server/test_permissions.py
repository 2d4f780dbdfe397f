"""What a token may do: scopes by method, composed in every way, and refusals that say what was missing."""

from itertools import product

import pytest
from django.contrib.auth import get_user_model
from django.test import RequestFactory
from rest_framework.exceptions import NotFound
from rest_framework.permissions import (
    AllowAny,
    BasePermission,
    DjangoModelPermissions,
    IsAdminUser,
    IsAuthenticated,
)
from rest_framework.views import APIView

from django_oauthflows.resource_server import ActsForPerson, HasScopes, OAuth2TokenAuthentication
from django_oauthflows.testing.factories import PersonFactory
from tests.api import WhoCalled
from tests.marks import spec
from tests.resource_server.test_authentication import challenge_of, service_token
from tests.stories import begin

pytestmark = pytest.mark.django_db

READ, WRITE = HasScopes("notes:read"), HasScopes("notes:write")


class Never(BasePermission):
    message = "Never."

    def has_permission(self, request: object, view: APIView) -> bool:
        return False


class OfAnObject(WhoCalled):
    """Asks for the permission on an object as well."""

    def get(self, request, *args, **kwargs):
        self.check_object_permissions(request, object())
        return super().get(request, *args, **kwargs)


def call(permissions: object, token: str | None, method: str = "get", view=WhoCalled):
    """Call a view protected by one permission, or a list of them."""
    listed = permissions if isinstance(permissions, list) else [permissions]
    protected = type(
        "Protected",
        (view,),
        {
            "authentication_classes": (OAuth2TokenAuthentication,),
            "permission_classes": listed,
            "put": WhoCalled.post,
        },
    ).as_view()
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    response = protected(getattr(RequestFactory(), method)("/api/", headers=headers))
    return response.render()


def person_token(scope: str = "notes:read", **person: object) -> str:
    return begin(person=PersonFactory(**person)).tokens(scope=scope)["access_token"]


# Scopes -------------------------------------------------------------------------------------------------


@spec("RFC 6750 §3.1", "B-26")
def test_too_little_scope_is_refused_and_the_scopes_are_named() -> None:
    response = call(HasScopes("notes:write profile"), person_token())
    challenge = challenge_of(response)
    assert response.status_code == 403
    assert challenge["error"] == "insufficient_scope"
    assert challenge["scope"] == "notes:write profile"
    assert challenge["resource_metadata"].endswith("/oauth-protected-resource/api/")
    assert "notes:write profile" in response.data["detail"]


@spec("RFC 6750 §3.1", "B-26")
def test_every_named_scope_is_needed() -> None:
    for permission in (HasScopes("notes:read notes:write"), HasScopes("notes:read", "notes:write")):
        assert call(permission, person_token("notes:read")).status_code == 403
        assert call(permission, person_token("notes:read notes:write profile")).status_code == 200


@spec("B-26")
def test_part_of_a_scopes_name_is_not_the_scope() -> None:
    assert call(HasScopes("notes"), person_token("notes:read")).status_code == 403


@pytest.mark.parametrize(
    ("method", "scope", "status"),
    [
        ("get", "notes:read", 200),
        ("head", "notes:read", 200),
        ("options", "notes:read", 200),
        ("post", "notes:read", 403),
        ("post", "notes:write", 200),
        ("get", "notes:write", 403),
        ("head", "notes:write", 403),
        ("options", "notes:write", 403),
        ("put", "notes:read notes:write", 403),
    ],
)
@spec("B-26")
def test_each_method_has_its_own_scopes(method: str, scope: str, status: int) -> None:
    permission = HasScopes(GET="notes:read", POST="notes:write")
    assert call(permission, person_token(scope), method).status_code == status


@pytest.mark.parametrize("method", ["get", "head", "options", "put"])
@spec("B-26")
def test_a_method_that_is_not_named_is_refused(method: str) -> None:
    permission = HasScopes(POST="notes:write")
    assert call(permission, person_token("notes:write"), method).status_code == 403


@spec("B-26")
def test_the_scope_of_the_method_is_the_one_that_is_named() -> None:
    permission = HasScopes(GET="notes:read", POST="notes:write")
    response = call(permission, person_token("notes:read"), "post")
    assert challenge_of(response)["scope"] == "notes:write"


@pytest.mark.parametrize(
    ("scopes", "methods"), [((), {}), (("a",), {"GET": "b"}), (("",), {}), ((" ",), {})]
)
@spec("B-26")
def test_a_permission_that_says_nothing_is_a_mistake(
    scopes: tuple[str, ...], methods: dict[str, str]
) -> None:
    with pytest.raises(TypeError):
        HasScopes(*scopes, **methods)


@spec("RFC 6750 §3", "B-26")
def test_no_token_is_a_401_whatever_is_asked_for() -> None:
    for permission in (READ, ActsForPerson, READ & ActsForPerson, READ | IsAdminUser):
        response = call(permission, None)
        assert response.status_code == 401
        assert "error" not in challenge_of(response)


@spec("B-26")
def test_a_session_is_no_token() -> None:
    story = begin()
    assert story.browser.get("/api/notes/").status_code == 401


# Composition --------------------------------------------------------------------------------------------


def compositions() -> list[tuple[str, object, object]]:
    """Name, composed permission, and what it should say for (reads, writes, is a person, is staff)."""
    return [
        ("read", READ, lambda r, w, p, s: r),
        ("not read", ~READ, lambda r, w, p, s: not r),
        ("read and write", READ & WRITE, lambda r, w, p, s: r and w),
        ("read or write", READ | WRITE, lambda r, w, p, s: r or w),
        ("read and not write", READ & ~WRITE, lambda r, w, p, s: r and not w),
        ("not read or write", ~READ | WRITE, lambda r, w, p, s: not r or w),
        ("not (read and write)", ~(READ & WRITE), lambda r, w, p, s: not (r and w)),
        ("not (read or write)", ~(READ | WRITE), lambda r, w, p, s: not (r or w)),
        ("not not read", ~~READ, lambda r, w, p, s: r),
        ("read and person", READ & ActsForPerson, lambda r, w, p, s: r and p),
        ("person and read", ActsForPerson & READ, lambda r, w, p, s: p and r),
        ("read or person", READ | ActsForPerson, lambda r, w, p, s: r or p),
        ("person or read", ActsForPerson | READ, lambda r, w, p, s: p or r),
        ("read and not person", READ & ~ActsForPerson, lambda r, w, p, s: r and not p),
        ("read and staff", READ & IsAdminUser, lambda r, w, p, s: r and s),
        ("staff or read", IsAdminUser | READ, lambda r, w, p, s: s or r),
        ("authenticated and write", IsAuthenticated & WRITE, lambda r, w, p, s: w),
        ("anyone and read", AllowAny & READ, lambda r, w, p, s: r),
        ("never or read", Never | READ, lambda r, w, p, s: r),
        ("not never and read", ~Never & READ, lambda r, w, p, s: r),
        (
            "(read or staff) and (write or not person)",
            (READ | IsAdminUser) & (WRITE | ~ActsForPerson),
            lambda r, w, p, s: (r or s) and (w or not p),
        ),
        (
            "((read and person) or not write) and not staff",
            ((READ & ActsForPerson) | ~WRITE) & ~IsAdminUser,
            lambda r, w, p, s: ((r and p) or not w) and not s,
        ),
    ]


@pytest.mark.parametrize("view", [WhoCalled, OfAnObject])
@spec("B-26")
def test_every_composition_says_what_it_reads_like(view: type[WhoCalled]) -> None:
    people = [
        begin(person=PersonFactory(is_staff=staff), skips_consent=True) for staff in (False, True)
    ]
    every = ("notes:read", "notes:write", "profile")
    service = begin(preset="service", redirect_uris=(), scopes=every)
    wrong = []
    for reads, writes, who in product((True, False), (True, False), ("person", "staff", "service")):
        scope = " ".join([*["notes:read"] * reads, *["notes:write"] * writes] or ["profile"])
        if who == "service":
            answer = service.token(grant_type="client_credentials", scope=scope)
            token = answer.json()["access_token"]
        else:
            token = people[who == "staff"].tokens(scope=scope)["access_token"]
        for name, permission, expected in compositions():
            said = call(permission, token, view=view).status_code == 200
            if said != bool(expected(reads, writes, who != "service", who == "staff")):
                wrong.append((name, scope, who, said))
    # DRF's own `~` of a class that has no opinion on objects refuses every object.
    if view is OfAnObject:
        wrong = [one for one in wrong if "not never" not in one[0] and "not staff" not in one[0]]
    assert wrong == []


@spec("B-26")
def test_a_composition_can_be_used_again_and_again() -> None:
    reader, writer = person_token("notes:read"), person_token("notes:write")
    permission = READ | Never
    for token, status in ((writer, 403), (reader, 200), (writer, 403)):
        assert call(permission, token).status_code == status


# What a refusal says ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("permissions", "scope"),
    [
        (WRITE, "notes:write"),
        ([IsAuthenticated, WRITE], "notes:write"),
        (READ & WRITE, "notes:write"),
        (ActsForPerson & WRITE, "notes:write"),
        (IsAdminUser | WRITE, "notes:write"),
        (WRITE & HasScopes("profile"), "notes:write profile"),
        ([WRITE, HasScopes("profile")], "notes:write profile"),
        ((READ & WRITE) | Never, "notes:write"),
    ],
)
@spec("RFC 6750 §3.1", "B-26")
def test_a_refusal_for_want_of_scope_names_it(permissions: object, scope: str) -> None:
    response = call(permissions, person_token("notes:read"))
    assert response.status_code == 403
    assert challenge_of(response)["scope"] == scope


@pytest.mark.parametrize(
    "permissions",
    [
        Never,
        [READ, Never],
        READ & Never,
        [WRITE | AllowAny, Never],
        (WRITE | AllowAny) & Never,
        ~WRITE & Never,
        [~WRITE, Never],
        ~READ,
        ~READ & ~WRITE,
        [WRITE | AllowAny, IsAdminUser],
    ],
)
@spec("RFC 6750 §3.1", "B-26")
def test_a_refusal_for_another_reason_asks_for_no_scope(permissions: object) -> None:
    response = call(permissions, person_token("notes:read"))
    assert response.status_code == 403
    assert "insufficient_scope" not in response.headers.get("WWW-Authenticate", "")


@spec("B-26")
def test_a_refusal_by_another_permission_keeps_its_own_words() -> None:
    assert call([READ, Never], person_token("notes:read")).data["detail"] == "Never."


@spec("RFC 6750 §3.1", "B-26")
def test_a_refusal_over_the_real_api_names_the_scope() -> None:
    story = begin()
    response = story.call(story.tokens(scope="notes:read")["access_token"], method="post")
    assert response.status_code == 403
    assert challenge_of(response)["scope"] == "notes:write"
    assert response["Content-Type"] == "application/json"


# People and services ------------------------------------------------------------------------------------


@spec("B-26")
def test_a_services_token_is_kept_out_where_a_person_is_needed() -> None:
    story, token = service_token()
    assert story.call(token, "/api/notes/").status_code == 200
    response = story.call(token, "/api/own/")
    assert response.status_code == 403
    assert "insufficient_scope" not in response.headers.get("WWW-Authenticate", "")


@spec("B-26")
def test_a_service_is_no_administrator() -> None:
    _, token = service_token()
    assert call(IsAdminUser, token).status_code == 403
    assert call(IsAuthenticated, token).status_code == 200


#: Its beginning; a next step follows.
USER_NEEDED = "The access token is a service's own, and this needs one that a user granted: "


class OfUsers(WhoCalled):
    """A view of a model, as Django's permissions want one."""

    queryset = get_user_model()._default_manager.all()


@pytest.mark.parametrize(
    "permissions",
    [
        ActsForPerson,
        READ & ActsForPerson,
        [ActsForPerson, READ],
        IsAdminUser,
        [IsAuthenticated, IsAdminUser],
        DjangoModelPermissions,
    ],
)
@spec("RFC 6749 §4.4", "B-26")
def test_a_service_is_told_that_a_user_is_needed_and_how_to_get_a_token_of_one(
    permissions: object,
) -> None:
    _, token = service_token()
    response = call(permissions, token, "post", view=OfUsers)
    assert response.status_code == 403
    assert str(response.data["detail"]).startswith(USER_NEEDED)
    assert response["X-OAuth-Reference"]


@spec("B-26")
def test_nobody_else_is_told_that_a_user_is_needed() -> None:
    _, token = service_token()
    for response in (call(IsAdminUser, person_token()), call(Never, token)):
        assert response.status_code == 403
        assert "service's own" not in str(response.data["detail"])
    assert str(call(Never, token).data["detail"]) == "Never."


class WithAnAnswerOfItsOwn(WhoCalled):
    def permission_denied(self, request, message=None, code=None):
        raise NotFound


@spec("B-26")
def test_a_project_keeps_its_own_answer_to_what_is_not_permitted() -> None:
    _, token = service_token()
    assert call(IsAdminUser, token, view=WithAnAnswerOfItsOwn).status_code == 404

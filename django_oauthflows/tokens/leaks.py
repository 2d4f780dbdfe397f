"""What a leaked value belongs to, whatever kind of token it is. The value itself is kept nowhere."""

from typing import Any

from django_oauthflows import dot
from django_oauthflows.clients.facts import client_of
from django_oauthflows.keys import jwt
from django_oauthflows.keys.adopted import id_token_key
from django_oauthflows.rules.jwt_types import ID_TOKEN, is_of_type
from django_oauthflows.strict_json import is_storable
from django_oauthflows.tokens.checksums import checksum
from django_oauthflows.tokens.id_token_links import authorization_named_by
from django_oauthflows.tokens.models import Authorization
from django_oauthflows.tokens.parties import person_of
from django_oauthflows.tokens.radius import Leak
from django_oauthflows.tokens.reading import authorization_of

#: Characters; no value of ours is longer, and none is looked for.
LONGEST = 16_000
#: As long as the columns of django-oauth-toolkit's that hold a value as it is.
_LONGEST_PLAIN = 255


def find_leak(value: str) -> Leak | None:
    """The grant or the row behind a leaked value, used up or not; `None` for one this server does not know.

    An access or refresh token, a code or a device code is found by its checksum. An ID token is opened by the
    keys it was signed with and leads to the grant it names. One that names none leads to what was granted to
    its client in that sign-in, or else to all that its person granted to that client.
    """
    value = value.strip()
    if value[:7].lower() == "bearer ":
        value = value[7:].strip()
    if not value or len(value) > LONGEST:
        return None
    stored = checksum(value)
    return (
        _access_token(stored)
        or _refresh_token(stored)
        or _grant(stored)
        or _code(value, stored)
        or _device_code(value, stored)
        or _id_token(value)
    )


def _access_token(stored: str) -> Leak | None:
    using = dot.token_database()
    rows = dot.access_token_model()._default_manager.using(using)
    row: Any = rows.filter(token_checksum=stored).first()
    if row is None:
        return None
    grant = authorization_of(row) if row.user_id is not None else None
    if grant is not None:
        return Leak(families=(grant.pk,), access_token=row.pk)
    tokens = dot.refresh_token_model()._default_manager.using(using)
    beside: Any = tokens.filter(access_token_id=row.pk).first()
    if beside is None:
        return Leak(access_token=row.pk)
    return Leak(families=_family(beside), refresh_token=beside.pk, access_token=row.pk)


def _refresh_token(stored: str) -> Leak | None:
    rows = dot.refresh_token_model()._default_manager.using(dot.token_database())
    row: Any = rows.filter(token_checksum=stored).first()
    return Leak(families=_family(row), refresh_token=row.pk) if row is not None else None


def _family(refresh_token: Any) -> tuple[Any, ...]:
    return (refresh_token.token_family,) if refresh_token.token_family else ()


def _grant(stored: str) -> Leak | None:
    """A grant that remembers the value, whose own row may be gone: spent, or cleaned up."""
    rows = Authorization.objects.using(dot.token_database()).order_by()
    for column in ("code_checksum", "first_access_checksum", "front_access_checksum"):
        found = rows.filter(**{column: stored}).values_list("pk", flat=True).first()
        if found is not None:
            return Leak(families=(found,))
    return None


def _code(value: str, stored: str) -> Leak | None:
    rows = dot.grant_model()._default_manager.using(dot.token_database())
    key = rows.filter(code__in=_as_stored(value, stored)).values_list("pk", flat=True).first()
    return Leak(code=key) if key is not None else None


def _device_code(value: str, stored: str) -> Leak | None:
    rows = dot.device_grant_model()._default_manager.using(dot.token_database())
    known = rows.filter(device_code__in=_as_stored(value, stored))
    key = known.values_list("pk", flat=True).first()
    return Leak(device_code=key) if key is not None else None


def _as_stored(value: str, stored: str) -> list[str]:
    """By its checksum, or as django-oauth-toolkit keeps codes: as they are."""
    is_plain = len(value) <= _LONGEST_PLAIN and is_storable(value)
    return [stored, value] if is_plain else [stored]


def _id_token(value: str) -> Leak | None:
    try:
        opened = jwt.open_jwt(value, find=id_token_key)
    except jwt.NotGenuine:
        return None
    claims = opened.claims
    audience = claims.get("aud")
    issued_to = claims.get("azp", audience)
    subject, sid = claims.get("sub"), claims.get("sid", "")
    texts = (issued_to, subject, sid)
    is_one = is_of_type(opened.header.get("typ", ID_TOKEN), ID_TOKEN)
    if not is_one or not all(isinstance(text, str) for text in texts):
        return None
    client = client_of(str(issued_to))
    if client is None:
        return None
    rows = Authorization.objects.live().using(dot.token_database()).order_by()
    rows = rows.filter(application_id=client.key)
    if named := authorization_named_by(claims.get("jti")):
        rows = rows.filter(pk=named)
    elif sid:
        rows = rows.filter(sid=sid)
    else:
        person = person_of(str(subject), client)
        if person is None:
            return None
        rows = rows.filter(user_id=person.pk)
    return Leak(families=tuple(rows.values_list("pk", flat=True)))

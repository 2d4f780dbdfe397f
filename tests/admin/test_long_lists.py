"""Lists too long to be counted or read to their end: they say so, and what one looks for is found."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth import get_user_model
from django.template import Context, Template
from django.test import Client
from django.utils import timezone
from oauth2_provider.models import get_access_token_model, get_id_token_model

from django_oauthflows.audit import searching
from django_oauthflows.audit.models import AuditEvent
from django_oauthflows.long_lists import LIMIT, AtLeast, count_up_to
from django_oauthflows.tokens import blast
from django_oauthflows.tokens.models import Authorization
from django_oauthflows.tokens.radius import Radius
from tests.admin.pages import administrator
from tests.admin.test_mass_revocation import count
from tests.stories import Story, begin

pytestmark = pytest.mark.django_db

AUDIT = "/admin/oauthflows/auditevent/"
GRANTS = "/admin/oauthflows/authorization/"
ACCESS = "/admin/oauth2_provider/accesstoken/"
REFRESH = "/admin/oauth2_provider/refreshtoken/"


def found(url: str, **query: str) -> list[Any]:
    """The keys of a list's rows."""
    answer = administrator().get(url, query)
    assert answer.status_code == 200
    return [row.pk for row in answer.context["cl"].result_list]


def text_of(browser: Client) -> str:
    """The list of events, whatever its template breaks over lines."""
    return " ".join(browser.get(AUDIT).content.decode().split())


def fill_audit(rows: int) -> None:
    now = timezone.now()
    AuditEvent.objects.bulk_create(
        AuditEvent(event="request.refused", reference=f"{n:016}", created=now - timedelta(hours=n))
        for n in range(rows)
    )


def test_a_long_list_is_counted_to_a_limit_and_read_to_its_end() -> None:
    fill_audit(LIMIT + 201)
    browser = administrator()
    first = text_of(browser)
    assert f"{LIMIT}+ audit events" in first
    assert "?p=100" in first
    assert "?p=101" not in first
    assert "?p=103" in browser.get(f"{AUDIT}?p=100").content.decode()
    last = browser.get(f"{AUDIT}?p=103").context["cl"].result_list
    assert [row.reference for row in last] == [f"{LIMIT + 200:016}"]
    for beyond in ("104", "9" * 30):
        assert browser.get(f"{AUDIT}?p={beyond}")["Location"].endswith("?e=1")


def test_what_is_counted_to_its_end_is_an_exact_number() -> None:
    fill_audit(12)
    rows = AuditEvent.objects.all()
    assert "12 audit events" in text_of(administrator())
    assert str(count_up_to(rows, 12)) == "12"
    assert str(count_up_to(rows, 11)) == "11+"
    assert str(count_up_to(rows, None)) == "12"
    assert str(sum([AtLeast(11), 3])) == "14+"


def test_a_count_that_was_given_up_is_a_number_where_thousands_are_set_apart(settings: Any) -> None:
    page = Template("{{ n }}")
    assert page.render(Context({"n": AtLeast(10_000)})) == "10000+"
    settings.USE_THOUSAND_SEPARATOR = True
    assert page.render(Context({"n": AtLeast(10_000)})) == "10,000"


@pytest.mark.parametrize("most_keys", [0, 5_000])
@pytest.mark.parametrize("url", [GRANTS, ACCESS, REFRESH, "/admin/oauthflows/consent/"])
def test_rows_are_found_by_their_client_and_their_person(
    url: str, most_keys: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(searching, "_MOST_KEYS", most_keys)
    mine, other = named_story("Notes for Linux", "ann"), named_story("Calendar", "ben")
    (key,) = set(found(url)) - set(found(url, q="ben"))
    texts = ("linux notes", "ANN", "ann@example.org", mine.registered.client_id, "Notes")
    assert [found(url, q=text) for text in texts] == [[key]] * len(texts)
    assert (
        found(url, q="notes calendar")
        == found(url, q="ann@example")
        == found(url, q="nobody")
        == []
    )
    assert len(found(url, q="  ")) == 2
    assert found(url, q=other.registered.client_id) != [key]


def named_story(client: str, person: str) -> Story:
    # A random id would hold one of the words now and then.
    story = begin(name=client, client_id=f"0123-{len(client)}")
    get_user_model().objects.filter(pk=story.person.pk).update(
        username=person, email=f"{person}@example.org"
    )
    story.tokens()
    return story


def test_a_refresh_token_is_found_by_its_grant() -> None:
    story = begin()
    story.tokens()
    story.tokens()
    family = Authorization.objects.order_by("created").first()
    assert family is not None
    assert len(found(REFRESH, q=str(family.pk))) == 1
    assert found(REFRESH, q=str(uuid4())) == []


def test_grants_are_filtered_by_flow_and_by_state() -> None:
    story = begin()
    for _ in range(3):
        story.tokens()
    live, revoked, expired = Authorization.objects.order_by("created")
    now = timezone.now()
    Authorization.objects.filter(pk=revoked.pk).update(revoked=now)
    Authorization.objects.filter(pk=expired.pk).update(expires=now, flow="device-code")
    assert found(GRANTS, state="live") == [live.pk]
    assert found(GRANTS, state="revoked") == [revoked.pk]
    assert found(GRANTS, state="expired") == found(GRANTS, flow="device-code") == [expired.pk]
    assert len(found(GRANTS, flow="authorization-code-pkce")) == 2


def test_refusals_are_filtered_by_what_the_client_was_told() -> None:
    AuditEvent.objects.create(event="request.refused", reference="a", code="invalid_grant")
    other = AuditEvent.objects.create(event="request.refused", reference="b", code="invalid_scope")
    assert found(AUDIT, code="invalid_scope") == [other.pk]


def test_tokens_are_in_the_order_they_were_issued_in() -> None:
    story = begin()
    for _ in range(3):
        story.tokens()
    keys = list(get_access_token_model().objects.order_by("pk").values_list("pk", flat=True))
    assert found(ACCESS, o="1") == keys
    assert found(ACCESS, o="-1") == found(ACCESS) == keys[::-1]


def test_id_tokens_are_shown_and_not_changed() -> None:
    story = begin()
    row = get_id_token_model().objects.create(
        user=story.person, application=story.registered.application, expires=timezone.now()
    )
    url = "/admin/oauth2_provider/idtoken/"
    assert found(url, q=story.registered.client_id) == [row.pk]
    assert 'name="_save"' not in administrator().get(f"{url}{row.pk}/change/").content.decode()


def test_a_revocation_of_more_than_anybody_counts_is_previewed() -> None:
    story = begin()
    story.tokens()
    (row,) = Authorization.objects.all()
    for field in ("id", "code_checksum"):
        setattr(row, field, None)
    Authorization.objects.bulk_create(
        Authorization(**{**columns_of(row), "id": uuid4()}) for _ in range(LIMIT)
    )
    page = count(administrator(), client=story.registered.client_id).content.decode()
    assert f'<th scope="row">Grants</th><td>{LIMIT}+</td>' in page
    assert '<th scope="row">Access tokens</th><td>1+</td>' in page


def test_tokens_of_no_grant_are_counted_to_the_limit_too() -> None:
    key = begin().registered.application.pk
    ends = timezone.now() + timedelta(hours=1)
    get_access_token_model().objects.bulk_create(
        get_access_token_model()(application_id=key, token_checksum=f"{n:064}", expires=ends)
        for n in range(LIMIT + 1)
    )
    within = Radius(client=key)
    bounded, exact = blast.preview(within, at_most=LIMIT), blast.preview(within)
    assert (str(bounded.counts.access_tokens), str(bounded.counts.grants)) == (f"{LIMIT}+", "0")
    assert (str(exact.counts.access_tokens), str(exact.clients)) == (f"{LIMIT + 1}", "1")


def columns_of(row: Any) -> dict[str, Any]:
    return {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}

"""Look-ups in the address of a list: a list answers those it needs, and no others.

An answer to `?client_secret__startswith=a` tells the first character of a secret, though no page shows it.
"""

from collections.abc import Iterator, Mapping
from itertools import product
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.views.main import ORDER_VAR
from django.core.exceptions import SuspiciousOperation
from django.db.models import ForeignKey, Model
from django.test import RequestFactory
from django.urls import reverse

from django_oauthflows import screens
from tests.admin.pages import administrator, browser_of
from tests.admin.reach import Site, build_site, holder_of
from tests.marks import spec
from tests.stories import begin, dot_application, dot_tokens

pytestmark = pytest.mark.django_db

APPS = {"oauthflows", "oauth2_provider"}
#: Ways to ask for a part of a value, and for a value as a whole.
LOOKUPS = ("", "exact", "startswith", "regex", "contains", "gt", "in", "isnull")

_CREATED = ("created__gte", "created__lt")
#: The look-ups of each list: what its filters, its dates and the links to it send.
NEEDED: Mapping[str, tuple[str, ...]] = {
    "application": (
        "oauthflows_policy__preset",
        "oauthflows_policy__profile",
        "oauthflows_policy__is_enabled",
        "registration_source",
    ),
    "accesstoken": (),
    "refreshtoken": (),
    "grant": (),
    "idtoken": (),
    "auditevent": ("event", "endpoint", "actor", *_CREATED),
    "authorization": _CREATED,
    "consent": (),
    "initialaccesstoken": (),
    "logoutdelivery": (
        "delivered__gte",
        "delivered__lt",
        "delivered__isnull",
        "given_up__gte",
        "given_up__lt",
        "given_up__isnull",
    ),
    "providersession": ("last_seen__gte", "last_seen__lt"),
    "signingkey": ("algorithm", "state"),
}
#: Those of them that are the same in another form.
_SAME = ("__exact", "__isnull")

#: Filters that are no fields.
NAMED = {"secret", "risk", "by", "code", "flow", "state"}


@pytest.fixture
def site() -> Site:
    return build_site()


def lists() -> Iterator[tuple[str, Any]]:
    for model, screen in admin.site._registry.items():
        if model._meta.app_label in APPS:
            yield str(model._meta.model_name), screen


def fields_of(model: type[Model], depth: int = 2) -> Iterator[str]:
    """The fields of a model and of whatever it is related to, in either direction."""
    for field in model._meta.get_fields(include_hidden=True):
        yield field.name
        related = field.related_model
        if related is not None and not isinstance(related, str) and depth > 1:
            for name in fields_of(related, depth - 1):
                yield f"{field.name}__{name}"


def is_needed(model_name: str, lookup: str) -> bool:
    names = NEEDED[model_name]
    if lookup in names or lookup in NAMED:
        return True
    return any(lookup == name + same for name in names for same in _SAME)


def people(site: Site) -> Mapping[str, Any]:
    """Somebody with every permission, somebody who may only look, and the owner of a client."""
    looks = (f"view_{model_name}" for model_name, _ in lists())
    return {
        "superuser": holder_of_everything(),
        "viewer": holder_of(*looks),
        "owner": site.owner,
    }


def holder_of_everything() -> Any:
    person = holder_of("view_application")
    person.is_superuser = True
    person.save()
    return person


def is_answered(screen: Any, person: Any, query: Mapping[str, Any]) -> bool:
    """Does the list of a screen filter by it?"""
    request = RequestFactory().get("/", query)
    request.user = person
    try:
        screen.get_changelist_instance(request)
    except (SuspiciousOperation, IncorrectLookupParameters):
        return False
    return True


# Everything -----------------------------------------------------------------------------------------------


def test_every_list_is_in_the_table() -> None:
    assert NEEDED.keys() == {model_name for model_name, _ in lists()}


@spec("B-4")
@pytest.mark.parametrize("model_name", list(NEEDED))
def test_a_list_answers_no_look_up_but_those_it_needs(site: Site, model_name: str) -> None:
    """Every field, those of related models too, by every kind of look-up, asked by everybody."""
    screen = dict(lists())[model_name]
    asked = [
        f"{field}__{lookup}" if lookup else field
        for field, lookup in product(sorted(set(fields_of(screen.model))), LOOKUPS)
    ]
    assert len(asked) > 50
    for name, person in people(site).items():
        answered = [
            lookup
            for lookup in asked
            if not is_needed(model_name, lookup) and is_answered(screen, person, {lookup: "1"})
        ]
        assert not answered, name


@spec("B-4")
@pytest.mark.parametrize("model_name", list(NEEDED))
def test_over_http_a_look_up_that_is_not_needed_is_refused(site: Site, model_name: str) -> None:
    """By the owner and by the administrator alike; the answer is the same whatever the value is."""
    url = reverse(f"admin:{dict(lists())[model_name].opts.app_label}_{model_name}_changelist")
    browser = administrator()
    assert browser.get(url).status_code == 200
    for field in dict(lists())[model_name].opts.get_fields():
        answer = browser.get(url, {f"{field.name}__startswith": "a"})
        assert answer.status_code == 400, field.name
        acted = browser.post(f"{url}?{field.name}__startswith=a", {"action": "delete_selected"})
        assert acted.status_code == 400, field.name


# The columns that hold secrets ------------------------------------------------------------------------------

SECRETS = [
    ("application", "client_secret__startswith"),
    ("application", "client_secret__regex"),
    ("application", "client_secret"),
    ("application", "name__regex"),
    ("application", "user__password__startswith"),
    ("application", "accesstoken__token__startswith"),
    ("application", "oauthflows_secrets__digest__startswith"),
    ("accesstoken", "token__startswith"),
    ("accesstoken", "application__client_secret__startswith"),
    ("accesstoken", "user__password__gt"),
    ("accesstoken", "source_refresh_token__token__startswith"),
    ("refreshtoken", "token__startswith"),
    ("refreshtoken", "access_token__token__contains"),
    ("grant", "code__startswith"),
    ("grant", "code_challenge__startswith"),
    ("idtoken", "jti__startswith"),
    ("providersession", "sid__startswith"),
    ("providersession", "user__password__startswith"),
    ("initialaccesstoken", "checksum__startswith"),
    ("authorization", "code_checksum__startswith"),
    ("auditevent", "application__client_secret__startswith"),
]


@spec("B-4")
@pytest.mark.parametrize(("model_name", "lookup"), SECRETS)
def test_a_secret_cannot_be_guessed_character_by_character(
    site: Site, model_name: str, lookup: str
) -> None:
    url = reverse(f"admin:{dict(lists())[model_name].opts.app_label}_{model_name}_changelist")
    for person in people(site).values():
        browser = browser_of(person)
        if browser.get(url).status_code == 403:
            continue  # no owner's list
        answers = [browser.get(url, {lookup: guess}) for guess in ("a", "z", "!")]
        assert [answer.status_code for answer in answers] == [400] * 3


@spec("B-4")
def test_search_finds_no_secret() -> None:
    """The search field of a list is a look-up as well."""
    values = ("a secret its owner chose", *dot_tokens(begin(registered=dot_application())))
    browser = administrator()
    searched = [(name, screen) for name, screen in lists() if screen.search_fields]
    assert len(searched) >= 8
    for name, screen in searched:
        url = reverse(f"admin:{screen.opts.app_label}_{name}_changelist")
        for value in values:
            found = browser.get(url, {"q": value}).context["cl"]
            assert found.result_count == 0, (name, value)


@spec("B-4")
def test_a_popup_and_another_key_find_no_secret() -> None:
    begin(registered=dot_application())
    browser = administrator()
    url = reverse("admin:oauth2_provider_application_changelist")
    for query in (
        {"_popup": "1", "client_secret__startswith": "a"},
        {"_to_field": "client_secret"},
        {"_popup": "1", "_to_field": "client_secret"},
        {"_facets": "True", "client_secret__startswith": "a"},
        {"all": "", "client_secret__startswith": "a"},
        {"e": "1", "client_secret__startswith": "a"},
    ):
        assert browser.get(url, query).status_code == 400, query
    change = f"{url}a secret its owner chose/change/"
    assert browser.get(change, {"_to_field": "client_secret"}).status_code == 400


@spec("B-4")
def test_the_order_is_by_a_column_that_is_shown() -> None:
    """`o=` counts the columns of the list: none of them holds a secret."""
    held = {"client_secret", "token", "code", "sid", "checksum", "digest", "sealed", "password"}
    for name, screen in lists():
        for column in screen.list_display:
            shown = getattr(getattr(screen, str(column), None), "admin_order_field", column)
            assert str(shown).split("__")[-1] not in held, (name, column)
        assert is_answered(screen, holder_of_everything(), {ORDER_VAR: "99.-98.x"})


@spec("B-4")
@pytest.mark.filterwarnings("ignore:Pagination may yield inconsistent results")
def test_autocompletion_finds_no_token() -> None:
    tokens = dot_tokens(begin(registered=dot_application()))
    browser = administrator()
    for model, screen in admin.site._registry.items():
        for field in model._meta.get_fields():
            if model._meta.app_label not in APPS or not isinstance(field, ForeignKey):
                continue
            for term in ("", "access-of-old", "access"):
                answer = browser.get(
                    reverse("admin:autocomplete"),
                    {
                        "app_label": model._meta.app_label,
                        "model_name": model._meta.model_name,
                        "field_name": field.name,
                        "term": term,
                    },
                )
                text = answer.content.decode()
                assert not any(token in text for token in tokens), (screen, field.name)


# What is needed ---------------------------------------------------------------------------------------------


def test_what_a_list_needs_is_answered(site: Site) -> None:
    browser = administrator()
    values = {
        "oauthflows_policy__preset": "web-app",
        "oauthflows_policy__profile": "standard",
        "oauthflows_policy__is_enabled": "1",
        "registration_source": "manual",
        "event": "request.refused",
        "algorithm": "RS256",
        "state": "signing",
        "delivered__isnull": "True",
        "given_up__isnull": "True",
    }
    moment = "2026-01-01T00:00+00:00"
    for name, screen in lists():
        url = reverse(f"admin:{screen.opts.app_label}_{name}_changelist")
        for lookup in NEEDED[name]:
            value = values.get(lookup, moment if lookup.endswith(("__gte", "__lt")) else "x")
            assert browser.get(url, {lookup: value}).status_code == 200, (name, lookup)


def test_every_link_of_a_filter_works(site: Site) -> None:
    """Every filter of every list, by the links its page offers."""
    browser = administrator()
    for name, screen in lists():
        url = reverse(f"admin:{screen.opts.app_label}_{name}_changelist")
        changelist = browser.get(url).context["cl"]
        links = [
            choice["query_string"]
            for spec_ in changelist.filter_specs
            for choice in spec_.choices(changelist)
        ]
        assert bool(links) == bool(changelist.list_filter), name
        for link in links:
            assert browser.get(url + link).status_code == 200, (name, link)


def test_a_popup_of_a_projects_own_field_still_offers_the_choices_it_was_limited_to() -> None:
    """A project's key to a client may say which (`limit_choices_to`): Django's popups send that."""
    screen = dict(lists())["application"]
    limits = screen.model._meta.related_fkey_lookups
    limits.append({"client_type": "confidential"})
    try:
        person = holder_of_everything()
        assert is_answered(screen, person, {"client_type": "confidential"})
        assert not is_answered(screen, person, {"client_type": "public"})
    finally:
        limits.pop()


def test_every_screen_has_the_rule() -> None:
    for name, screen in lists():
        assert isinstance(screen, screens.ModelAdmin), name


# Values that cannot be meant --------------------------------------------------------------------------------


@spec("B-1")
@pytest.mark.parametrize(
    "query",
    [
        {"event__exact": "\x00"},
        {"created__gte": "yesterday"},
        {"created__year": "99999999999"},
        {"created__year": "9999", "created__month": "12"},
        {"created__year": "0"},
        {"created__year": "x"},
        {"created__year": "2026", "created__month": "13"},
        {"created__month": "1"},
        {"by": "martian"},
        {"code": "martian"},
        {"q": "\x00"},
        {"q": "a " * 600},
        {"p": "9" * 50},
        {"p": "x"},
        {"o": "9" * 50},
        {"nosuch": "1"},
        {"nosuch__startswith": "1"},
    ],
    ids=lambda query: str(query)[:40],
)
def test_no_value_is_a_fault_of_the_list(query: dict[str, str]) -> None:
    browser = administrator()
    for path in ("oauthflows_auditevent_changelist", "oauth2_provider_application_changelist"):
        answer = browser.get(reverse(f"admin:{path}"), query)
        assert answer.status_code in (200, 302, 400), path
        if answer.status_code == 302:
            assert answer["Location"].endswith("?e=1")


@pytest.mark.parametrize(
    "query",
    [
        {"nosuch": "1"},
        {"rule__regex": "."},
        {"created__gte": "yesterday"},
        {"by": "martian"},
        {"code": "martian"},
        {"event__exact": "martian"},
        {"q": "\x00"},
    ],
    ids=str,
)
def test_an_export_by_an_unknown_filter_is_refused(site: Site, query: dict[str, str]) -> None:
    """Else somebody takes the whole log for the part they asked for."""
    answer = administrator().get(reverse("admin:oauthflows_auditevent_export"), query)
    assert answer.status_code == 400
    assert "jsonl" not in answer["Content-Type"]

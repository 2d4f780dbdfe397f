"""A project's own admin screens for tables with secrets: named where they answer any look-up."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.contrib import admin
from oauth2_provider.models import get_access_token_model, get_device_grant_model

from django_oauthflows.checks.admin_screens import check_lookups
from django_oauthflows.core.admin_lookups import OnlyNeededLookups
from django_oauthflows.models import ClientSecret
from tests.marks import spec


@contextmanager
def registered(model: Any, screen: Any) -> Iterator[None]:
    """The site's admin with another screen for a model."""
    before = admin.site._registry.pop(model, None)
    admin.site.register(model, screen)
    try:
        yield
    finally:
        del admin.site._registry[model]
        if before is not None:
            admin.site._registry[model] = before


class Plain(admin.ModelAdmin):
    pass


class Strict(OnlyNeededLookups, admin.ModelAdmin):
    pass


def test_our_own_screens_are_in_order() -> None:
    assert check_lookups(None) == []


@spec("B-4")
def test_a_screen_of_a_projects_own_that_answers_any_look_up_is_named() -> None:
    for model in (get_access_token_model(), get_device_grant_model(), ClientSecret):
        with registered(model, Plain):
            (warning,) = check_lookups(None)
        assert (warning.id, warning.obj) == ("oauthflows.W151", model._meta.label)
        with registered(model, Strict):
            assert check_lookups(None) == []

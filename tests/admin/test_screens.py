"""Every screen of this app is drawn by the admin that the site has: Django's, or django-unfold's."""

from typing import Any

import pytest
from django.apps import apps
from django.contrib import admin

from django_oauthflows import screens


def ours() -> list[Any]:
    """The screens of this app, those of django-oauth-toolkit's models among them."""
    screens_there = admin.site._registry.values()
    return [one for one in screens_there if type(one).__module__.startswith("django_oauthflows.")]


def test_every_screen_has_the_sites_base() -> None:
    assert len(ours()) >= 11
    for screen in ours():
        assert isinstance(screen, screens.ModelAdmin), screen
        drawn = (screens.StackedInline, screens.TabularInline)
        assert all(issubclass(inline, drawn) for inline in screen.inlines)


@pytest.mark.skipif(not apps.is_installed("unfold"), reason="tox run -e unfold")
def test_with_unfold_the_base_is_its_own() -> None:
    from unfold.admin import ModelAdmin, StackedInline, TabularInline

    assert screens.ModelAdmin is ModelAdmin
    assert screens.StackedInline is StackedInline
    assert screens.TabularInline is TabularInline


@pytest.mark.skipif(apps.is_installed("unfold"), reason="tox run -e unfold has the other case")
def test_without_unfold_the_base_is_djangos() -> None:
    assert screens.ModelAdmin is admin.ModelAdmin
    assert screens.StackedInline is admin.StackedInline

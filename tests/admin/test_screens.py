"""Every screen of this app is drawn by the admin that the site has: Django's, or django-unfold's."""

from importlib import resources
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
        assert all(issubclass(inline, screens.StackedInline) for inline in screen.inlines)


@pytest.mark.skipif(not apps.is_installed("unfold"), reason="tox run -e unfold")
def test_with_unfold_the_base_is_its_own() -> None:
    from unfold.admin import ModelAdmin, StackedInline

    assert screens.ModelAdmin is ModelAdmin
    assert screens.StackedInline is StackedInline


@pytest.mark.skipif(apps.is_installed("unfold"), reason="tox run -e unfold has the other case")
def test_without_unfold_the_base_is_djangos() -> None:
    assert screens.ModelAdmin is admin.ModelAdmin
    assert screens.StackedInline is admin.StackedInline


def test_pages_of_our_own_begin_alike() -> None:
    """Else one has no title, or not our styles, in the admin that its author did not look at."""
    here = resources.files("django_oauthflows") / "templates/admin/oauthflows"
    beginnings = {page.name: page.read_text().partition("%}")[0] for page in here.iterdir()}
    base = 'extends "admin/base_site.html"'
    assert [name for name, begins in beginnings.items() if base in begins] == ["page.html"]

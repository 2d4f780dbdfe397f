"""Every screen of this app is drawn by the admin that the site has: Django's, or django-unfold's."""

import re
from collections.abc import Iterator
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
        drawn = (screens.StackedInline, screens.TabularInline)
        assert all(issubclass(inline, drawn) for inline in screen.inlines)


@pytest.mark.skipif(not apps.is_installed("unfold"), reason="tox run -e unfold")
def test_with_unfold_the_base_is_its_own() -> None:
    from unfold.admin import ModelAdmin, StackedInline, TabularInline

    assert issubclass(screens.ModelAdmin, ModelAdmin)
    assert screens.StackedInline is StackedInline
    assert screens.TabularInline is TabularInline


@pytest.mark.skipif(apps.is_installed("unfold"), reason="tox run -e unfold has the other case")
def test_without_unfold_the_base_is_djangos() -> None:
    assert screens.ModelAdminOfSite is admin.ModelAdmin
    assert screens.StackedInline is admin.StackedInline


def test_pages_of_our_own_begin_alike() -> None:
    """Else one has no title, or not our styles, in the admin that its author did not look at."""
    base = 'extends "admin/base_site.html"'
    assert [name for name, text in templates() if base in text] == ["page.html"]


def test_djangos_styles_of_forms_are_left_to_djangos_admin() -> None:
    """They undo what unfold makes of a form."""
    block = re.compile(r"{% block forms_style %}.*?{% endblock %}", re.DOTALL)
    assert [name for name, text in templates() if "admin/css/" in block.sub("", text)] == []


def templates() -> Iterator[tuple[str, str]]:
    """Name and text of each template for the admin."""
    folder = resources.files("django_oauthflows") / "templates/admin/oauthflows"
    yield from ((template.name, template.read_text()) for template in folder.iterdir())

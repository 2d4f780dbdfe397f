"""What this app's screens in the admin are made of: Django's classes, or django-unfold's where a site has it.

unfold draws lists, forms and inlines as its own only for screens that descend from its classes.
"""

from typing import TYPE_CHECKING

from django.apps import apps

from django_oauthflows.core.admin_lookups import OnlyNeededLookups

#: Does this site have django-unfold? Its own settings say so, once.
IS_UNFOLD = apps.is_installed("unfold")

if TYPE_CHECKING or not IS_UNFOLD:
    from django.contrib.admin import ModelAdmin as ModelAdminOfSite
    from django.contrib.admin import StackedInline, TabularInline
    from django.contrib.admin.views.main import ChangeList
else:
    from unfold.admin import ModelAdmin as ModelAdminOfSite
    from unfold.admin import StackedInline, TabularInline
    from unfold.views import ChangeList


class ModelAdmin(OnlyNeededLookups, ModelAdminOfSite):  # type: ignore[type-arg]
    """The base of every screen: its list is filtered by nothing but what it offers."""


__all__ = [
    "IS_UNFOLD",
    "ChangeList",
    "ModelAdmin",
    "ModelAdminOfSite",
    "StackedInline",
    "TabularInline",
]

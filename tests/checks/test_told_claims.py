"""Pages on which people write their e-mail address, and those that only look as if."""

from types import ModuleType
from typing import Any

import pytest
from django import forms
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.test import override_settings
from django.urls import path, re_path
from django.views.generic import CreateView, FormView, ListView, UpdateView
from rest_framework import generics, serializers, viewsets

from django_oauthflows.checks.told_claims import check_told_claims
from tests.marks import spec

PERSON = get_user_model()


class PersonForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = PERSON
        fields = ("username", "email")


class NameForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = PERSON
        fields = ("first_name",)


class PersonShape(serializers.ModelSerializer[Any]):
    class Meta:
        model = PERSON
        fields: Any = "__all__"


class PersonShown(PersonShape):
    class Meta(PersonShape.Meta):
        fields: Any = ("username", "email")
        read_only_fields = ("email",)


class People(viewsets.ModelViewSet[Any]):
    queryset = PERSON._default_manager.all()
    serializer_class = PersonShape


class PeopleShown(viewsets.ReadOnlyModelViewSet[Any]):
    queryset = PERSON._default_manager.all()
    serializer_class = PersonShape


def editing(view: Any, **options: Any) -> Any:
    """A subclass with these attributes, ready for `urls.py`."""
    return type("View", (view,), options).as_view()


def found(view: Any) -> list[Any]:
    urls: Any = ModuleType("urls")
    urls.urlpatterns = [re_path("^people/", view), path("plain/", lambda _: None)]
    with override_settings(ROOT_URLCONF=urls, OAUTHFLOWS={"EMAIL_VERIFIED": True}):
        return check_told_claims(None)


WRITES = {
    "form class": editing(UpdateView, form_class=PersonForm),
    "sign-up": editing(CreateView, form_class=PersonForm),
    "form of a form view": editing(FormView, form_class=PersonForm),
    "all fields": editing(UpdateView, model=PERSON, fields="__all__"),
    "queryset": editing(UpdateView, queryset=PERSON._default_manager.all(), fields=["email"]),
    "api": editing(generics.RetrieveUpdateAPIView, serializer_class=PersonShape),
    "api route": People.as_view({"get": "retrieve", "patch": "partial_update"}),
}
READS = {
    "names": editing(UpdateView, form_class=NameForm),
    "no form of people": editing(FormView, form_class=forms.Form),
    "groups": editing(UpdateView, model=Group, fields=["name"]),
    "list": editing(ListView, model=PERSON),
    "api that reads": editing(generics.RetrieveAPIView, serializer_class=PersonShape),
    "api of a read-only address": editing(generics.UpdateAPIView, serializer_class=PersonShown),
    "api route that reads": PeopleShown.as_view({"get": "list"}),
    "api without a serializer": editing(generics.UpdateAPIView),
}


@spec("OpenID Connect Core §5.1")
@pytest.mark.parametrize("view", WRITES.values(), ids=WRITES)
def test_a_page_that_saves_an_address_is_named(view: Any) -> None:
    (message,) = found(view)
    assert message.id == "oauthflows.W155"
    assert "people/" in message.msg


@spec("OpenID Connect Core §5.1")
@pytest.mark.parametrize("view", READS.values(), ids=READS)
def test_any_other_page_is_not(view: Any) -> None:
    assert found(view) == []


@spec("OpenID Connect Core §5.1")
def test_nothing_is_said_where_no_address_is_called_verified() -> None:
    with override_settings(ROOT_URLCONF="tests.checks.urls_with_a_profile_page"):
        assert check_told_claims(None) == []

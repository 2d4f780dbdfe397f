"""factory-boy factories: people and registered clients of each kind."""

from typing import Any

from django.conf import settings
from factory import Factory, LazyAttribute, Sequence
from factory.django import DjangoModelFactory

from django_oauthflows.clients import presets
from django_oauthflows.clients.registration import RegisteredClient, register_client
from django_oauthflows.testing.assertions import client_key, key_set_of

#: The password of everybody `PersonFactory` makes.
PASSWORD = "correct horse battery staple"


class PersonFactory(DjangoModelFactory):  # type: ignore[misc]
    """Somebody with the password `PASSWORD`."""

    class Meta:
        model = settings.AUTH_USER_MODEL
        skip_postgeneration_save = True

    username = Sequence(lambda number: f"person{number}")

    @classmethod
    def _create(cls, model_class: Any, *args: Any, **kwargs: Any) -> Any:
        named = {model_class.USERNAME_FIELD: kwargs.pop("username")}
        given = {"password": PASSWORD, **named, **kwargs}
        return model_class._default_manager.create_user(*args, **given)


def _redirect_uris(preset: str) -> tuple[str, ...]:
    """Return the redirect URI of a kind that sends people back; none for one that acts for itself."""
    kind = presets.BY_SLUG.get(preset)
    is_alone = kind is not None and (kind.acts_for_itself or kind.is_resource_server)
    return () if is_alone else ("https://client.example/callback",)


class ClientFactory(Factory):  # type: ignore[misc]
    """A registered web app; `ClientFactory(preset="service")` for another kind.

    Builds a `RegisteredClient`, whose secret is readable here alone. A kind that has a key of its own gets
    that of `testing.assertions`, unless told another.
    """

    class Meta:
        model = RegisteredClient

    preset = "web-app"
    name = Sequence(lambda number: f"Client {number}")
    redirect_uris = LazyAttribute(lambda made: _redirect_uris(made.preset))

    @classmethod
    def _create(cls, model_class: Any, *args: Any, **kwargs: Any) -> RegisteredClient:
        kind = presets.BY_SLUG.get(kwargs["preset"])
        if kind is not None and kind.has_own_key and not {"jwks", "jwks_uri"} & kwargs.keys():
            kwargs["jwks"] = key_set_of(client_key())
        if kind is not None and kind.is_resource_server:
            kwargs = {"resources": ["https://api.example/"]} | kwargs
        return register_client(**kwargs)

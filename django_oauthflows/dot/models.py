"""Models of django-oauth-toolkit, swapped or not: asked for by function, after apps have loaded."""

from typing import Any, cast

from django.db import models, router
from oauth2_provider.settings import oauth2_settings

#: The (perhaps swapped) models, as `app_label.ModelName`.
APPLICATION_MODEL: str = oauth2_settings.APPLICATION_MODEL


def application_model() -> type[models.Model]:
    from oauth2_provider.models import get_application_model

    return cast(type[models.Model], get_application_model())


def applications() -> "models.QuerySet[Any]":
    """Every application, read from the database that is written to, since access is decided by them."""
    model = application_model()
    return model._default_manager.using(router.db_for_write(model))


def access_token_model() -> type[models.Model]:
    from oauth2_provider.models import get_access_token_model

    return cast(type[models.Model], get_access_token_model())


def refresh_token_model() -> type[models.Model]:
    from oauth2_provider.models import get_refresh_token_model

    return cast(type[models.Model], get_refresh_token_model())


def grant_model() -> type[models.Model]:
    from oauth2_provider.models import get_grant_model

    return cast(type[models.Model], get_grant_model())


def id_token_model() -> type[models.Model]:
    from oauth2_provider.models import get_id_token_model

    return cast(type[models.Model], get_id_token_model())


def device_grant_model() -> type[models.Model]:
    from oauth2_provider.models import get_device_grant_model

    return cast(type[models.Model], get_device_grant_model())


def token_database() -> str:
    """The alias of the database tokens are written to; DOT keeps all its token models in one."""
    return router.db_for_write(access_token_model())


def applications_ask_their_own_model() -> bool:
    """Has a swapped application model its own idea of `is_usable`?"""
    from oauth2_provider.models import AbstractApplication

    own: Any = application_model()
    return own.is_usable is not AbstractApplication.is_usable

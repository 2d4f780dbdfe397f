"""A client's policy where it is read and not filled in: names instead of slugs, words instead of lists."""

from collections.abc import Callable, Mapping
from typing import Any, cast

from django.contrib import admin
from django.db import models
from django.utils.translation import gettext as _

from django_oauthflows.clients import presets, profiles
from django_oauthflows.clients.models import ClientPolicy
from django_oauthflows.flows import catalogue

_NOTHING = "–"


def _in_words(column: str, words: Callable[[Any], str]) -> Any:
    """A column for a screen, with the column's own title."""
    field = cast("models.Field[Any, Any]", ClientPolicy._meta.get_field(column))

    @admin.display(description=field.verbose_name)
    def shown(screen: Any, policy: ClientPolicy) -> str:
        return words(getattr(policy, column)) or _NOTHING

    return shown


def _listed(values: Any) -> str:
    return ", ".join(str(value) for value in values or ())


def _flows(slugs: Any) -> str:
    return _listed(flow.name for flow in catalogue.FLOWS if flow.slug in slugs)


def _kind(slug: str) -> str:
    return str(presets.BY_SLUG[slug].title) if slug in presets.BY_SLUG else slug


def _profile(slug: str) -> str:
    return str(profiles.BY_SLUG[slug].title) if slug in profiles.BY_SLUG else slug


def _seconds(value: int | None) -> str:
    return _("(the server's)") if value is None else _("%d seconds") % value


class PolicyInWords:
    """For the screen of a policy. `IN_WORDS` says which column is read as what."""

    IN_WORDS: Mapping[str, str] = {
        column: f"{column}_in_words"
        for column in (
            "preset",
            "profile",
            "flows",
            "scopes",
            "default_scopes",
            "required_scopes",
            "access_token_lifetime",
            "refresh_token_idle_lifetime",
            "refresh_token_absolute_lifetime",
            "allowed_resources",
            "exchange_targets",
            "resources",
            "allowed_claims",
            "visible_groups",
            "default_acr_values",
        )
    }

    preset_in_words = _in_words("preset", _kind)
    profile_in_words = _in_words("profile", _profile)
    flows_in_words = _in_words("flows", _flows)
    scopes_in_words = _in_words("scopes", _listed)
    default_scopes_in_words = _in_words("default_scopes", _listed)
    required_scopes_in_words = _in_words("required_scopes", _listed)
    access_token_lifetime_in_words = _in_words("access_token_lifetime", _seconds)
    refresh_token_idle_lifetime_in_words = _in_words("refresh_token_idle_lifetime", _seconds)
    refresh_token_absolute_lifetime_in_words = _in_words(
        "refresh_token_absolute_lifetime", _seconds
    )
    allowed_resources_in_words = _in_words("allowed_resources", _listed)
    exchange_targets_in_words = _in_words("exchange_targets", _listed)
    resources_in_words = _in_words("resources", _listed)
    allowed_claims_in_words = _in_words("allowed_claims", _listed)
    visible_groups_in_words = _in_words("visible_groups", _listed)
    default_acr_values_in_words = _in_words("default_acr_values", _listed)

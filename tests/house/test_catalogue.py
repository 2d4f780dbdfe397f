"""What the catalogue promises about itself."""

import pkgutil
from importlib import import_module

import pytest

from django_oauthflows import rules
from django_oauthflows.clients.policy import OF_EVERY_FLOW
from django_oauthflows.clients.presets import PRESETS
from django_oauthflows.clients.profiles import PROFILES
from django_oauthflows.flows import catalogue
from django_oauthflows.flows.base import Standing
from django_oauthflows.rules.base import Rule
from django_oauthflows.rules.clients import flow_must_be_allowed_by_profile
from django_oauthflows.rules.documents import ADDRESS_RULES, DOCUMENT_RULES
from django_oauthflows.rules.introspection import (
    INTROSPECTED_RULES,
    INTROSPECTING_CLIENT_RULES,
    INTROSPECTING_PERSON_RULES,
    INTROSPECTING_RULES,
    INTROSPECTION_BY_GET_RULES,
)
from django_oauthflows.rules.jwts import LOCAL_RULES
from django_oauthflows.rules.logout import LOGOUT_RULES, RETURN_RULES
from django_oauthflows.rules.registration import CLIENT_RULES, SECTOR_RULES
from django_oauthflows.rules.registration_openid import OPENID_RULES
from django_oauthflows.rules.scopes import STRICT_SCOPE_RULES
from django_oauthflows.rules.tokens import USE_RULES
from django_oauthflows.rules.userinfo import USERINFO_RULES


def every_rule() -> dict[str, Rule]:
    """All rules that are written down in `rules/`, by name."""
    modules = [
        import_module(f"{rules.__name__}.{info.name}")
        for info in pkgutil.iter_modules(rules.__path__)
    ]
    return {
        value.name: value
        for module in modules
        for value in vars(module).values()
        if isinstance(value, Rule)
    }


def test_every_rule_is_asked_by_someone() -> None:
    asked = {
        *(rule.name for rule in (*USE_RULES, *LOCAL_RULES, *USERINFO_RULES, *LOGOUT_RULES)),
    }
    asked |= {rule.name for rule in (*CLIENT_RULES, *OPENID_RULES, *SECTOR_RULES)}
    asked |= {rule.name for rule in (*ADDRESS_RULES, *DOCUMENT_RULES, *RETURN_RULES)}
    asked |= {rule.name for rule in (*STRICT_SCOPE_RULES, *INTROSPECTING_CLIENT_RULES)}
    asked |= {rule.name for rule in (*INTROSPECTED_RULES, *INTROSPECTING_RULES)}
    asked |= {rule.name for rule in INTROSPECTING_PERSON_RULES}
    asked |= {rule.name for rule in OF_EVERY_FLOW}
    asked |= {rule.name for rule in (*INTROSPECTING_PERSON_RULES, *INTROSPECTION_BY_GET_RULES)}
    for asker in (*catalogue.FLOWS, *PROFILES):
        asked |= {rule.name for rule in (*asker.authorization_rules, *asker.token_rules)}
    assert set(every_rule()) - asked == set()


def test_a_flow_of_legacy_standing_asks_for_its_profile_first_at_both_endpoints() -> None:
    legacy = [flow for flow in catalogue.FLOWS if flow.standing is Standing.LEGACY]
    assert {flow.slug for flow in legacy} == catalogue.LEGACY
    for flow in legacy:
        assert flow.authorization_rules[0] is flow_must_be_allowed_by_profile
        assert flow.token_rules[0] is flow_must_be_allowed_by_profile


@pytest.mark.parametrize("name", sorted(every_rule()))
def test_a_rule_is_a_sentence_with_a_note_and_a_paragraph(name: str) -> None:
    rule = every_rule()[name]
    assert "_must_" in name
    assert rule.note.endswith((".", ")."))
    assert "§" in rule.spec


def test_wherever_a_resource_is_asked_for_the_clients_own_limit_is_kept() -> None:
    for flow in catalogue.FLOWS:
        for asked in (flow.authorization_rules, flow.token_rules):
            names = {rule.name for rule in asked}
            assert ("resource_must_be_an_absolute_uri" in names) == (
                "resource_must_be_allowed_for_client" in names
            ), flow.slug


def test_slugs_are_unique_and_hyphenated() -> None:
    slugs = [flow.slug for flow in catalogue.FLOWS]
    assert len(set(slugs)) == len(slugs)
    assert all(slug == slug.lower() and "_" not in slug for slug in slugs)


def test_presets_name_flows_and_profiles_that_exist() -> None:
    profiles = {profile.slug for profile in PROFILES}
    for preset in PRESETS:
        assert set(preset.flows) <= set(catalogue.BY_SLUG)
        assert preset.profile in profiles

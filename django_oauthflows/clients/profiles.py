"""Security profiles: one choice per client, a tuple of rules added to those of the flow."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from django_oauthflows.flows import catalogue
from django_oauthflows.rules.authorization import resource_must_be_sent
from django_oauthflows.rules.base import Rule
from django_oauthflows.rules.pkce import (
    code_challenge_must_be_sent,
    code_challenge_must_be_sent_by_public_clients,
    code_challenge_must_be_sent_with_every_request,
    code_challenge_must_use_s256,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """What is asked of a client's requests beyond its flow's own rules; `why` is whom that is for."""

    slug: str
    title: str | Promise
    summary: str | Promise
    why: str | Promise
    authorization_rules: tuple[Rule[Any], ...] = ()
    token_rules: tuple[Rule[Any], ...] = ()


PROFILES: tuple[Profile, ...] = (
    Profile(
        slug="standard",
        title=_("Standard (OAuth 2.1)"),
        summary=_("PKCE with S256 for every code, exact redirect URIs, refresh tokens used once."),
        why=_(
            "What the field has agreed on for every new client. The server refuses anything weaker, whatever "
            "the client sends."
        ),
        authorization_rules=(code_challenge_must_use_s256, code_challenge_must_be_sent),
    ),
    Profile(
        slug="mcp",
        title=_("Agents (Model Context Protocol)"),
        summary=_(
            "The standard, and more: every request names the server its token is for, and PKCE with S256 "
            "has no exception."
        ),
        why=_(
            "An agent is led to servers that nobody here knows. One of them could use the token it is given "
            "at every other, if the token did not say which one it is for."
        ),
        authorization_rules=(
            code_challenge_must_use_s256,
            code_challenge_must_be_sent_with_every_request,
            resource_must_be_sent,
        ),
        token_rules=(resource_must_be_sent,),
    ),
    Profile(
        slug="legacy",
        title=_("Legacy"),
        summary=_(
            "For old clients that cannot do better: PKCE by choice for clients with a secret; implicit, "
            "hybrid and password work."
        ),
        why=_(
            "This kind is made for what cannot be changed yet. Move it to the standard profile as soon as it "
            "can."
        ),
        authorization_rules=(code_challenge_must_be_sent_by_public_clients,),
    ),
)

BY_SLUG: dict[str, Profile] = {profile.slug: profile for profile in PROFILES}


def flows_under(slug: str, flows: Iterable[str]) -> list[str]:
    """The flows that are left of a client's under a profile: those of legacy standing need the legacy one."""
    return [flow for flow in flows if slug == "legacy" or flow not in catalogue.LEGACY]

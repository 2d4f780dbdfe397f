"""Security profiles: one choice per client, a tuple of rules added to those of the flow."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from django_oauthflows.flows import catalogue
from django_oauthflows.rules.authorization import (
    resource_must_be_sent,
    resource_must_be_sent_or_granted,
)
from django_oauthflows.rules.base import Rule
from django_oauthflows.rules.pkce import (
    code_challenge_must_be_sent,
    code_challenge_must_be_sent_by_public_clients,
    code_challenge_must_be_sent_with_every_request,
    code_challenge_must_use_s256,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """What is asked of a client's requests beyond its flow's own rules; `why` is whom that is for.

    `scope_rules` are asked of the scopes of every request, at every endpoint. Without one of
    `STRICT_SCOPE_RULES` a scope that no part of the server knows is left out, and not refused.
    With `needs_resource` each token is for a resource that was named, or that is the site's only one.
    A new client of one that `is_strict` has no convenience that it was not given by name.
    """

    slug: str
    title: str | Promise
    summary: str | Promise
    why: str | Promise
    authorization_rules: tuple[Rule[Any], ...] = ()
    token_rules: tuple[Rule[Any], ...] = ()
    scope_rules: tuple[Rule[Any], ...] = ()
    needs_resource: bool = False
    is_strict: bool = True


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
        is_strict=False,
    ),
    Profile(
        slug="mcp",
        title=_("Agents (Model Context Protocol)"),
        summary=_(
            "The standard, and more: every token names the one server it is for, and PKCE with S256 has no "
            "exception."
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
        token_rules=(resource_must_be_sent_or_granted,),
        needs_resource=True,
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
        is_strict=False,
    ),
)

BY_SLUG: dict[str, Profile] = {profile.slug: profile for profile in PROFILES}


def flows_under(slug: str, flows: Iterable[str]) -> list[str]:
    """The flows that are left of a client's under a profile: those of legacy standing need the legacy one."""
    return [flow for flow in flows if slug == "legacy" or flow not in catalogue.LEGACY]

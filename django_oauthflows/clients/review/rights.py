"""What a client may do: flows, profile, consent, and what it may do with other people's tokens."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from django_oauthflows.clients.review.addresses import comes_back_by_the_device
from django_oauthflows.clients.review.base import Changes, Reviewed, Severity, question
from django_oauthflows.flows import catalogue

#: More targets than this are seldom one service's own errands.
MOST_TARGETS = 5


def _without(slug: str) -> Changes:
    """Take one flow away, unless it is the only one."""

    def changes(reviewed: Reviewed) -> Mapping[str, Any]:
        flows = reviewed.client.flows - {slug}
        left = [flow.slug for flow in catalogue.FLOWS if flow.slug in flows]
        is_useful = bool(set(left) - {"refresh-token"})
        return {"flows": left} if is_useful else {}

    return changes


def _may_use(reviewed: Reviewed, slug: str) -> bool:
    return reviewed.client.profile == "legacy" and slug in reviewed.client.flows


@question(
    Severity.HIGH,
    spec="RFC 9700 §2.1.2",
    fix=gettext_lazy("Move it to the authorization code with PKCE, then take the flow away."),
    changes=_without("implicit"),
)
def implicit_flow_should_be_closed(reviewed: Reviewed) -> str | None:
    """Its access tokens travel in the address of a page, where history, logs and other scripts find them."""
    return _("It may use the implicit flow.") if _may_use(reviewed, "implicit") else None


@question(
    Severity.HIGH,
    spec="RFC 9700 §2.4",
    fix=gettext_lazy("Send people to the sign-in page of this site, then take the flow away."),
    changes=_without("password"),
)
def password_flow_should_be_closed(reviewed: Reviewed) -> str | None:
    """It handles people's passwords itself, can keep them, and goes round every second factor."""
    return _("It may use the password flow.") if _may_use(reviewed, "password") else None


@question(
    Severity.MEDIUM,
    spec="RFC 9700 §2.1.2",
    fix=gettext_lazy("Let it take all its tokens at the token endpoint, then take the flow away."),
    changes=_without("hybrid"),
)
def hybrid_flow_should_be_closed(reviewed: Reviewed) -> str | None:
    """A token in the front channel leaks as the implicit flow's do, beside the one that is well kept."""
    return _("It may use the hybrid flow.") if _may_use(reviewed, "hybrid") else None


@question(
    Severity.MEDIUM,
    spec="RFC 9700 §2.1.1",
    fix=gettext_lazy(
        "Choose the standard profile. It asks for a code_challenge with S256, and may refuse what sends none."
    ),
    changes=lambda reviewed: {"profile": "standard"},
)
def legacy_profile_should_be_needed(reviewed: Reviewed) -> str | None:
    """Without PKCE a stolen code can be used in another session; none of its flows needs that to be open."""
    client = reviewed.client
    if client.profile != "legacy" or catalogue.LEGACY & client.flows:
        return None
    return _("Its profile is legacy, and none of its flows needs it.")


@question(
    Severity.MEDIUM,
    spec="RFC 8707 §2",
    fix=gettext_lazy(
        "Choose the profile for agents. It asks for a resource in each request, and refuses what names none."
    ),
    changes=lambda reviewed: {"profile": "mcp"},
)
def agents_should_name_the_server_they_call(reviewed: Reviewed) -> str | None:
    """A server that an agent is led to could use a token that names none at every other one."""
    client = reviewed.client
    if client.preset != "ai-agent" or client.profile == "mcp":
        return None
    return _("It is an agent, and need not say which server its tokens are for.")


@question(
    Severity.MEDIUM,
    spec="RFC 9700 §2.1.1",
    fix=gettext_lazy(
        "Let it send a code_challenge, then take the flow without one away: what sends none is refused."
    ),
    changes=_without("authorization-code"),
)
def codes_should_be_bound_by_pkce(reviewed: Reviewed) -> str | None:
    """A code that is not bound to the browser session it was asked for in can be injected into another."""
    flows = reviewed.client.flows
    if not _may_use(reviewed, "authorization-code") or not catalogue.LEGACY & flows:
        return None
    return _("It may ask for codes without PKCE.") if reviewed.client.is_confidential else None


@question(
    Severity.MEDIUM,
    spec="RFC 9700 §2.1.1",
    fix=gettext_lazy(
        "Let it send a code_challenge or a nonce, then take the exception away: the rest is refused."
    ),
    changes=lambda reviewed: {"may_omit_pkce_and_nonce": False},
)
def codes_should_be_bound_by_pkce_or_nonce(reviewed: Reviewed) -> str | None:
    """A stolen code of its can be put into another person's session there, and nothing would tell."""
    is_exempt = reviewed.client.may_omit_pkce_and_nonce
    return _("It may leave out both PKCE and nonce.") if is_exempt else None


@question(
    Severity.MEDIUM,
    spec="RFC 6749 §10.2",
    fix=gettext_lazy("Ask people for consent; or mark it verified once you know who runs it."),
    changes=lambda reviewed: {"skips_consent": False},
)
def consent_should_be_skipped_by_known_clients_only(reviewed: Reviewed) -> str | None:
    """People are not asked, so somebody else has to know that this client deserves what it gets."""
    client = reviewed.client
    if not client.skips_consent or client.is_verified:
        return None
    return _("People are not asked for consent, and nobody has verified it.")


@question(
    Severity.MEDIUM,
    spec="RFC 8252 §8.6",
    fix=gettext_lazy("Ask people for consent."),
    changes=lambda reviewed: {"skips_consent": False},
)
def consent_should_be_asked_for_apps_that_cannot_prove_themselves(reviewed: Reviewed) -> str | None:
    """Another app on the device can pass itself off as this one, and would get tokens without a question."""
    client = reviewed.client
    if not client.skips_consent or client.is_confidential or not comes_back_by_the_device(client):
        return None
    return _("People are not asked for consent, and any app on their device can pose as it.")


@question(
    Severity.LOW,
    spec="RFC 9700 §2.3",
    fix=gettext_lazy(
        "Fill in All settings on this client's page: its flows, and the scopes it needs."
    ),
)
def clients_should_have_a_policy(reviewed: Reviewed) -> str | None:
    """Without a policy nobody has said what it may do, so every scope of the server is open to it."""
    return None if reviewed.client.has_policy else _("It has no policy: it may ask for any scope.")


@question(
    Severity.LOW,
    spec="RFC 7662 §4",
    fix=gettext_lazy("Name the resources it serves instead, and take the right away."),
    changes=lambda reviewed: {"may_introspect_all": False},
)
def introspection_should_be_of_its_own(reviewed: Reviewed) -> str | None:
    """It is told about any token it comes across: whose it is, and what it opens at other APIs."""
    return _("It may introspect any token.") if reviewed.client.may_introspect_all else None


@question(
    Severity.MEDIUM,
    spec="RFC 8693 §1.1",
    fix=gettext_lazy("Let it delegate: its tokens then say who acts."),
    changes=lambda reviewed: {"may_impersonate": False},
)
def exchanged_tokens_should_say_who_acts(reviewed: Reviewed) -> str | None:
    """An API cannot tell what this client does from what the person does."""
    return _("It may impersonate people.") if reviewed.client.may_impersonate else None


@question(
    Severity.LOW,
    spec="RFC 8693 §5",
    fix=gettext_lazy("Leave the targets it really calls, or register one client for each errand."),
)
def exchange_targets_should_be_few(reviewed: Reviewed) -> str | None:
    """Whoever gets hold of one token and this client reaches every one of its targets."""
    client = reviewed.client
    count = len(client.exchange_targets) if "token-exchange" in client.flows else 0
    return _("It may exchange tokens for %d targets.") % count if count > MOST_TARGETS else None


@question(
    Severity.MEDIUM,
    spec="OpenID Connect Core §2",
    fix=gettext_lazy("Sign its ID tokens as the server does by default."),
    changes=lambda reviewed: {"id_token_signed_response_alg": ""},
)
def id_tokens_should_be_signed(reviewed: Reviewed) -> str | None:
    """An app that takes one from anywhere but this server's own answer lets anybody in as anybody."""
    is_open = reviewed.client.openid.id_token_signed_response_alg == "none"
    return _("Its ID tokens are not signed.") if is_open else None


@question(
    Severity.LOW,
    spec="OpenID Connect Core §6.1",
    fix=gettext_lazy("Let it sign its requests, and register the algorithm."),
    changes=lambda reviewed: {"request_object_signing_alg": ""},
)
def request_objects_should_be_signed(reviewed: Reviewed) -> str | None:
    """What looks like a sealed request can be written by anybody who knows the client's id."""
    is_open = reviewed.client.openid.request_object_signing_alg == "none"
    return _("It is registered for unsigned request objects.") if is_open else None


QUESTIONS = (
    implicit_flow_should_be_closed,
    password_flow_should_be_closed,
    hybrid_flow_should_be_closed,
    legacy_profile_should_be_needed,
    agents_should_name_the_server_they_call,
    codes_should_be_bound_by_pkce,
    codes_should_be_bound_by_pkce_or_nonce,
    consent_should_be_skipped_by_known_clients_only,
    consent_should_be_asked_for_apps_that_cannot_prove_themselves,
    clients_should_have_a_policy,
    introspection_should_be_of_its_own,
    exchanged_tokens_should_say_who_acts,
    exchange_targets_should_be_few,
    id_tokens_should_be_signed,
    request_objects_should_be_signed,
)

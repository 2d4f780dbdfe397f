"""When a person is asked, and when an earlier yes is enough. Pure: facts in, decision out."""

from dataclasses import dataclass, replace
from enum import Enum, auto

from django_oauthflows.rules.requests import AuthorizationRequest


class Next(Enum):
    """What happens to an authorization request next."""

    ANSWER = auto()
    ASK = auto()
    SIGN_IN = auto()
    SIGN_IN_AGAIN = auto()
    CREATE_ACCOUNT = auto()
    CHOOSE_ACCOUNT = auto()
    STEP_UP = auto()
    REFUSE_LOGIN_REQUIRED = auto()
    REFUSE_OTHER_PERSON = auto()
    REFUSE_UNMET_CONTEXT = auto()
    REFUSE_CONSENT_REQUIRED = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Presence:
    """Who is in front of the browser, how they signed in, and what was asked of them for this request.

    `age` is the seconds since they signed in, `None` where nobody knows. `signed_in_for_it` holds once they
    signed in after this very request sent them to; `is_expected` is false for another person than the one
    the client named.
    """

    is_signed_in: bool
    age: float | None = None
    acr: str = ""
    is_expected: bool = True
    signed_in_for_it: bool = False
    was_sent_to_sign_up: bool = False
    was_sent_to_step_up: bool = False
    has_chosen: bool = False
    can_step_up_to: frozenset[str] = frozenset()


#: Nobody, or somebody whose account has been disabled.
NOBODY = Presence(is_signed_in=False)


class Why(Enum):
    """Why an earlier yes is not enough."""

    PAGE_WAS_ASKED_FOR = auto()
    FIRST_TIME = auto()
    MORE_THAN_BEFORE = auto()
    ANYBODY_MAY_BE_WAITING = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What happens next, and the scopes an answer without asking would carry."""

    next: Next
    scopes: frozenset[str] = frozenset()


def decide(
    request: AuthorizationRequest,
    *,
    presence: Presence,
    remembered: frozenset[str] | None,
    identity_is_assured: bool,
) -> Decision:
    """Decide from who is there and what they agreed to before.

    `remembered` is the person's live consent for the client, `None` for none. An earlier yes counts only for
    a client whose identity its redirect URI assures: any program on a device can wait at a loopback port or
    take a scheme of its own, and must not get tokens in silence (RFC 8252 §8.6).
    """
    may_show_a_page = "none" not in request.prompt
    is_agreed = why_ask(request, remembered, identity_is_assured=identity_is_assured) is None
    if not may_show_a_page and not is_agreed:
        # Whether it is the person a client guesses is not told to one that nobody has agreed to.
        presence = replace(presence, is_expected=True)
    first = _before_consent(request, presence)
    if first is not None:
        return Decision(next=first if may_show_a_page else _IN_SILENCE.get(first, first))
    if is_agreed:
        return Decision(next=Next.ANSWER, scopes=request.needs)
    return Decision(next=Next.ASK if may_show_a_page else Next.REFUSE_CONSENT_REQUIRED)


def why_ask(
    request: AuthorizationRequest, remembered: frozenset[str] | None, *, identity_is_assured: bool
) -> Why | None:
    """Why the person has to be asked; `None` where they have agreed, or need not."""
    if "consent" in request.prompt:
        return Why.PAGE_WAS_ASKED_FOR
    if not request.client.skips_consent:
        if remembered is None:
            return Why.FIRST_TIME
        if not request.needs <= remembered:
            return Why.MORE_THAN_BEFORE
    return None if identity_is_assured else Why.ANYBODY_MAY_BE_WAITING


#: What is answered where the prompt `none` forbids the page (OpenID Connect Core §3.1.2.6).
_IN_SILENCE = {
    Next.SIGN_IN: Next.REFUSE_LOGIN_REQUIRED,
    Next.SIGN_IN_AGAIN: Next.REFUSE_LOGIN_REQUIRED,
    Next.STEP_UP: Next.REFUSE_UNMET_CONTEXT,
}


def _before_consent(request: AuthorizationRequest, presence: Presence) -> Next | None:
    """What stands between the person and the question, or `None`."""
    if "create" in request.prompt and not presence.was_sent_to_sign_up:
        return Next.CREATE_ACCOUNT
    if not presence.is_signed_in:
        return Next.SIGN_IN
    if not presence.signed_in_for_it:
        is_untold = presence.age is None and request.client.openid.require_auth_time
        if "login" in request.prompt or is_untold or is_too_old(request.max_age, presence.age):
            return Next.SIGN_IN_AGAIN
        if "select_account" in request.prompt and not presence.has_chosen:
            return Next.CHOOSE_ACCOUNT
    if not presence.is_expected:
        return Next.REFUSE_OTHER_PERSON if presence.signed_in_for_it else Next.SIGN_IN_AGAIN
    return _context(request, presence)


def is_too_old(max_age: int | None, age: float | None) -> bool:
    """Did they sign in too long ago (OpenID Connect Core §3.1.2.1)? An unknown moment is too long ago."""
    return max_age is not None and (age is None or age > max_age)


def _context(request: AuthorizationRequest, presence: Presence) -> Next | None:
    """What is required has to be reached; what is only wished for is tried once, and let go."""
    is_unmet = bool(request.acr_required) and presence.acr not in request.acr_required
    wished = request.acr_required or request.acr_values
    could_step_up = not presence.can_step_up_to.isdisjoint(wished)
    if wished and presence.acr not in wished and could_step_up and not presence.was_sent_to_step_up:
        # Nobody is sent away in silence for the sake of a wish.
        return Next.STEP_UP if is_unmet or "none" not in request.prompt else None
    return Next.REFUSE_UNMET_CONTEXT if is_unmet else None

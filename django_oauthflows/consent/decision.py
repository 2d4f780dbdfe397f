"""When a person is asked, and when an earlier yes is enough. Pure: facts in, decision out."""

from dataclasses import dataclass, replace
from enum import Enum, auto

from django_oauthflows.consent.remembered import RememberedConsent
from django_oauthflows.consent.scope import ConsentScope, scope_of_request
from django_oauthflows.offline_access import OFFLINE_ACCESS
from django_oauthflows.rules.requests import AuthorizationRequest
from django_oauthflows.rules.uri_origins import leads_to_device

#: Seconds that the way back from the sign-in page may take, whatever a request's `max_age` is.
WAY_BACK = 10


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
    REFUSE_UNASSURED = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Presence:
    """Who is in front of the browser, how they signed in, and what was asked of them for this request.

    `age` is the seconds since they signed in, `None` where nobody knows. `signed_in_for_it` holds once they
    signed in after this very request sent them to, and `took_too_long` instead where that is longer ago than
    the request allows. `has_agreed` says that they pressed Allow for this request before they had to sign in
    once more. `weaker` are the contexts that their `acr` stands for too. `is_expected` is false for another
    person than the one the client named.
    """

    is_signed_in: bool
    age: float | None = None
    acr: str = ""
    weaker: frozenset[str] = frozenset()
    is_expected: bool = True
    signed_in_for_it: bool = False
    took_too_long: bool = False
    has_agreed: bool = False
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
    NOT_KNOWN_TO_WHAT = auto()
    ANOTHER_NAME = auto()
    ANOTHER_PLACE = auto()
    MORE_THAN_BEFORE = auto()
    ANOTHER_RESOURCE = auto()
    MORE_CLAIMS = auto()
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
    remembered: RememberedConsent | None,
) -> Decision:
    """Decide from who is there and what they agreed to before.

    `remembered` is the person's live consent for the client, `None` for none. An earlier yes counts only for
    a client whose identity its redirect URI assures (`identity_is_assured`).
    """
    is_assured = identity_is_assured(request)
    may_show_a_page = "none" not in request.prompt
    if presence.has_agreed:
        # They saw the page, and it is remembered what they agreed to: it need not be shown for its own sake.
        request = replace(request, prompt=request.prompt - {"consent"})
        is_assured = True
    is_agreed = why_ask(request, remembered, is_assured=is_assured) is None
    if not may_show_a_page and not is_agreed:
        # Whether it is the person a client guesses is not told to one that nobody has agreed to.
        presence = replace(presence, is_expected=True)
    first = _before_consent(request, presence)
    if first is not None:
        return Decision(next=first if may_show_a_page else _IN_SILENCE.get(first, first))
    if is_agreed:
        return Decision(next=Next.ANSWER, scopes=request.needs)
    if may_show_a_page:
        return Decision(next=Next.ASK)
    return Decision(next=Next.REFUSE_CONSENT_REQUIRED if is_assured else Next.REFUSE_UNASSURED)


def identity_is_assured(request: AuthorizationRequest) -> bool:
    """Return whether nobody but the client can be waiting at the redirect URI (RFC 8252 §8.6).

    Any program on a device can wait at a port, `https://localhost` included, or take a scheme of its own, and
    must not get tokens in silence. A secret tells no more of who waits: it is shown after the answer.
    """
    uri = request.redirect_uri
    if leads_to_device(uri) or not uri.lower().startswith(("https://", "http://")):
        return False
    return request.client.is_confidential or uri.startswith("https://")


def why_ask(
    request: AuthorizationRequest,
    remembered: RememberedConsent | None,
    *,
    is_assured: bool,
) -> Why | None:
    """Why the person has to be asked; `None` where they have agreed, or need not."""
    if "consent" in request.prompt:
        return Why.PAGE_WAS_ASKED_FOR
    if not skips_page(request):
        if remembered is None:
            return Why.FIRST_TIME
        asked = scope_of_request(request)
        if not remembered.covers(asked):
            return _what_is_missing(remembered, asked)
    return None if is_assured else Why.ANYBODY_MAY_BE_WAITING


def skips_page(request: AuthorizationRequest) -> bool:
    """Is nobody asked, since the client is first-party?

    Where `offline_access` decides about a refresh token, people are (OpenID Connect Core §11).
    """
    client = request.client
    decides = client.needs_offline_access and OFFLINE_ACCESS in request.scopes
    return client.skips_consent and not decides


def _what_is_missing(remembered: RememberedConsent, asked: ConsentScope) -> Why:
    """Return the first thing that no earlier page had, from who asks to what for."""
    if not remembered.pages:
        return Why.NOT_KNOWN_TO_WHAT
    if not remembered.knows_name(asked):
        return Why.ANOTHER_NAME
    if not remembered.knows_place(asked):
        return Why.ANOTHER_PLACE
    at_place = [page for page in remembered.pages if page.is_same_place(asked)]
    if not any(asked.scopes <= page.scopes for page in at_place):
        return Why.MORE_THAN_BEFORE
    if not any(page.covers_resources(asked) for page in at_place):
        return Why.ANOTHER_RESOURCE
    if not any(page.covers_claims(asked) for page in at_place):
        return Why.MORE_CLAIMS
    # Each was agreed to, and not on one page.
    return Why.MORE_THAN_BEFORE


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


def took_too_long(max_age: int | None, age: float) -> bool:
    """Tell whether a sign-in made for a request is too old for it by now (OpenID Connect Core §3.1.2.1).

    The way back from the sign-in page takes a moment, for which a request with a `max_age` of 0 has to wait.
    """
    return max_age is not None and is_too_old(max(max_age, WAY_BACK), age)


def _context(request: AuthorizationRequest, presence: Presence) -> Next | None:
    """What is required has to be reached; what is only wished for is tried once, and let go."""
    has = presence.weaker | {presence.acr}
    is_unmet = bool(request.acr_required) and has.isdisjoint(request.acr_required)
    wished = request.acr_required or request.acr_values
    could_step_up = not presence.can_step_up_to.isdisjoint(wished)
    if wished and has.isdisjoint(wished) and could_step_up and not presence.was_sent_to_step_up:
        # Nobody is sent away in silence for the sake of a wish.
        return Next.STEP_UP if is_unmet or "none" not in request.prompt else None
    return Next.REFUSE_UNMET_CONTEXT if is_unmet else None

"""When a person is asked, and when an earlier yes is enough. Pure: facts in, decision out."""

from dataclasses import dataclass
from enum import Enum, auto

from django_oauthflows.rules.requests import AuthorizationRequest


class Next(Enum):
    """What happens to an authorization request next."""

    ANSWER = auto()
    ASK = auto()
    SIGN_IN = auto()
    REFUSE_LOGIN_REQUIRED = auto()
    REFUSE_CONSENT_REQUIRED = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What happens next, and the scopes an answer without asking would carry."""

    next: Next
    scopes: frozenset[str] = frozenset()


def decide(
    request: AuthorizationRequest,
    *,
    is_signed_in: bool,
    remembered: frozenset[str] | None,
    identity_is_assured: bool,
) -> Decision:
    """Decide from who is there and what they agreed to before.

    `remembered` is the person's live consent for the client, `None` for none. An earlier yes counts only for
    a client whose identity its redirect URI assures: any program on a device can wait at a loopback port or
    take a scheme of its own, and must not get tokens in silence (RFC 8252 §8.6).
    """
    may_show_a_page = "none" not in request.prompt
    if not is_signed_in:
        return Decision(next=Next.SIGN_IN if may_show_a_page else Next.REFUSE_LOGIN_REQUIRED)
    if "consent" not in request.prompt:
        if request.client.skips_consent and identity_is_assured:
            return Decision(next=Next.ANSWER, scopes=request.scopes)
        if remembered is not None and request.scopes <= remembered and identity_is_assured:
            return Decision(next=Next.ANSWER, scopes=request.scopes)
    return Decision(next=Next.ASK if may_show_a_page else Next.REFUSE_CONSENT_REQUIRED)

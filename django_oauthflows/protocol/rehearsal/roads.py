"""Where a person is sent before they are asked: they are supposed to do what they were sent for."""

from dataclasses import replace
from datetime import timedelta

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from django_oauthflows.consent.decision import Next, Presence, is_too_old
from django_oauthflows.core import clock, users
from django_oauthflows.protocol import signing_in
from django_oauthflows.protocol.errands import Errand
from django_oauthflows.protocol.rehearsal.base import (
    MADE_THEN,
    DeadEnd,
    Mark,
    Notes,
    Question,
    Text,
)
from django_oauthflows.rules.requests import AuthorizationRequest
from django_oauthflows.tokens.sessions import SignIn


def supposed(question: Question) -> SignIn | None:
    """How they signed in before the request; `None` for whoever comes to sign in."""
    said = question.signed_in
    if said is None:
        return None
    since = clock.now() - timedelta(seconds=said.ago)
    return SignIn(auth_time=since, acr=said.acr, amr=said.amr, sid=MADE_THEN)


def sent_away(
    question: Question,
    request: AuthorizationRequest | None,
    presence: Presence | None,
    where: Next,
    errand: Errand,
    notes: Notes,
) -> tuple[Errand, SignIn]:
    """The person does what they were sent for, as the person they are. Raises `DeadEnd` for who cannot."""
    notes.add(Mark.PERSON, _TITLES[where], _why_sent(request, presence, where))
    if not users.is_active(question.person):
        notes.add(
            Mark.STOPS,
            _("There it ends: this account has been disabled"),
            _("Nobody can sign in as this person."),
        )
        raise DeadEnd
    _page, errand = signing_in.road(where, errand)
    notes.add(Mark.SUPPOSED, _("They are supposed to do that, and come back"))
    return errand, _sign_in_after(question, request, presence, where)


def _sign_in_after(
    question: Question,
    request: AuthorizationRequest | None,
    presence: Presence | None,
    where: Next,
) -> SignIn:
    """The sign-in they come back with: a new one, unless they were sent for something else."""
    said, earlier = question.signed_in, supposed(question)
    sign_in = SignIn(
        # After they were sent, by the smallest step that a clock tells apart.
        auth_time=clock.now() + timedelta(milliseconds=1),
        acr=said.acr if said else "",
        amr=said.amr if said else (),
        sid=MADE_THEN,
    )
    if where in (Next.CHOOSE_ACCOUNT, Next.STEP_UP):
        sign_in = earlier or sign_in
    if where is Next.STEP_UP and request is not None and presence is not None:
        wished = request.acr_required or request.acr_values
        sign_in = replace(
            sign_in, acr=next(acr for acr in wished if acr in presence.can_step_up_to)
        )
    return sign_in


_TITLES = {
    Next.SIGN_IN: gettext_lazy("The person is sent to sign in"),
    Next.SIGN_IN_AGAIN: gettext_lazy("The person is sent to sign in once more"),
    Next.CREATE_ACCOUNT: gettext_lazy("The person is sent to create an account"),
    Next.CHOOSE_ACCOUNT: gettext_lazy("The person is asked which account to go on with"),
    Next.STEP_UP: gettext_lazy("The person is sent to show more of who they are"),
}


def _why_sent(request: AuthorizationRequest | None, presence: Presence | None, where: Next) -> Text:
    if request is None or presence is None or where is Next.SIGN_IN:
        return _("Nobody is signed in.")
    if where is not Next.SIGN_IN_AGAIN:
        return _WHY_SENT[where]
    if "login" in request.prompt:
        return _("The request says prompt=login.")
    if is_too_old(request.max_age, presence.age):
        return _("They signed in longer ago than max_age allows.")
    if not presence.is_expected:
        return _("The request names another person.")
    return _("The client is to be told when they signed in, and nobody knows.")


_WHY_SENT = {
    Next.CREATE_ACCOUNT: gettext_lazy("The request says prompt=create."),
    Next.CHOOSE_ACCOUNT: gettext_lazy("The request says prompt=select_account."),
    Next.STEP_UP: gettext_lazy(
        "The request wishes for an authentication context they have not reached."
    ),
}

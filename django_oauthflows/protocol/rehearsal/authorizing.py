"""A request to the authorization endpoint, up to where it would be answered (RFC 6749 §4.1.1).

The same steps as `protocol/authorize.py`. Where the person is sent away first, they are supposed to do what
they were sent for, and the decision is made once more.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from django_oauthflows.clients.policy import profile_of
from django_oauthflows.consent import memory
from django_oauthflows.consent.decision import (
    Next,
    Why,
    identity_is_assured,
    skips_page,
    why_ask,
)
from django_oauthflows.consent.forms import ConsentForm
from django_oauthflows.consent.models import Consent
from django_oauthflows.consent.remembered import RememberedConsent
from django_oauthflows.core import clock, users
from django_oauthflows.identity.id_token import Identified
from django_oauthflows.protocol import asking, authorize, languages, signing_in
from django_oauthflows.protocol.callers import know_redirect_uri, must_be_usable
from django_oauthflows.protocol.errands import Errand
from django_oauthflows.protocol.parameters import Parameters, from_pairs
from django_oauthflows.protocol.rehearsal.base import (
    MADE_THEN,
    ConsentPage,
    DeadEnd,
    Mark,
    Notes,
    Question,
    Text,
    Told,
)
from django_oauthflows.protocol.rehearsal.roads import sent_away, supposed
from django_oauthflows.protocol.sending import Asked, as_asked, granted, identified
from django_oauthflows.rules.pkce import s256
from django_oauthflows.rules.requests import AuthorizationRequest
from django_oauthflows.tokens.sessions import SignIn

#: The example of RFC 7636 appendix B: nobody's secret.
VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
#: A person is sent away for one thing after another, and for none of them twice.
_MOST_ROADS = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreed:
    """A request that would be answered: as it was granted, and the sign-in it was granted in."""

    request: AuthorizationRequest
    sign_in: SignIn
    now: datetime

    def identified(self, person: Any) -> Identified:
        return identified(
            self.request,
            person=person,
            sign_in=self.sign_in,
            now=self.now,
            authorization=uuid4(),  # there is none yet
        )


def authorized(http: HttpRequest, question: Question, notes: Notes) -> Agreed:
    """The request once the person agreed to it. Raises `Refusal` or `DeadEnd`."""
    notes.told = Told.PAGE
    parameters, client = parameters_of(question), question.client.without_proof()
    must_be_usable(http, client)
    address = authorize.address_of(http, parameters, know_redirect_uri(client, parameters))
    notes.told = Told.REDIRECT
    notes.add(
        Mark.PASSES,
        _("The client is known and enabled, and the answer may go to its redirect URI"),
        address.redirect_uri,
    )
    asked = authorize.read(http, parameters, client, address)
    _note_rules(asked, notes)
    with languages.spoken(asked.request.ui_locales):
        return _decided(question, asked, notes)


def parameters_of(question: Question) -> Parameters:
    """The query the client would send. Raises `Refusal` for what no query may hold."""
    flow, scopes = question.flow, question.scopes
    asked = question.client.default_scopes if scopes is None else scopes
    response_type = question.response_type or next(iter(flow.response_types), "")
    proves = flow.uses_pkce or ("code" in response_type.split() and flow.slug == "hybrid")
    sent = {
        "response_type": response_type,
        "client_id": question.client.client_id,
        "redirect_uri": question.redirect_uri or next(iter(question.client.redirect_uris), ""),
        "scope": "" if scopes is None else " ".join(sorted(scopes)),
        "nonce": MADE_THEN if "openid" in asked else "",
        **({"code_challenge": s256(VERIFIER), "code_challenge_method": "S256"} if proves else {}),
        **question.parameters,
    }
    return from_pairs([*sent.items(), *(("resource", uri) for uri in question.resource)])


def _note_rules(asked: Asked, notes: Notes) -> None:
    profile = profile_of(asked.request.client)
    count = len(asked.flow.authorization_rules) + len(profile.authorization_rules)
    notes.add(
        Mark.PASSES,
        _("The authorization request passes"),
        _("%(count)d rules of the flow “%(flow)s” and of the profile “%(profile)s” were asked.")
        % {"count": count, "flow": asked.flow.name, "profile": profile.slug},
    )


def _decided(question: Question, asked: Asked, notes: Notes) -> Agreed:
    person, request, errand = question.person, asked.request, Errand()
    sign_in = supposed(question)
    for _road in range(_MOST_ROADS):
        is_there = users.is_active(person) and sign_in is not None
        presence = signing_in.presence(person, sign_in if is_there else None, request, errand)
        remembered = memory.remembered(request.client, person) if is_there else None
        decision = authorize.decided(request, presence, remembered)
        if decision.next is Next.ANSWER:
            _note_silence(request, notes)
            return _agreed(asked, decision.scopes, sign_in)
        if decision.next is Next.ASK:
            return _agreed(asked, _asked(question, asked, remembered, notes), sign_in)
        errand, sign_in = sent_away(question, request, presence, decision.next, errand, notes)
    raise DeadEnd


def _agreed(asked: Asked, scopes: frozenset[str], sign_in: SignIn | None) -> Agreed:
    request = granted(asked.request, scopes)
    assert sign_in is not None  # noqa: S101 - nobody is asked, or answered, who is not there
    return Agreed(request=request, sign_in=as_asked(request, sign_in), now=clock.now())


def _note_silence(request: AuthorizationRequest, notes: Notes) -> None:
    notes.add(
        Mark.PASSES,
        _("The person is not asked"),
        _("The client’s policy skips the consent page.")
        if skips_page(request)
        else _("They agreed to all of this before."),
    )


def _asked(
    question: Question, asked: Asked, remembered: RememberedConsent | None, notes: Notes
) -> frozenset[str]:
    """What they would agree to on the page."""
    notes.add(
        Mark.PERSON,
        _("The person is asked on the consent page"),
        _why_asked(question, asked, remembered),
    )
    form = asking.form_of(asked, remembered)
    context = asking.context_of(asked, form, remembered, question.person)
    notes.page = ConsentPage(template="oauthflows/consent.html", context=context)
    filled = asking.form_of(asked, remembered, ticked(asked.request.needs, form, question))
    return agreed_to(filled, notes)


def ticked(asked: frozenset[str], form: ConsentForm, question: Question) -> QueryDict:
    """The form as the person would send it."""
    sent = {
        "scopes": sorted(asked - question.left_out),
        "everything": "on",
        "shown": form.fingerprint,
    }
    return QueryDict(urlencode(sent, doseq=True))


def agreed_to(form: ConsentForm, notes: Notes) -> frozenset[str]:
    """What a filled-in form grants. Raises `DeadEnd` where it comes back instead."""
    if not form.is_valid():
        wrong = " ".join(str(said) for said in form.errors.get("scopes", []))
        notes.add(Mark.STOPS, _("The page comes back"), wrong)
        raise DeadEnd
    scopes: frozenset[str] = form.cleaned_data["scopes"]
    notes.agreed = scopes
    notes.add(
        Mark.SUPPOSED,
        _("They are supposed to press Allow"),
        _("Pressing Deny is answered with access_denied."),
    )
    return scopes


#: Why an earlier consent is not enough, where nothing more has to be told.
_WHY: dict[Why | None, Text] = {
    Why.NOT_KNOWN_TO_WHAT: gettext_lazy(
        "They agreed before this server remembered all that its page showed, so they are asked once more."
    ),
    Why.ANOTHER_NAME: gettext_lazy("The client has another name than when they agreed."),
    Why.ANOTHER_PLACE: gettext_lazy(
        "They agreed before, and not to being sent to this redirect URI’s host."
    ),
    Why.ANOTHER_RESOURCE: gettext_lazy(
        "They agreed before, and not to an access that works at this resource (RFC 8707 §2)."
    ),
    Why.MORE_CLAIMS: gettext_lazy(
        "They agreed before, and not to the claims that this request names (OpenID Connect Core §5.5)."
    ),
}


def _new_scopes(asked: Asked, remembered: RememberedConsent | None) -> str:
    """Return the scopes no page had, or all where they were never on one page together."""
    needs = asked.request.needs
    new = {name for name in needs if remembered is None or not remembered.knows_scope(name)}
    return ", ".join(sorted(new or needs))


def _why_asked(question: Question, asked: Asked, remembered: RememberedConsent | None) -> Text:
    request = asked.request
    why = why_ask(request, remembered, is_assured=identity_is_assured(request))
    if why is Why.PAGE_WAS_ASKED_FOR:
        return _("The request says prompt=consent.")
    if why is Why.MORE_THAN_BEFORE:
        return _("They agreed to this client before, and not to: %(scopes)s.") % {
            "scopes": _new_scopes(asked, remembered)
        }
    if why in _WHY:
        return _WHY[why]
    if why is Why.ANYBODY_MAY_BE_WAITING:
        return _(
            "Any program on a device can wait at this redirect URI, so an earlier yes does not count "
            "(RFC 8252 §8.6)."
        )
    agreed = Consent.objects.filter(user=question.person, application_id=request.client.key)
    if agreed.exists():
        return _("They agreed before, and that has expired.")
    return _("They never agreed to this client.")

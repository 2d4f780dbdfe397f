"""A rehearsal from its question to its end."""

from datetime import timedelta

from django.http import HttpRequest
from django.utils.translation import gettext as _

from django_oauthflows.audit.explaining import explain
from django_oauthflows.audit.models import AuditEvent
from django_oauthflows.clients.authentication import must_be_able
from django_oauthflows.clients.policy import resource_of
from django_oauthflows.consent import memory
from django_oauthflows.consent.decision import Next
from django_oauthflows.core import clock, users
from django_oauthflows.errors import Refusal
from django_oauthflows.flows.device_code import DEVICE_CODE
from django_oauthflows.protocol import device
from django_oauthflows.protocol.device import Waiting
from django_oauthflows.protocol.device_authorization import asked_by_device
from django_oauthflows.protocol.errands import Errand
from django_oauthflows.protocol.parameters import from_pairs
from django_oauthflows.protocol.rehearsal import (
    authorizing,
    redeeming,
    roads,
    telling,
    without_page,
)
from django_oauthflows.protocol.rehearsal.authorizing import Agreed
from django_oauthflows.protocol.rehearsal.base import (
    JWT,
    MADE_THEN,
    ConsentPage,
    DeadEnd,
    Delivery,
    Mark,
    Notes,
    Question,
    Refused,
    Rehearsal,
)
from django_oauthflows.protocol.sending import tells_scopes
from django_oauthflows.tokens import codes, devices, front_channel, lifetimes
from django_oauthflows.tokens.devices import Pairing
from django_oauthflows.tokens.models import Authorization
from django_oauthflows.tokens.reading import Presented, held_by_code
from django_oauthflows.tokens.sessions import SignIn


def rehearse(http: HttpRequest, question: Question) -> Rehearsal:
    """What would happen. `http` is any request to this site: it says under which name it is asked.

    What went through the browser before the token endpoint refused the rest stays given.
    """
    notes, refused = Notes(), None
    try:
        _run(http, question, notes)
    except Refusal as refusal:
        refused = _explained(refusal, notes)
        notes.add(Mark.STOPS, _("The request is refused"), refusal.sentence)
    except DeadEnd:
        pass  # its last step says why
    return Rehearsal(
        question=question,
        steps=tuple(notes.steps),
        refused=refused,
        page=notes.page,
        deliveries=tuple(notes.deliveries),
        scopes=tuple(telling.scopes_told(question, notes)),
    )


def _run(http: HttpRequest, question: Question, notes: Notes) -> None:
    if question.flow.slug in without_page.FLOWS:
        without_page.FLOWS[question.flow.slug](http, question, notes)
    elif question.flow.slug == DEVICE_CODE.slug:
        _pair(http, question, notes)
    else:
        _answer(http, question, notes, authorizing.authorized(http, question, notes))


def _answer(http: HttpRequest, question: Question, notes: Notes, agreed: Agreed) -> None:
    """What goes through the browser and, where a code does, what the code earns."""
    _deliver_in_front(http, question, notes, agreed)
    request = agreed.request
    if "code" not in request.response_types:
        return
    granted = codes.authorization_of(
        request,
        flow=question.flow.slug,
        person=question.person,
        scopes=request.scopes,
        sign_in=agreed.sign_in,
        now=agreed.now,
    )
    grant = codes.grant_of(request, person=question.person, scopes=request.scopes, now=agreed.now)
    kept = (
        *(0, grant.redirect_uri, grant.code_challenge),
        *(grant.code_challenge_method, grant.expires),
    )
    sent = {
        "grant_type": "authorization_code",
        "code": MADE_THEN,
        "redirect_uri": request.redirect_uri,
        **({"code_verifier": authorizing.VERIFIER} if request.code_challenge else {}),
    }
    presented = _presented(granted, kept, question)
    redeeming.redeemed(http, question, notes, sent=sent, presented=presented)


def _deliver_in_front(http: HttpRequest, question: Question, notes: Notes, agreed: Agreed) -> None:
    request = agreed.request
    if request.response_types == {"code"}:
        notes.add(Mark.PASSES, _("The browser is sent back with a code"), request.redirect_uri)
        return
    earned = front_channel.prospect(
        request, person=question.person, sign_in=agreed.sign_in, now=agreed.now
    )
    notes.add(
        Mark.PASSES, _("The browser is sent back with all that was asked for"), request.redirect_uri
    )
    delivery = Delivery(
        where=_("Through the browser"),
        scopes=request.scopes,
        id_token=_front_id_token(question, agreed, beside_access_token=earned is not None),
        has_code="code" in request.response_types,
    )
    if earned is not None:
        granted = Authorization(claims=request.claims)
        delivery = telling.told(
            http,
            earned,
            delivery,
            now=agreed.now,
            person=question.person,
            authorization=granted,
        )
    notes.deliveries.append(delivery)


def _front_id_token(question: Question, agreed: Agreed, *, beside_access_token: bool) -> JWT | None:
    request = agreed.request
    if "id_token" not in request.response_types:
        return None
    telling.must_be_ready(request.client)
    return telling.id_token_of(
        agreed.identified(question.person),
        beside_access_token=beside_access_token,
        beside_code="code" in request.response_types,
        tells_scopes=tells_scopes(request),
    )


def _pair(http: HttpRequest, question: Question, notes: Notes) -> None:
    """A device, from its request to the tokens (RFC 8628)."""
    client, person, now = question.client, question.person, clock.now()
    must_be_able(client, http)
    scope = [] if question.scopes is None else [("scope", " ".join(sorted(question.scopes)))]
    asked = asked_by_device(from_pairs(scope), client)
    notes.add(Mark.PASSES, _("The device gets its codes, and shows the short one"))
    sign_in = SignIn()
    if question.signed_in is None or not users.is_active(person):
        _errand, sign_in = roads.sent_away(question, None, None, Next.SIGN_IN, Errand(), notes)
    sign_in = roads.supposed(question) or sign_in
    granted = devices.authorization_of(
        client,
        person,
        scopes=_agreed_on_device(question, asked.scopes, notes),
        resource=resource_of(client, ()),
        sign_in=sign_in,
        now=now,
    )
    ends = now + timedelta(seconds=lifetimes.device_code_lifetime())
    presented = _presented(granted, devices.kept_of(0, ends), question)
    sent = {"grant_type": DEVICE_CODE.grant_type, "device_code": MADE_THEN}
    redeeming.redeemed(
        http, question, notes, sent=sent, presented=presented, resource=question.resource
    )


def _agreed_on_device(question: Question, scopes: frozenset[str], notes: Notes) -> frozenset[str]:
    pairing = Pairing(
        key=0,
        client_id=question.client.client_id,
        scopes=scopes,
        device_checksum="",
        claimed_by=question.person.pk,
    )
    waiting = Waiting(pairing=pairing, client=question.client, user_code="••••-••••")
    remembered = memory.remembered(question.client, question.person)
    form = device.form_of(waiting, remembered)
    context = device.context_of(waiting, form, remembered, question.person)
    notes.page = ConsentPage(template="oauthflows/device/consent.html", context=context)
    notes.add(
        Mark.PERSON,
        _("The person types the short code, looks at both again, and is asked"),
        _("A device is asked for each time, whatever was agreed to before (RFC 8628 §5.4)."),
    )
    sent = authorizing.ticked(waiting.scopes, form, question)
    filled = device.form_of(waiting, remembered, sent)
    return authorizing.agreed_to(filled, notes)


def _presented(granted: Authorization, kept: tuple[object, ...], question: Question) -> Presented:
    held = held_by_code(
        granted,
        kept,
        person=question.person,
        client_is_enabled=question.client.is_enabled,
    )
    return Presented(checksum="", held=held, person=question.person, authorization=granted)


def _explained(refusal: Refusal, notes: Notes) -> Refused:
    row = AuditEvent(rule=refusal.rule, code=str(refusal.code), specification=refusal.spec)
    explanation = explain(row)
    return Refused(
        code=str(refusal.code),
        sentence=refusal.sentence,
        rule=refusal.rule,
        why=explanation.why,
        means=explanation.means,
        fix=explanation.fix,
        paragraphs=explanation.paragraphs,
        told=notes.told,
        status=refusal.status,
    )

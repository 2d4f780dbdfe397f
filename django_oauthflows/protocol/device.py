"""The pages on which a person pairs a device (RFC 8628 §3.3).

code → confirmation, which shows the client and the code again → consent → done. Between the pages the
session remembers which device it is; from the confirmation on the device is claimed, and nobody else can
decide on it. A person is asked each time: whoever knows a public client's id can show its codes, and send
one to a stranger (§5.4).
"""

from dataclasses import dataclass
from typing import Any

from django.db import OperationalError, transaction
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from django_oauthflows import dot
from django_oauthflows.audit import recorder
from django_oauthflows.audit.events import Event
from django_oauthflows.audit.references import REFERENCE_HEADER
from django_oauthflows.clients.dynamic import documents
from django_oauthflows.clients.facts import client_of, forget_clients, is_usable
from django_oauthflows.clients.policy import resource_of
from django_oauthflows.clients.presentation import presented
from django_oauthflows.consent import memory
from django_oauthflows.consent.forms import ConsentForm
from django_oauthflows.consent.remembered import RememberedConsent
from django_oauthflows.consent.scope import ConsentScope, scope_of_device
from django_oauthflows.core import clock
from django_oauthflows.core.deadlocks import is_deadlock
from django_oauthflows.errors import Code, Refusal
from django_oauthflows.flows.device_code import DEVICE_CODE
from django_oauthflows.protocol import headers, user_code_limits
from django_oauthflows.protocol.asking import what_is_new
from django_oauthflows.rules.requests import BY_HAND, ClientFacts
from django_oauthflows.tokens import devices
from django_oauthflows.tokens.devices import Pairing
from django_oauthflows.tokens.issuing import LostRace
from django_oauthflows.tokens.sessions import sign_in_of

#: What the session remembers: the device a person looks at, and how the last one ended.
_DEVICE, _ENDED = "_oauthflows_device", "_oauthflows_device_ended"


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A device that waits for this person, its client, and the code as the person typed it."""

    pairing: Pairing
    client: ClientFacts
    user_code: str

    @property
    def scopes(self) -> frozenset[str]:
        return self.pairing.scopes & self.client.allowed_scopes

    @property
    def resources(self) -> tuple[str, ...]:
        """Where the access can be used: the resources the client is held to, or this site."""
        return resource_of(self.client, ())

    @property
    def page(self) -> ConsentScope:
        """The consent page, as it is remembered."""
        return scope_of_device(self.client, self.scopes, self.resources)


def enter(http: HttpRequest) -> HttpResponse:
    """Ask for the code, which a link may have filled in; look for its device once it is sent."""
    if http.method != "POST":
        return _code_page(http, typed=http.GET.get("user_code", ""))
    typed = http.POST.get("user_code", "")[:64]
    seconds = user_code_limits.count(http)
    if seconds is not None:
        return _too_many(http, typed, seconds)
    pairing = devices.find_by_user_code(typed, clock.now())
    waiting = _waiting(http, pairing, devices.normalised(typed)) if pairing else None
    if waiting is None:
        return _unknown(http, typed)
    user_code_limits.give_back(http)
    http.session[_DEVICE] = {"key": waiting.pairing.key, "code": devices.normalised(typed)}
    return _go("device-confirm")


def confirm(http: HttpRequest) -> HttpResponse:
    """Show the client and the code again, whichever way the code came here; claim the device (§3.3.1)."""
    waiting = _remembered(http)
    if waiting is None:
        return _gone(http)
    if http.method != "POST":
        client = presented(waiting.client).client
        context = {"client": client, "user_code": waiting.user_code, "person": http.user}
        page = render(http, "oauthflows/device/confirm.html", context)
        return headers.page(page, images_from=[client.logo_uri])
    if not devices.claim(waiting.pairing, http.user, clock.now()):
        return _gone(http)
    return (
        _go("device-consent") if http.POST.get("decision") == "continue" else _deny(http, waiting)
    )


def consent(http: HttpRequest) -> HttpResponse:
    """Show what the client asks for, and take the person's answer."""
    waiting = _remembered(http)
    if waiting is None:
        return _gone(http)
    if waiting.pairing.claimed_by is None:
        return _go("device-confirm")
    decided = http.POST.get("decision") if http.method == "POST" else None
    if decided == "deny":
        return _deny(http, waiting)
    remembered = memory.remembered(waiting.client, http.user)
    form = form_of(waiting, remembered, http.POST if decided == "allow" else None)
    if decided == "allow" and form.is_valid():
        return _allow(http, waiting, form.cleaned_data["scopes"])
    return _consent_page(http, waiting, form, remembered)


def done(http: HttpRequest) -> HttpResponse:
    """Say how it ended, and that the person may go back to the device."""
    ended = http.session.get(_ENDED)
    if not ended:
        return _go("device")
    return headers.page(render(http, "oauthflows/device/done.html", ended))


def _allow(http: HttpRequest, waiting: Waiting, granted: frozenset[str]) -> HttpResponse:
    try:
        approved = _approve(http, waiting, granted)
    except LostRace:
        return _ask_again()
    except OperationalError as error:
        if not is_deadlock(error):
            raise
        return _ask_again()
    return _end(http, waiting, is_allowed=True) if approved else _gone(http)


def _ask_again() -> HttpResponse:
    """The account, the sign-in, the client or the device is just being changed: show the page anew."""
    forget_clients()
    return _go("device-consent")


def _approve(http: HttpRequest, waiting: Waiting, granted: frozenset[str]) -> bool:
    client, person = waiting.client, http.user
    # Together, so that a withdrawal at the same moment ends both or neither.
    with transaction.atomic(using=dot.token_database()):
        approved = devices.approve(
            waiting.pairing,
            client,
            person,
            scopes=granted,
            resource=waiting.resources,
            sign_in=sign_in_of(http),
            now=clock.now(),
        )
        if approved:
            page = waiting.page
            ticked = page.narrowed_to(granted)
            memory.remember(client, person, asked=page, granted=ticked, request=http)
    return approved


def _deny(http: HttpRequest, waiting: Waiting) -> HttpResponse:
    if not devices.deny(waiting.pairing, http.user, clock.now()):
        return _gone(http)
    recorder.record(
        Event.CONSENT_DENIED,
        application_key=waiting.client.key,
        client_id=waiting.client.client_id,
        user=http.user,
        request=http,
    )
    return _end(http, waiting, is_allowed=False)


def _end(http: HttpRequest, waiting: Waiting, *, is_allowed: bool) -> HttpResponse:
    http.session.pop(_DEVICE, None)
    http.session[_ENDED] = {"name": waiting.client.name, "is_allowed": is_allowed}
    return _go("device-done")


def _remembered(http: HttpRequest) -> Waiting | None:
    """The device whose code this person typed, if it still waits and is not somebody else's by now."""
    kept = http.session.get(_DEVICE)
    pairing = devices.find_by_key(kept["key"], clock.now()) if kept else None
    return _waiting(http, pairing, kept["code"]) if pairing and kept else None


def _waiting(http: HttpRequest, pairing: Pairing, user_code: str) -> Waiting | None:
    client = client_of(pairing.client_id)
    if client is None or not is_usable(client, http) or DEVICE_CODE.slug not in client.flows:
        return None
    if pairing.claimed_by not in (None, http.user.pk):
        return None
    waiting = Waiting(pairing=pairing, client=client, user_code=devices.shown(user_code))
    return waiting if waiting.scopes else None


def _too_many(http: HttpRequest, typed: str, seconds: int) -> HttpResponse:
    reference = _record(
        http, "Too many attempts at a user code.", "user_code_attempts_must_be_few", "§5.1"
    )
    minutes = -(-seconds // 60)
    error = ngettext(
        "Too many attempts. Try again in %(minutes)d minute.",
        "Too many attempts. Try again in %(minutes)d minutes.",
        minutes,
    ) % {"minutes": minutes}
    page = _code_page(http, typed=typed, error=error, status=429)
    page["Retry-After"], page[REFERENCE_HEADER] = str(seconds), reference
    return page


def _unknown(http: HttpRequest, typed: str) -> HttpResponse:
    """The same words for a code that never was, has ended, or is somebody else's."""
    reference = _record(
        http, "The user code is unknown or has ended.", "user_code_must_be_known", "§3.3"
    )
    error = _("No device is waiting with this code. Check it for typing errors.")
    page = _code_page(http, typed=typed, error=error, status=400)
    page[REFERENCE_HEADER] = reference
    return page


def _gone(http: HttpRequest) -> HttpResponse:
    http.session.pop(_DEVICE, None)
    reference = _record(http, "The user code has ended.", "user_code_must_still_wait", "§3.3")
    error = _("This code has expired or was used. Get a new one on your device.")
    page = _code_page(http, error=error, status=400)
    page[REFERENCE_HEADER] = reference
    return page


def _record(http: HttpRequest, sentence: str, rule: str, section: str) -> str:
    refusal = Refusal(Code.INVALID_REQUEST, sentence, rule=rule, spec=f"RFC 8628 {section}")
    return recorder.refuse(refusal, http, endpoint="device", user=http.user.pk)


def _code_page(
    http: HttpRequest, *, typed: str = "", error: str = "", status: int = 200
) -> HttpResponse:
    context: dict[str, Any] = {"typed": typed[:64], "error": error, "person": http.user}
    return headers.page(render(http, "oauthflows/device/code.html", context, status=status))


def form_of(
    waiting: Waiting, remembered: RememberedConsent | None, data: QueryDict | None = None
) -> ConsentForm:
    """What a person may tick of what a device asks for; with what they ticked, once they have."""
    return ConsentForm(
        data,
        client=waiting.client,
        asked=waiting.page,
        device=str(waiting.pairing.key),
        remembered=remembered,
        descriptions=dot.all_scopes(),
    )


def context_of(
    waiting: Waiting, form: ConsentForm, remembered: RememberedConsent | None, person: Any
) -> dict[str, Any]:
    """All that the consent page says."""
    shown = presented(waiting.client)
    client = shown.client
    return {
        "client": client,
        "unverified": shown.unverified,
        "is_self_registered": client.registration_source != BY_HAND,
        "document_host": documents.shown_host(client),
        "user_code": waiting.user_code,
        "person": person,
        "form": form,
        "scope_rows": form.rows(),
        "is_first_time": remembered is None,
        **what_is_new(waiting.page, remembered, waiting.resources),
    }


def _consent_page(
    http: HttpRequest, waiting: Waiting, form: ConsentForm, remembered: RememberedConsent | None
) -> HttpResponse:
    context = context_of(waiting, form, remembered, http.user)
    page = render(http, "oauthflows/device/consent.html", context, status=form.status)
    return headers.page(page, images_from=[context["client"].logo_uri])


def _go(name: str) -> HttpResponse:
    """Go on to another page; 303, so that a form is not sent twice."""
    response = redirect(f"oauthflows:{name}")
    response.status_code = 303
    return headers.no_store(response)

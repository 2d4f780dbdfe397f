"""What token would this get? The admin's rehearsal, for whoever has a shell."""

import json
from collections.abc import Iterator
from dataclasses import asdict
from io import BytesIO
from typing import Any
from urllib.parse import urlsplit

from django.contrib.auth import get_user_model
from django.core.exceptions import DisallowedHost
from django.core.handlers.wsgi import WSGIRequest
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.http import HttpRequest

from django_oauthflows import dot
from django_oauthflows.clients.facts import facts_of
from django_oauthflows.conf import conf
from django_oauthflows.core.text import for_terminal
from django_oauthflows.flows import catalogue
from django_oauthflows.protocol.rehearsal.base import (
    JWT,
    Delivery,
    Question,
    Refused,
    Rehearsal,
    SignedIn,
)
from django_oauthflows.protocol.rehearsal.running import rehearse
from django_oauthflows.rules.requests import ClientFacts

#: Parameters of OpenID Connect that may be added to the request.
_PARAMETERS = ("prompt", "max_age", "acr_values", "claims")
_MARKS = {"passes": "+", "person": "?", "supposed": "~", "stops": "!"}


class Command(BaseCommand):
    help = (
        "Rehearse a request of a client: the decision, the scopes, the claims and the token it would get. "
        "Nothing is issued, written or sent. Exit code 1 where it would not get what it asks for."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("client_id")
        parser.add_argument("--person", default="", help="A user name. Leave it out for a service.")
        parser.add_argument("--flow", default="", choices=["", *catalogue.BY_SLUG])
        parser.add_argument("--scope", default=None, help='Such as "openid profile".')
        parser.add_argument("--left-out", default="", help="What the person would untick.")
        parser.add_argument("--resource", action="append", default=[])
        parser.add_argument("--redirect-uri", default="")
        parser.add_argument("--response-type", default="")
        parser.add_argument("--signed-in", type=int, default=0, metavar="SECONDS", help="Ago.")
        parser.add_argument("--not-signed-in", action="store_true")
        parser.add_argument("--acr", default="", help="The context they signed in with.")
        for name in _PARAMETERS:
            parser.add_argument(f"--{name.replace('_', '-')}", dest=name, default="")
        parser.add_argument("--url", default="", help="This site's address, unless ISSUER is set.")
        parser.add_argument("--json", action="store_true", help="Print one JSON object.")

    def handle(self, *args: Any, **options: Any) -> None:
        http = _request_to(options["url"] or conf.ISSUER or dot.setting("OIDC_ISS_ENDPOINT"))
        question = _question(options)
        try:
            rehearsal = rehearse(http, question)
        except DisallowedHost:
            raise CommandError(_host_is_refused(http), returncode=2) from None
        if options["json"]:
            self.stdout.write(json.dumps(members_of(rehearsal), default=str))
        else:
            self.stdout.write("\n".join(map(for_terminal, _lines(rehearsal))))
        if rehearsal.refused or not rehearsal.deliveries:
            raise CommandError("It would not get what it asks for.", returncode=1)


def members_of(rehearsal: Rehearsal) -> dict[str, Any]:
    """A rehearsal as JSON holds it, texts in the language of whoever asks."""
    page = rehearsal.page
    return {
        "client_id": rehearsal.question.client.client_id,
        "flow": rehearsal.question.flow.slug,
        "steps": [asdict(step) for step in rehearsal.steps],
        "refused": asdict(rehearsal.refused) if rehearsal.refused else None,
        "consent": [asdict(row) for row in page.context["scope_rows"]] if page else None,
        "scopes": [asdict(scope) for scope in rehearsal.scopes],
        "deliveries": [_delivery(delivery) for delivery in rehearsal.deliveries],
    }


def _delivery(delivery: Delivery) -> dict[str, Any]:
    return {**asdict(delivery), "scopes": sorted(delivery.scopes)}


def _question(options: dict[str, Any]) -> Question:
    client = _client(options["client_id"])
    slug = options["flow"] or _usual_flow(client, has_person=bool(options["person"]))
    flow = catalogue.BY_SLUG[slug]
    person = _person(options["person"]) if options["person"] else None
    if person is None and slug not in ("client-credentials", "jwt-bearer"):
        raise CommandError("This flow has a person: name one with --person.", returncode=2)
    since = SignedIn(ago=options["signed_in"], acr=options["acr"])
    return Question(
        client=client,
        flow=flow,
        person=None if slug == "client-credentials" else person,
        scopes=None if options["scope"] is None else frozenset(options["scope"].split()),
        left_out=frozenset(options["left_out"].split()),
        resource=tuple(options["resource"]),
        redirect_uri=options["redirect_uri"],
        response_type=options["response_type"],
        parameters={name: options[name] for name in _PARAMETERS if options[name]},
        signed_in=None if options["not_signed_in"] else since,
    )


def _usual_flow(client: ClientFacts, *, has_person: bool) -> str:
    """The first of the client's own that fits, in the order of the catalogue's recommendation."""
    if not has_person and "client-credentials" in client.flows:
        return "client-credentials"
    own = [slug for slug in catalogue.BY_SLUG if slug in client.flows]
    if "authorization-code-pkce" in own:
        return "authorization-code-pkce"
    if not own:
        raise CommandError("This client may use no flow at all.", returncode=2)
    return own[0]


def _client(client_id: str) -> ClientFacts:
    rows = dot.application_model()._default_manager.select_related("oauthflows_policy", "user")
    application = rows.filter(client_id=client_id).first()
    if application is None:
        raise CommandError("No client has this id.", returncode=2)
    return facts_of(application)


def _person(name: str) -> Any:
    model: Any = get_user_model()
    person = model._default_manager.filter(**{model.USERNAME_FIELD: name}).first()
    if person is None:
        raise CommandError("Nobody has this user name.", returncode=2)
    return person


def _request_to(url: str) -> HttpRequest:
    """A request to this site, under the name that tokens would say."""
    try:
        parts = urlsplit(str(url or ""))
        port = parts.port or {"http": 80, "https": 443}[parts.scheme]
    except (KeyError, ValueError):  # another scheme, or a port that is no number
        parts, port = urlsplit(""), 0
    if not parts.hostname:
        raise CommandError("Say with --url where this site is, or set ISSUER.", returncode=2)
    return WSGIRequest(
        {
            "REQUEST_METHOD": "GET",
            "SERVER_NAME": parts.hostname,
            "SERVER_PORT": str(port),
            "PATH_INFO": "/",
            "wsgi.url_scheme": parts.scheme,
            "wsgi.input": BytesIO(),
        }
    )


def _host_is_refused(http: HttpRequest) -> str:
    """Return the sentence for a host that Django answers no request at (`ALLOWED_HOSTS`)."""
    host = for_terminal(http.META["SERVER_NAME"])
    return f"Django refuses requests to this host. Add '{host}' to ALLOWED_HOSTS, or name another with --url."


def _lines(rehearsal: Rehearsal) -> Iterator[str]:
    for step in rehearsal.steps:
        yield f"{_MARKS[step.mark]} {step.title}" + (f": {step.why}" if step.why else "")
    if rehearsal.refused:
        yield from _refusal(rehearsal.refused)
    yield ""
    for scope in rehearsal.scopes:
        yield f"{'+' if scope.is_given else '-'} {scope.name}: {scope.why}"
    for delivery in rehearsal.deliveries:
        yield ""
        yield from _told(delivery)


def _refusal(refused: Refused) -> Iterator[str]:
    yield f"  error:  {refused.code} ({refused.told})"
    yield f"  rule:   {refused.rule}"
    yield f"  why:    {' '.join(str(refused.why or refused.means).split())}"
    yield f"  fix:    {refused.fix}"
    for paragraph in refused.paragraphs:
        yield f"  see:    {paragraph.name}  {paragraph.address}"


def _told(delivery: Delivery) -> Iterator[str]:
    yield f"{delivery.where}: {' '.join(sorted(delivery.scopes))}"
    if delivery.has_access_token:
        kind = "JWT" if delivery.access_jwt else "opaque"
        yield f"  access token: {kind}, {delivery.expires_in} s, for {' '.join(delivery.audience)}"
        yield from _jwt(delivery.access_jwt)
        refresh = f"{delivery.refresh_idle} s unused, {delivery.refresh_absolute} s at most"
        yield f"  refresh token: {refresh if delivery.has_refresh_token else delivery.no_refresh}"
    if delivery.id_token:
        yield "  ID token:"
        yield from _jwt(delivery.id_token)
    if delivery.userinfo is not None:
        yield f"  userinfo: {json.dumps(delivery.userinfo, default=str)}"


def _jwt(said: JWT | None) -> Iterator[str]:
    """Two lines of JSON, and nothing that could be taken for a token."""
    if said is not None:
        yield f"    header: {json.dumps(said.header)}"
        yield f"    claims: {json.dumps(said.claims, default=str)}"

"""A page for each flow: what it is, from the catalogue, and a walk through it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from typing import Any
from urllib.parse import parse_qsl

from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseRedirect,
)
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.csrf import csrf_exempt

from django_oauthflows.flows.base import Flow, Standing
from django_oauthflows.flows.catalogue import BY_SLUG, FLOWS
from django_oauthflows.rules.base import Rule
from example_project.accounts.people import people_shown_to
from example_project.playground.models import DemoClient
from example_project.playground.provider import internal_url_of, origin_of
from example_project.playground.sessions import keep_session, open_session
from example_project.playground.walks.base import Road, Walk
from example_project.playground.walks.catalogue import WALKS
from example_project.playground.walks.display import Exchange
from example_project.playground.walks.wire import Credentials, Stopped, Wire

COOKIE = "demo_walks"

#: A device may ask again and again; what went over the wire must not fill the session.
MOST_EXCHANGES = 12


class FlowsView(View):
    """Every flow there is, as the catalogue has it."""

    def get(self, request: HttpRequest) -> HttpResponse:
        groups = {
            standing: [flow for flow in FLOWS if flow.standing is standing]
            for standing in (Standing.RECOMMENDED, Standing.LEGACY)
        }
        return render(request, "playground/flows.html", {"groups": groups})


class WalkView(View):
    """A page of one flow, with what this browser's walk has come to at `self.state`.

    Kept are a request's own secrets until its answer comes, as in any client, and what may be shown: no
    token is.
    """

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        slug = kwargs["slug"]
        if slug not in BY_SLUG:
            raise Http404
        self.flow, self.walk = BY_SLUG[slug], WALKS.get(slug)
        self.session = open_session(request, cookie=COOKIE)
        self.state: dict[str, Any] = self.session.get(slug) or _nothing_yet()
        response = super().dispatch(request, *args, **kwargs)
        # A page shows what the API said of one person: nobody keeps a copy.
        response.headers["Cache-Control"] = "no-store"
        keep_session(self.session, response, cookie=COOKIE, below="playground:flows")
        return response

    def take(self, step: Callable[[Walk, Road], str | None]) -> str:
        """Take a step of the walk and keep what came of it; the address it leads to, if it does."""
        if self.walk is None:
            raise Http404
        road, self.state["problem"], url = self.road(), "", None
        try:
            url = step(self.walk, road)
        except Stopped as stopped:
            self.state["problem"] = str(stopped)
        exchanges = [*self.state["exchanges"], *map(asdict, road.wire.exchanges)]
        self.state["exchanges"] = exchanges[-MOST_EXCHANGES:]
        self.session[self.flow.slug] = self.state
        return url or ""

    def road(self) -> Road:
        origin = origin_of(self.request)
        client = get_object_or_404(DemoClient, preset=self.flow.slug)
        credentials = Credentials(
            client_id=client.client_id,
            client_secret=client.client_secret,
            private_key=client.private_key,
        )
        internal_url = internal_url_of(self.request)
        return Road(
            wire=Wire(origin=origin, internal_url=internal_url, client=credentials),
            redirect_uri=origin + reverse("playground:flow-answer", args=[self.flow.slug]),
            kept=self.state["kept"],
        )

    def back(self) -> HttpResponse:
        """To the page of the flow, so that no code stays in an address and no reload sends twice."""
        return redirect(reverse("playground:flow", args=[self.flow.slug]) + "#try")


class FlowView(WalkView):
    """What a flow is, and what happened when it was tried."""

    def get(self, request: HttpRequest, slug: str) -> HttpResponse:
        context = {
            "flow": self.flow,
            "rules": _rules_of(self.flow),
            "walk": self.walk,
            "client": DemoClient.objects.filter(preset=slug).first(),
            "kept": self.state["kept"],
            "problem": self.state["problem"],
            "exchanges": [Exchange(**each) for each in self.state["exchanges"]],
            "people": people_shown_to(request),
        }
        return render(request, "playground/flow.html", context)


class TryView(WalkView):
    """Begin a walk anew, or forget the last one."""

    def post(self, request: HttpRequest, slug: str) -> HttpResponse:
        if "forget" in request.POST:
            self.session.pop(slug, None)
            return self.back()
        self.state = _nothing_yet()
        url = self.take(lambda walk, road: walk.begin(road, request.POST.dict()))
        return HttpResponseRedirect(url) if url else self.back()


# Whoever signs in on the device page meanwhile has another CSRF token than the page that waits. No other site
# can press its button: the cookie of the walks is SameSite, and without it there is none to go on with.
@method_decorator(csrf_exempt, name="dispatch")
class AnswerView(WalkView):
    """Go on with a walk: by what the browser brings back, or at the press of a button."""

    def get(self, request: HttpRequest, slug: str) -> HttpResponse:
        if self.walk is None or not self.walk.comes_back:
            raise Http404
        if self.walk.reads_fragment:
            return render(request, "playground/fragment.html", {"flow": self.flow})
        return self.go_on(request.GET.dict())

    def post(self, request: HttpRequest, slug: str) -> HttpResponse:
        if self.walk is not None and self.walk.reads_fragment:
            return self.go_on(_members_of(request.POST.get("fragment", "")))
        return self.go_on(request.POST.dict())

    def go_on(self, answer: Mapping[str, str]) -> HttpResponse:
        self.take(lambda walk, road: _go_on(walk, road, answer))
        return self.back()


def _go_on(walk: Walk, road: Road, answer: Mapping[str, str]) -> None:
    if walk.go_on is None or not road.kept:
        raise Stopped("This answer belongs to no walk that was started here.")
    try:
        walk.go_on(road, answer)
    finally:
        # An answer is taken once; a device goes on asking until it has one.
        if walk.comes_back:
            road.kept.clear()


def _rules_of(flow: Flow) -> dict[str, list[dict[str, str]]]:
    """Where a flow asks which rules. At an endpoint it does not use, its standing alone would be asked."""
    asked: dict[str, Sequence[Rule[Any]]] = {
        "Before the person is asked": flow.authorization_rules,
        "At the token endpoint": flow.token_rules,
    }
    return {
        where: [_described(rule) for rule in rules]
        for where, rules in asked.items()
        if rules != flow.rules_of_standing
    }


def _described(rule: Rule[Any]) -> dict[str, str]:
    """A rule in words: itself it can be called, and so a template would."""
    return {"name": rule.name, "note": rule.note, "spec": rule.spec, "code": rule.refuses_with}


def _nothing_yet() -> dict[str, Any]:
    return {"kept": {}, "exchanges": [], "problem": ""}


def _members_of(fragment: str) -> dict[str, str]:
    """The parameters of a fragment; none of one that is not like any the provider sends."""
    try:
        return dict(parse_qsl(fragment.removeprefix("#"), max_num_fields=20))
    except ValueError:
        return {}

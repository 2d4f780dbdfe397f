"""The client's pages."""

import hashlib
import time
from contextlib import suppress
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.dateparse import parse_datetime
from django.views import View

from example_project.playground.api import Answer, NotesApi
from example_project.playground.provider import (
    AccessEnded,
    Pending,
    ProviderFailure,
    Token,
    provider_for,
)
from example_project.playground.sessions import keep_session, open_session

#: What the app may ask for, and what it tells people about it. It is of no use without the first.
SCOPES = {
    "notes:read": "Show my notes",
    "notes:write": "Let me add notes from here",
    "profile": "Greet me by my name",
}
NEEDED = "notes:read"

#: Sign-ins may be open in several tabs; those never finished must not fill the session.
MOST_PENDING = 5


class ClientView(View):
    """A page of the client, with the client's own session at `self.session`."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.session = open_session(request)
        try:
            response = super().dispatch(request, *args, **kwargs)
        except ProviderFailure as failure:
            if isinstance(failure, AccessEnded):
                self.session.pop("token", None)
            response = self.explain(failure)
        # A page holds one person's notes: the way back must not show it after they signed out.
        response.headers["Cache-Control"] = "no-store"
        keep_session(self.session, response)
        return response

    def explain(self, failure: ProviderFailure) -> HttpResponseBase:
        self.notice(failure.title, *failure.details, is_error=True)
        return redirect("playground:client")

    def notice(self, title: str, *details: str, is_error: bool = False) -> None:
        """Say something on the next page."""
        self.session["notice"] = {"title": title, "details": details, "is_error": is_error}

    def token(self) -> Token:
        token: Token | None = self.session.get("token")
        if token is None:
            raise ProviderFailure("You are not signed in here.")
        return token

    def keep(self, token: Token, **_: str) -> None:
        """Keep renewed tokens; what the answer left out stays as it was (RFC 6749 §5.1)."""
        self.session["token"] = {**self.session.get("token", {}), **token}

    def api(self) -> NotesApi:
        return NotesApi(provider_for(self.request), self.token(), update_token=self.keep)


class HomeView(ClientView):
    """The person's notes, or the way to sign in."""

    def get(self, request: HttpRequest) -> HttpResponse:
        notice = self.session.pop("notice", None)
        if "token" not in self.session:
            return self.start(notice)
        api = self.api()
        notes = api.call("GET", "/api/notes/")
        scopes = self.token()["scope"].split()
        me = api.call("GET", "/api/me/") if "profile" in scopes else None
        context = {
            "notice": notice,
            "answer": notes,
            "notes": _notes(notes),
            "name": me.body["name"] if me and me.status == HTTPStatus.OK else "",
            "scopes": {scope: scope in scopes for scope in SCOPES},
            "refused": [scope for scope in SCOPES if scope not in scopes],
            "may_write": "notes:write" in scopes,
            "access": _described(self.token()),
            "provider": provider_for(request),
        }
        return render(request, "playground/home.html", context)

    def explain(self, failure: ProviderFailure) -> HttpResponse:
        return self.start({"title": failure.title, "details": failure.details, "is_error": True})

    def start(self, notice: dict[str, Any] | None) -> HttpResponse:
        return render(
            self.request,
            "playground/start.html",
            {"notice": notice, "scopes": SCOPES, "needed": NEEDED},
        )


class SignInView(ClientView):
    """Send the person to the provider."""

    def post(self, request: HttpRequest) -> HttpResponse:
        chosen = {NEEDED, *request.POST.getlist("scopes")}
        url, state, pending = provider_for(request).authorization_request(
            " ".join(scope for scope in SCOPES if scope in chosen)
        )
        waiting = list(self.session.get("pending", {}).items())[-MOST_PENDING + 1 :]
        remembered = {"code_verifier": pending.code_verifier, "scope": pending.scope}
        self.session["pending"] = {**dict(waiting), state: remembered}
        return HttpResponseRedirect(url)


class CallbackView(ClientView):
    """Take the provider's answer, and leave no page behind with a code in its URL."""

    def get(self, request: HttpRequest) -> HttpResponse:
        waiting = dict(self.session.get("pending", {}))
        started = waiting.pop(request.GET.get("state", ""), None)
        # RFC 6749 §10.12: without this, a stranger's code could be planted here.
        if started is None:
            raise ProviderFailure("This answer belongs to no sign-in that was started here.")
        self.session["pending"] = waiting
        provider = provider_for(request)
        token = provider.redeem(request.GET.dict(), Pending(**started))
        replaced = self.session.pop("token", None)
        self.session.cycle_key()
        self.session["token"] = token
        if replaced is not None:
            # Else the sign-in before would stay open at the provider with nobody to use it.
            with suppress(ProviderFailure):
                provider.revoke(replaced)
        return redirect("playground:client")


class AddNoteView(ClientView):
    """Write a note through the API."""

    def post(self, request: HttpRequest) -> HttpResponse:
        note = {"title": request.POST.get("title", ""), "body": request.POST.get("body", "")}
        answer = self.api().call("POST", "/api/notes/", json=note)
        if answer.status == HTTPStatus.CREATED:
            self.notice("Your note is saved.", answer.line)
        else:
            self.notice("The API did not save the note.", *answer.details, is_error=True)
        return redirect("playground:client")


class RefreshView(ClientView):
    """Trade the refresh token before its time."""

    def post(self, request: HttpRequest) -> HttpResponse:
        self.keep(provider_for(request).refresh(self.token()))
        self.notice("New tokens, and nobody was asked.", "The refresh token before is spent.")
        return redirect("playground:client")


class SignOutView(ClientView):
    """Give the tokens back and forget them. Forgetting does not wait for the provider to agree."""

    def post(self, request: HttpRequest) -> HttpResponse:
        token = self.session.pop("token", None)
        if token is not None:
            provider_for(request).revoke(token)
            self.notice("You are signed out.", "The provider has taken its tokens back.")
        return redirect("playground:client")


def _notes(answer: Answer) -> list[dict[str, Any]]:
    if answer.status != HTTPStatus.OK:
        return []
    return [{**note, "created": parse_datetime(note["created"])} for note in answer.body]


def _described(token: Token) -> dict[str, Any]:
    """Describe a token without showing it: a fingerprint is enough to see that it changed."""
    return {
        "fingerprint": hashlib.sha256(token["access_token"].encode()).hexdigest()[:12],
        "expires_in": max(0, int(token.get("expires_at", 0) - time.time())),
        "has_refresh_token": "refresh_token" in token,
    }

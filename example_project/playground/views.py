"""The client's pages."""

import hashlib
import secrets
import time
from contextlib import suppress
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.dateparse import parse_datetime
from django.views import View

from django_oauthflows.outbound.client import Connection, Token
from django_oauthflows.outbound.errors import OutboundError
from example_project.playground.api import Answer, NotesApi
from example_project.playground.provider import (
    AccessEnded,
    ProviderFailure,
    client_for,
    in_words_for_people,
    origin_of,
    redirect_uri_for,
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
                self.session.pop("connection", None)
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

    def connection(self) -> Connection:
        """What the person in this session allowed. The session holds its key, the package its tokens."""
        key: str | None = self.session.get("connection")
        if key is None:
            raise ProviderFailure("You are not signed in here.")
        return client_for(self.request).connection(key)

    def token(self) -> Token:
        token = self.connection().stored()
        if token is None:
            raise AccessEnded()
        return token

    def api(self) -> NotesApi:
        return NotesApi(self.connection(), origin=origin_of(self.request))


class HomeView(ClientView):
    """The person's notes, or the way to sign in."""

    def get(self, request: HttpRequest) -> HttpResponse:
        notice = self.session.pop("notice", None)
        if "connection" not in self.session:
            return self.start(notice)
        api = self.api()
        notes = api.call("GET", "/api/notes/")
        scopes = self.token().scope.split()
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
            "provider": client_for(request).provider,
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
        scope = " ".join(scope for scope in SCOPES if scope in chosen)
        with in_words_for_people():
            started = client_for(request).start(redirect_uri=redirect_uri_for(request), scope=scope)
        waiting = list(self.session.get("pending", {}).items())[-MOST_PENDING + 1 :]
        self.session["pending"] = {**dict(waiting), started.state: started.pending}
        return HttpResponseRedirect(started.url)


class CallbackView(ClientView):
    """Take the provider's answer, and leave no page behind with a code in its URL."""

    def get(self, request: HttpRequest) -> HttpResponse:
        waiting = dict(self.session.get("pending", {}))
        started = waiting.pop(request.GET.get("state", ""), None)
        # RFC 6749 §10.12: without this, a stranger's code could be planted here.
        if started is None:
            raise ProviderFailure("This answer belongs to no sign-in that was started here.")
        self.session["pending"] = waiting
        client, key = client_for(request), secrets.token_urlsafe(16)
        with in_words_for_people():
            client.finish(request.build_absolute_uri(), started, key=key)
        replaced = self.session.pop("connection", None)
        self.session.cycle_key()
        self.session["connection"] = key
        if replaced is not None:
            # Else the sign-in before would stay open at the provider with nobody to use it.
            with suppress(OutboundError):
                client.connection(replaced).disconnect()
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
        with in_words_for_people():
            self.connection().renew(None)
        self.notice("New tokens, and nobody was asked.", "The refresh token before is spent.")
        return redirect("playground:client")


class SignOutView(ClientView):
    """Give the tokens back and forget them. Forgetting does not wait for the provider to agree."""

    def post(self, request: HttpRequest) -> HttpResponse:
        key = self.session.pop("connection", None)
        if key is not None:
            with in_words_for_people():
                client_for(request).connection(key).disconnect()
            self.notice("You are signed out.", "The provider has taken its tokens back.")
        return redirect("playground:client")


def _notes(answer: Answer) -> list[dict[str, Any]]:
    if answer.status != HTTPStatus.OK:
        return []
    return [{**note, "created": parse_datetime(note["created"])} for note in answer.body]


def _described(token: Token) -> dict[str, Any]:
    """Describe a token without showing it: a fingerprint is enough to see that it changed."""
    return {
        "fingerprint": hashlib.sha256(token.access_token.encode()).hexdigest()[:12],
        "expires_in": max(0, int((token.expires or 0) - time.time())),
        "has_refresh_token": bool(token.refresh_token),
    }

"""Workers that die where a request says: before its n-th statement, before a commit, or before its answer.

X-Die-At: statement 3
X-Die-At: commit 1
X-Die-At: answer
"""

import os
import signal
from collections.abc import Callable
from typing import Any

from django.db import connection
from django.http import HttpRequest, HttpResponse


def die() -> None:
    """End this process at once, without any last words."""
    os.kill(os.getpid(), signal.SIGKILL)


class Countdown:
    """Dies when it is called for the n-th time."""

    def __init__(self, calls: int) -> None:
        self.left = calls

    def count(self) -> None:
        self.left -= 1
        if not self.left:
            die()

    def __call__(self, execute: Any, sql: Any, params: Any, many: bool, context: Any) -> Any:
        self.count()
        return execute(sql, params, many, context)


class DyingMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        where, _, number = request.META.get("HTTP_X_DIE_AT", "").partition(" ")
        if where == "statement":
            with connection.execute_wrapper(Countdown(int(number))):
                return self._get_response(request)
        if where == "commit":
            _die_at_commit(Countdown(int(number)))
        response = self._get_response(request)
        if where == "answer":
            die()
        connection.__dict__.pop("commit", None)
        return response


def _die_at_commit(countdown: Countdown) -> None:
    commit = connection.commit

    def dying() -> None:
        countdown.count()
        commit()

    connection.commit = dying  # type: ignore[method-assign]

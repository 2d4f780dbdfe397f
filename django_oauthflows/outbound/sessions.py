"""HTTP sessions of requests that look after their token by themselves."""

from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import requests
from requests.auth import AuthBase

from django_oauthflows.outbound.errors import SignInNeeded
from django_oauthflows.outbound.provider import TIMEOUT
from django_oauthflows.outbound.tokens import Token

if TYPE_CHECKING:
    from django_oauthflows.outbound.connection import Connection


class ConnectionAuth(AuthBase):
    """For requests' `auth=`: a bearer token (RFC 6750 §2.1), and one more try with a new one on a 401."""

    def __init__(self, connection: "Connection") -> None:
        self.connection = connection

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        self.connection.provider.safe(request.url or "")
        token = self.connection.token()
        request.headers["Authorization"] = _header(token)
        body = getattr(request.body, "tell", None)
        start = body() if callable(body) else None
        request.register_hook("response", partial(self._try_again, token, start))
        return request

    def _try_again(
        self, failed: Token, start: int | None, response: requests.Response, **kwargs: Any
    ) -> requests.Response:
        if response.status_code != HTTPStatus.UNAUTHORIZED:
            return response
        # After a redirect to another host requests has taken the header away, and it stays away.
        if response.request.headers.get("Authorization") != _header(failed):
            return response
        response.content  # noqa: B018 - read to its end, so that its connection can be used again
        response.close()
        try:
            token = self.connection.renew(failed)
        except SignInNeeded as error:
            error.response = response
            raise
        again = response.request.copy()
        again.headers["Authorization"] = _header(token)
        if start is not None:
            again.body.seek(start)  # type: ignore[union-attr]  # it told where it was
        answer = response.connection.send(again, **kwargs)
        answer.history.append(response)
        answer.request = again
        return answer


class ConnectionSession(requests.Session):
    """A session whose every request carries the connection's token, and waits no longer than `TIMEOUT`."""

    def __init__(self, connection: "Connection") -> None:
        super().__init__()
        self.auth = ConnectionAuth(connection)

    def request(self, *args: Any, **kwargs: Any) -> requests.Response:
        kwargs.setdefault("timeout", TIMEOUT)
        return super().request(*args, **kwargs)


def _header(token: Token) -> str:
    return f"Bearer {token.access_token}"

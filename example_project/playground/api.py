"""The client's calls to the notes API."""

from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

import requests

from django_oauthflows.outbound.client import Connection
from django_oauthflows.outbound.errors import SignInNeeded
from example_project.playground.provider import AccessEnded, ProviderFailure, in_words_for_people


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One answer of the API, as far as the page shows it."""

    method: str
    path: str
    status: int
    challenge: str
    body: Any

    @property
    def line(self) -> str:
        return f"{self.method} {self.path}: {self.status} {HTTPStatus(self.status).phrase}"

    @property
    def details(self) -> list[str]:
        return [self.line, *([f"WWW-Authenticate: {self.challenge}"] if self.challenge else [])]


class NotesApi:
    """The notes API with one person's access token."""

    def __init__(self, connection: Connection, *, origin: str) -> None:
        self.origin = origin
        self.session = connection.session()

    def call(self, method: str, path: str, *, json: Any = None) -> Answer:
        """Call the API; the session renews an access token whose time is over, or that it refuses.

        Raises `AccessEnded` when neither the API nor the provider wants to know the tokens any more.
        """
        try:
            with in_words_for_people():
                response = self.session.request(method, f"{self.origin}{path}", json=json)
        except AccessEnded as ended:
            refusal = ended.__cause__
            if isinstance(refusal, SignInNeeded) and refusal.response is not None:
                raise AccessEnded(*_answer(method, path, refusal.response).details) from ended
            raise
        except requests.RequestException as error:
            raise ProviderFailure("The API could not be reached.", str(error)) from error
        answer = _answer(method, path, response)
        if answer.status == HTTPStatus.UNAUTHORIZED:
            raise AccessEnded(*answer.details)
        return answer


def _answer(method: str, path: str, response: requests.Response) -> Answer:
    return Answer(
        method=method,
        path=path,
        status=response.status_code,
        challenge=response.headers.get("WWW-Authenticate", ""),
        body=_json(response),
    )


def _json(response: requests.Response) -> Any:
    try:
        return response.json()
    except ValueError:
        return None

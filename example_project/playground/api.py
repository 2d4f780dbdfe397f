"""The client's calls to the notes API."""

from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

import requests
from authlib.integrations.base_client import OAuthError

from example_project.playground.provider import AccessEnded, Provider, ProviderFailure, Token


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

    def __init__(
        self, provider: Provider, token: Token, *, update_token: Callable[..., None]
    ) -> None:
        self.origin = provider.origin
        self.session = provider.session(token=token, update_token=update_token)

    def call(self, method: str, path: str, *, json: Any = None) -> Answer:
        """Call the API; Authlib first refreshes an access token whose time is over.

        Raises `AccessEnded` when the API or the token endpoint does not know the tokens any more.
        """
        try:
            response = self.session.request(method, f"{self.origin}{path}", json=json)
        except OAuthError as error:
            raise AccessEnded(str(error)) from error
        except (requests.RequestException, ValueError) as error:
            raise ProviderFailure("The API could not be reached.", str(error)) from error
        answer = Answer(
            method=method,
            path=path,
            status=response.status_code,
            challenge=response.headers.get("WWW-Authenticate", ""),
            body=_json(response),
        )
        if answer.status == HTTPStatus.UNAUTHORIZED:
            raise AccessEnded(*answer.details)
        return answer


def _json(response: requests.Response) -> Any:
    try:
        return response.json()
    except ValueError:
        return None

"""How this API says no to a good token: recorded under a reference, as every other refusal is."""

from functools import cached_property

from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request

from django_oauthflows.errors import Refusal
from django_oauthflows.resource_server import refusals


class Refused(PermissionDenied):
    """A refusal with its rule and its sentence."""

    def __init__(self, request: Request, refusal: Refusal) -> None:
        super().__init__(refusal.sentence, code=str(refusal.code))
        self._request, self._refusal = request, refusal

    @cached_property
    def auth_header(self) -> str:
        """None, but this is where DRF answers: recorded now, with the reference in the answer's header."""
        refusals.record_for_token(self._request, self._refusal)
        return ""


def not_permitted(request: Request) -> Refused:
    """The person may not do this here, whatever the token's scope."""
    return Refused(request, refusals.not_permitted())

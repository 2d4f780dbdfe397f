"""What can go wrong between this site and a provider. No message holds a token, a code or a secret."""

import requests


class OutboundError(Exception):
    """Any of them."""


class ProviderUnreachable(OutboundError):
    """No usable answer came. Trying again later may help."""


class ProviderRefused(OutboundError):
    """The provider said no with an error code of RFC 6749 §5.2, §4.1.2.1 or RFC 8628 §3.5.

    `description` is the provider's own text, for whoever develops the client (RFC 6749 §5.2).
    """

    def __init__(self, code: str, description: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.description = description


class UnexpectedAnswer(OutboundError):
    """What came to the callback is not the answer to what was started."""


class SignInNeeded(OutboundError):
    """There is no token that could be used or refreshed: only the person can say yes again.

    `response` is the 401 that led here, where one did.
    """

    def __init__(self, sentence: str, *, response: requests.Response | None = None) -> None:
        super().__init__(sentence)
        self.response = response

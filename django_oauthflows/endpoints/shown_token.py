"""The one parameter that revocation and introspection share."""

from django_oauthflows.errors import Code, Refusal
from django_oauthflows.protocol.parameters import Parameters


def token_of(parameters: Parameters) -> str:
    """The `token` parameter (RFC 7009 §2.1, RFC 7662 §2.1). Raises `Refusal` where it is missing."""
    if token := parameters.text("token"):
        return token
    raise Refusal(
        Code.INVALID_REQUEST,
        "The token is missing.",
        rule="token_must_be_sent",
        spec="RFC 7009 §2.1",
    )

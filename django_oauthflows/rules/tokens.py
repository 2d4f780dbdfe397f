"""Questions about an access token when it is used (RFC 6750 §3.1, RFC 7662 §2.2)."""

from django_oauthflows.errors import Code
from django_oauthflows.rules.base import Rule, rule
from django_oauthflows.rules.requests import TokenUse


@rule(spec="RFC 6750 §3.1", refuses_with=Code.INVALID_TOKEN, status=401)
def access_token_must_exist(use: TokenUse) -> str | None:
    """The same words for a token that never was and one that was revoked."""
    return None if use.exists else "The access token is unknown, revoked or expired."


@rule(spec="RFC 6750 §3.1", refuses_with=Code.INVALID_TOKEN, status=401)
def access_token_must_not_be_expired(use: TokenUse) -> str | None:
    """Checked on each use, whether or not the row was cleaned up yet."""
    if use.expires is None or use.expires <= use.now:
        return "The access token is unknown, revoked or expired."
    return None


@rule(spec="RFC 6750 §3.1", refuses_with=Code.INVALID_TOKEN, status=401)
def access_token_client_must_be_enabled(use: TokenUse) -> str | None:
    """A disabled client's tokens stop at their next use."""
    return None if use.client_is_enabled else "The access token is unknown, revoked or expired."


@rule(spec="RFC 6750 §3.1", refuses_with=Code.INVALID_TOKEN, status=401)
def access_token_person_must_be_active(use: TokenUse) -> str | None:
    """A deactivated person's tokens stop at their next use."""
    return None if use.person_is_active else "The access token is unknown, revoked or expired."


@rule(spec="RFC 8707 §2", refuses_with=Code.INVALID_TOKEN, status=401)
def access_token_must_be_meant_for_this_resource(use: TokenUse) -> str | None:
    """A token for one API is not taken to another."""
    return (
        None
        if use.is_meant_for_this_resource
        else "The access token is not meant for this resource."
    )


USE_RULES: tuple[Rule[TokenUse], ...] = (
    access_token_must_exist,
    access_token_must_not_be_expired,
    access_token_client_must_be_enabled,
    access_token_person_must_be_active,
    access_token_must_be_meant_for_this_resource,
)

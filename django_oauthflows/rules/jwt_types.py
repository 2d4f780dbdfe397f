"""The `typ` of every kind of JWT that this server signs or reads (RFC 7515 §4.1.9, RFC 8725 §3.11).

One key signs several kinds, so each kind has a type of its own, and each reader demands the type that it
expects. ID tokens keep `JWT`, which relying parties compare with.
"""

#: OpenID Connect Core §2.
ID_TOKEN = "JWT"
#: OpenID Connect Core §5.3.2. No specification registers a type for it.
USERINFO = "userinfo+jwt"
#: RFC 9068 §2.1.
ACCESS_TOKEN = "at+jwt"
#: RFC 9701 §5.
INTROSPECTION = "token-introspection+jwt"
#: OpenID Connect Back-Channel Logout 1.0 §2.4.
LOGOUT_TOKEN = "logout+jwt"

#: All that this server signs, without two of the same.
SIGNED_HERE = (ID_TOKEN, USERINFO, ACCESS_TOKEN, INTROSPECTION, LOGOUT_TOKEN)

#: Signed by others: RFC 9101 §10.8, and the two that the successor of RFC 7523 names.
REQUEST_OBJECT = "oauth-authz-req+jwt"
CLIENT_ASSERTION = "client-authentication+jwt"
GRANT_ASSERTION = "authorization-grant+jwt"
#: RFC 7591 §2.3 registers none; most are untyped.
SOFTWARE_STATEMENT = "software-statement+jwt"
#: A JWT that does not say which kind it is, as others sign most of theirs.
UNTYPED = ("", "jwt")


def is_of_type(typ: object, *expected: str) -> bool:
    """Return whether a header's `typ` is one of the expected types.

    A media type is compared without regard to case, and `application/` may be left out (RFC 7515 §4.1.9).
    """
    return isinstance(typ, str) and shortened(typ) in {shortened(one) for one in expected}


def shortened(typ: str) -> str:
    """Return a type in the one form in which two can be compared."""
    return typ.lower().removeprefix("application/")

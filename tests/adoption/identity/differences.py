"""Every difference between what relying parties see before and after the swap, with its reason.

The same list stands in docs/how-to/migrate-from-dot.md.
"""

ID_TOKEN, USERINFO, DOCUMENT, KEYS = "ID token", "userinfo", "metadata", "JWKS"

#: Members that are new, by where they are.
ADDED: dict[str, dict[str, str]] = {
    ID_TOKEN: {
        "azp": "The client once more, for those that look there (OpenID Connect Core §2).",
        "sid": "The session, by which a client is told of sign-outs (Front-Channel Logout 1.0 §3).",
    },
    USERINFO: {
        name: f"A standard claim of the granted scope {scope} (OpenID Connect Core §5.4)."
        for name, scope in (
            ("preferred_username", "profile"),
            ("family_name", "profile"),
            ("email", "email"),
        )
    },
}
#: Members of one moment: each sign-in has values of its own.
OF_THE_MOMENT = ("iat", "exp", "auth_time", "at_hash", "jti")
#: Members of the metadata that name less than before, and why. All others name as much, or more.
NARROWED: dict[str, str] = {
    "code_challenge_methods_supported": "S256 alone (RFC 9700 §2.1.1).",
    "response_types_supported": "Only what a client of the site may use; no token in a URL by default "
    "(RFC 9700 §2.1.2).",
}
#: An ID token lives this long in seconds before and after, as long as ID_TOKEN_EXPIRE_SECONDS is not written.
LIFETIME = (36_000, 3600)

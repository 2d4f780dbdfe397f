"""Settings by which known programs send PKCE (RFC 7636), for whoever registers one of them as a client.

Most of these programs leave it out until they are told. The settings are named as in their documentation.
"""

#: The program, and what to set in it.
SWITCHES: tuple[tuple[str, str], ...] = (
    ("Auth.js, NextAuth", 'checks: ["pkce", "state"]'),
    ("Authlib", 'client_kwargs={"code_challenge_method": "S256"}'),
    ("django-allauth", '"OAUTH_PKCE_ENABLED": True'),
    ("Flask-Dance", "use_pkce=True"),
    ("Grafana", "use_pkce = true"),
    ("mozilla-django-oidc", "OIDC_USE_PKCE = True"),
    ("oauth2-proxy", "--code-challenge-method=S256"),
    ("Passport (passport-oauth2)", "pkce: true, state: true"),
    ("Quarkus", "quarkus.oidc.authentication.pkce-required=true"),
    ("requests-oauthlib", 'pkce="S256"'),
    ("Swagger UI", "usePkceWithAuthorizationCodeGrant: true"),
)


def switches_in_a_sentence() -> str:
    """Return all of them, one after the other."""
    return "; ".join(f"{program}: {setting}" for program, setting in SWITCHES)

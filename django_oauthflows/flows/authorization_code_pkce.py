"""The authorization code flow with PKCE, the default for every client (RFC 7636, OAuth 2.1 §4.1).

The same rules as without: a challenge, once sent, is what the verifier must match.
"""

from django.utils.translation import gettext_lazy as _

from django_oauthflows.flows.authorization_code import AUTHORIZATION_RULES, TOKEN_RULES
from django_oauthflows.flows.base import Actor, Flow, Standing, Step

AUTHORIZATION_CODE_PKCE = Flow(
    slug="authorization-code-pkce",
    name="Authorization code with PKCE",
    serves="Mobile apps, single-page apps, and everyone",
    standing=Standing.RECOMMENDED,
    specification="RFC 7636",
    person_sees="sign-in, consent",
    why=_(
        "People sign in on this site, never in the app. What travels through the browser is a "
        "code, and it is worthless without a proof the app keeps to itself."
    ),
    grant_type="authorization_code",
    response_types=("code",),
    uses_pkce=True,
    may_be_refreshed=True,
    steps=(
        Step(actor=Actor.CLIENT, does="makes up a secret verifier and keeps it"),
        Step(
            actor=Actor.CLIENT, does="sends the browser to the authorization endpoint with its hash"
        ),
        Step(actor=Actor.PERSON, does="signs in and agrees to what the client may do"),
        Step(actor=Actor.SERVER, does="sends the browser back with a code bound to that hash"),
        Step(actor=Actor.CLIENT, does="redeems the code by showing the verifier"),
    ),
    security_notes=(
        "A stolen code is worthless without the verifier.",
        "Works without a client secret.",
    ),
    authorization_rules=AUTHORIZATION_RULES,
    token_rules=TOKEN_RULES,
)

"""The hybrid flow: a token at once and a code beside it (Multiple Response Type Encoding Practices §5).

The token may be an ID token, an access token or both (OpenID Connect Core §3.3). An access token in the front
channel has every weakness of the implicit grant; the code is redeemed as any other, and what it earns can be
refreshed. Should the code come twice, both access tokens end.
"""

from django.utils.translation import gettext_lazy as _

from django_oauthflows.flows.authorization_code import AUTHORIZATION_RULES, TOKEN_RULES
from django_oauthflows.flows.base import Actor, Flow, Standing, Step
from django_oauthflows.rules.id_tokens import ID_TOKEN_RULES

HYBRID = Flow(
    slug="hybrid",
    name="Hybrid",
    serves="Clients that need a token in the browser and another on their server",
    standing=Standing.LEGACY,
    specification="OAuth 2.0 Multiple Response Type Encoding Practices §5",
    person_sees="sign-in, consent",
    why=_(
        "Part of the answer comes through the browser at once. Only for old clients that are "
        "built so."
    ),
    grant_type="authorization_code",
    response_types=("code token", "code id_token", "code id_token token"),
    may_be_refreshed=True,
    steps=(
        Step(actor=Actor.CLIENT, does="sends the person's browser to the authorization endpoint"),
        Step(actor=Actor.PERSON, does="signs in and agrees to what the client may do"),
        Step(
            actor=Actor.SERVER,
            does="sends the browser back with an access token and a code in the fragment of the URL",
        ),
        Step(actor=Actor.CLIENT, does="hands the code to its server, which redeems it for tokens"),
    ),
    security_notes=(
        "The first token stands in a URL, as in the implicit flow.",
        "Public clients must use PKCE for the code.",
    ),
    authorization_rules=(*AUTHORIZATION_RULES, *ID_TOKEN_RULES),
    token_rules=TOKEN_RULES,
)

"""The resource owner password credentials grant (RFC 6749 §4.3).

RFC 9700 §2.4 forbids it: the person hands the password to somebody else than the site it belongs to. Kept for
legacy apps of one's own house under the legacy profile. Client, grant and request are checked before the
password, so that nobody else learns anything of it; what follows stands in `protocol/passwords.py`.
"""

from django.utils.translation import gettext_lazy as _

from django_oauthflows.flows.base import Actor, Flow, Standing, Step
from django_oauthflows.rules.authorization import (
    resource_must_be_allowed_for_client,
    resource_must_be_an_absolute_uri,
)
from django_oauthflows.rules.passwords import password_must_be_sent, username_must_be_sent
from django_oauthflows.rules.scopes import (
    scopes_must_be_allowed_for_client,
    scopes_must_not_be_empty,
)

PASSWORD = Flow(
    slug="password",
    name="Password",
    serves="Legacy apps of one's own house",
    standing=Standing.LEGACY,
    specification="RFC 6749 §4.3",
    person_sees="nothing",
    why=_(
        "The app asks people for their passwords itself, so it could keep them, and no second "
        "factor protects them. Only until it can send people to the sign-in page."
    ),
    grant_type="password",
    may_be_refreshed=True,
    steps=(
        Step(actor=Actor.PERSON, does="types name and password into the client itself"),
        Step(actor=Actor.CLIENT, does="sends both to the token endpoint"),
        Step(actor=Actor.SERVER, does="asks Django's backends and answers with tokens"),
    ),
    security_notes=(
        "The client sees the password, and people learn to type it anywhere.",
        "No page of this site is shown: no second factor, no passkey, no consent.",
        "Guesses are limited per account, client and network.",
    ),
    token_rules=(
        username_must_be_sent,
        password_must_be_sent,
        scopes_must_be_allowed_for_client,
        scopes_must_not_be_empty,
        resource_must_be_an_absolute_uri,
        resource_must_be_allowed_for_client,
    ),
)

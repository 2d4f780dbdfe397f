"""What to do about a refusal, by the rule that said no: for the administrator who helps a client's developer.

Every rule has its step, which says what to change and where. A rule of a later version, or of an API's own,
is explained by its own note and by what its error code means.
"""

from django.utils.functional import Promise

from django_oauthflows.audit.fixes.exchanges import OF_EXCHANGES
from django_oauthflows.audit.fixes.introspection import OF_INTROSPECTION
from django_oauthflows.audit.fixes.openid import OF_OPENID
from django_oauthflows.audit.fixes.registrations import OF_REGISTRATIONS
from django_oauthflows.audit.fixes.requests import OF_REQUESTS
from django_oauthflows.audit.fixes.shapes import OF_SHAPES

FIXES: dict[str, str | Promise] = {
    **OF_REQUESTS,
    **OF_SHAPES,
    **OF_EXCHANGES,
    **OF_INTROSPECTION,
    **OF_OPENID,
    **OF_REGISTRATIONS,
}

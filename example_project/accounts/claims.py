"""What clients may be told of people, beside what stands in Django's user model."""

from django_oauthflows.identity.related_claims import claims_of_row

CLAIMS = claims_of_row(lambda person: getattr(person, "details", None))

"""The app's tables, gathered from the concepts they belong to."""

from django_oauthflows.audit.models import AuditEvent
from django_oauthflows.clients.dynamic.models import ClientRegistration, InitialAccessToken
from django_oauthflows.clients.jwt_ids import UsedJwtId
from django_oauthflows.clients.models import ClientOwner, ClientPolicy, ClientSecret
from django_oauthflows.clients.one_time_models import OneTimeDisplay
from django_oauthflows.clients.review.models import ClientReview
from django_oauthflows.consent.models import Consent
from django_oauthflows.identity.models import LogoutDelivery, LogoutFailure
from django_oauthflows.keys.models import SigningKey
from django_oauthflows.outbound.models import StoredToken
from django_oauthflows.protocol.models import KeptRequest
from django_oauthflows.sessions.models import ProviderSession
from django_oauthflows.tokens.models import Authorization
from django_oauthflows.traffic.models import RequestCount, RequestShape

__all__ = [
    "AuditEvent",
    "Authorization",
    "ClientOwner",
    "ClientPolicy",
    "ClientRegistration",
    "ClientReview",
    "ClientSecret",
    "Consent",
    "InitialAccessToken",
    "KeptRequest",
    "LogoutDelivery",
    "LogoutFailure",
    "OneTimeDisplay",
    "ProviderSession",
    "RequestCount",
    "RequestShape",
    "SigningKey",
    "StoredToken",
    "UsedJwtId",
]

"""The admin screens, gathered from the concepts they belong to.

The screens of django-oauth-toolkit's own models are replaced through its settings, see `dot.TIGHTENED`.
"""

from django.contrib import admin

from django_oauthflows import dot
from django_oauthflows.audit.admin import AuditEventAdmin
from django_oauthflows.clients.dynamic.admin import InitialAccessTokenAdmin
from django_oauthflows.consent.admin import ConsentAdmin
from django_oauthflows.identity.admin import LogoutDeliveryAdmin
from django_oauthflows.keys.admin import SigningKeyAdmin
from django_oauthflows.models import (
    AuditEvent,
    Authorization,
    Consent,
    InitialAccessToken,
    LogoutDelivery,
    ProviderSession,
    SigningKey,
)
from django_oauthflows.sessions.admin import ProviderSessionAdmin
from django_oauthflows.tokens.admin import AuthorizationAdmin

if dot.is_installed():
    admin.site.register(AuditEvent, AuditEventAdmin)
    admin.site.register(Authorization, AuthorizationAdmin)
    admin.site.register(Consent, ConsentAdmin)
    admin.site.register(InitialAccessToken, InitialAccessTokenAdmin)
    admin.site.register(LogoutDelivery, LogoutDeliveryAdmin)
    admin.site.register(ProviderSession, ProviderSessionAdmin)
    admin.site.register(SigningKey, SigningKeyAdmin)

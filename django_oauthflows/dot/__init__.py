"""The only door to django-oauth-toolkit (DOT): its models, settings, scopes and secrets.

Whatever else of DOT a module needs comes through here, so that a release of DOT that moves its own modules
touches this folder alone. What is imported at the top is safe while apps are loading; models are asked for by
function, after they have loaded and with whatever the project swapped in.
"""

from django_oauthflows.dot.applications import (
    FLOWS_OF_GRANT_TYPE,
    fetch_client_document,
    fetches_client_documents_itself,
    generate_client_id,
    permits_client_document,
    takes_client_documents,
    wildcard_redirect_uri_matches,
)
from django_oauthflows.dot.client_columns import (
    authentication_method,
    client_jwks,
    client_jwks_uri,
    must_push_requests,
    validate_address,
)
from django_oauthflows.dot.lifetimes import (
    LifetimeRequest,
    access_token_seconds,
    longest_access_token_seconds,
    seconds,
)
from django_oauthflows.dot.models import (
    APPLICATION_MODEL,
    access_token_model,
    application_model,
    applications,
    applications_ask_their_own_model,
    device_grant_model,
    grant_model,
    id_token_model,
    refresh_token_model,
    token_database,
)
from django_oauthflows.dot.own_model import (
    allows_origin,
    overridden,
    overrides,
    refuses_redirect_uri,
)
from django_oauthflows.dot.resources import (
    resource_allows,
    resource_is_prefix_of,
    takes_access_tokens,
)
from django_oauthflows.dot.scopes import (
    ALL_SCOPES,
    OPENID,
    OPENID_SCOPES,
    all_scopes,
    available_scopes,
    default_scopes,
    is_openid_provider,
    named_default_scopes,
    names_openid,
    open_scopes,
    requestable_scopes,
    resource_scopes,
    scopes_of_apis,
    server_default_scopes,
)
from django_oauthflows.dot.secrets import (
    check_slow_secret,
    is_slow_secret,
    plain_secret,
    unusable_secret,
    usable_secret,
)
from django_oauthflows.dot.settings import (
    TIGHTENED,
    asks_each_time,
    deletes_tokens_at_logout,
    is_switched_off,
    is_switched_on,
    lets_clients_omit_pkce,
    project_says,
    setting,
    tighten_defaults,
    written,
)
from django_oauthflows.dot.signals import (
    somebody_hears_of_tokens,
    tell_app_authorized,
)
from django_oauthflows.dot.surroundings import (
    is_written_by_dot,
    receivers_of_app_authorized,
    view_of_dot,
)
from django_oauthflows.dot.system_checks import (
    leave_out_errors_of_our_own_making,
)
from django_oauthflows.dot.validator import (
    methods_of_validator,
)

__all__ = [
    "ALL_SCOPES",
    "APPLICATION_MODEL",
    "FLOWS_OF_GRANT_TYPE",
    "OPENID",
    "OPENID_SCOPES",
    "TIGHTENED",
    "LifetimeRequest",
    "access_token_model",
    "access_token_seconds",
    "all_scopes",
    "allows_origin",
    "application_model",
    "applications",
    "applications_ask_their_own_model",
    "asks_each_time",
    "authentication_method",
    "available_scopes",
    "check_slow_secret",
    "client_jwks",
    "client_jwks_uri",
    "default_scopes",
    "deletes_tokens_at_logout",
    "device_grant_model",
    "fetch_client_document",
    "fetches_client_documents_itself",
    "generate_client_id",
    "grant_model",
    "id_token_model",
    "is_openid_provider",
    "is_slow_secret",
    "is_switched_off",
    "is_switched_on",
    "is_written_by_dot",
    "leave_out_errors_of_our_own_making",
    "lets_clients_omit_pkce",
    "longest_access_token_seconds",
    "methods_of_validator",
    "must_push_requests",
    "named_default_scopes",
    "names_openid",
    "open_scopes",
    "overridden",
    "overrides",
    "permits_client_document",
    "plain_secret",
    "project_says",
    "receivers_of_app_authorized",
    "refresh_token_model",
    "refuses_redirect_uri",
    "requestable_scopes",
    "resource_allows",
    "resource_is_prefix_of",
    "resource_scopes",
    "scopes_of_apis",
    "seconds",
    "server_default_scopes",
    "setting",
    "somebody_hears_of_tokens",
    "takes_access_tokens",
    "takes_client_documents",
    "tell_app_authorized",
    "tighten_defaults",
    "token_database",
    "unusable_secret",
    "usable_secret",
    "validate_address",
    "view_of_dot",
    "wildcard_redirect_uri_matches",
    "written",
]

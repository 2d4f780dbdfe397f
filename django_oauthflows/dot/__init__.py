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
from django_oauthflows.dot.installed import APPS_LINE, NOT_INSTALLED, is_installed, not_installed
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
    are_scopes,
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
    is_switched_off,
    is_switched_on,
    project_says,
    setting,
    tighten_defaults,
    written,
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
    "APPS_LINE",
    "FLOWS_OF_GRANT_TYPE",
    "NOT_INSTALLED",
    "OPENID",
    "OPENID_SCOPES",
    "TIGHTENED",
    "access_token_model",
    "all_scopes",
    "application_model",
    "applications",
    "applications_ask_their_own_model",
    "are_scopes",
    "available_scopes",
    "check_slow_secret",
    "default_scopes",
    "device_grant_model",
    "fetch_client_document",
    "fetches_client_documents_itself",
    "generate_client_id",
    "grant_model",
    "id_token_model",
    "is_installed",
    "is_openid_provider",
    "is_slow_secret",
    "is_switched_off",
    "is_switched_on",
    "leave_out_errors_of_our_own_making",
    "methods_of_validator",
    "named_default_scopes",
    "names_openid",
    "not_installed",
    "open_scopes",
    "permits_client_document",
    "plain_secret",
    "project_says",
    "refresh_token_model",
    "requestable_scopes",
    "resource_allows",
    "resource_is_prefix_of",
    "resource_scopes",
    "scopes_of_apis",
    "server_default_scopes",
    "setting",
    "takes_access_tokens",
    "takes_client_documents",
    "tighten_defaults",
    "token_database",
    "unusable_secret",
    "usable_secret",
    "wildcard_redirect_uri_matches",
    "written",
]

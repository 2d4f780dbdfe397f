"""What `manage.py check` says about this app: mistakes at any time, unsafe choices with `--deploy`.

Every id is used once and never again for anything else.
"""

from django.core import checks


def register_for_half_a_site() -> None:
    """Tell Django about the one check of a project in which nothing of this app can work yet."""
    from django_oauthflows.checks import apps_missing

    checks.register(apps_missing.check_toolkit, checks.Tags.compatibility)


def register() -> None:
    """Tell Django about the checks; called once when the app is ready."""
    from django_oauthflows import dot
    from django_oauthflows.adoption import contracts, left_applications, signatures
    from django_oauthflows.checks import (
        admin_screens,
        apps_missing,
        challenges,
        deployment,
        first_steps,
        installation,
        known_programs,
        lost_secrets,
        mcp_servers,
        registering,
        signing_in,
        surroundings,
        told_claims,
    )

    dot.leave_out_errors_of_our_own_making()
    checks.register(apps_missing.check_rest_framework, checks.Tags.compatibility)
    checks.register(installation.check_settings, checks.Tags.compatibility)
    checks.register(first_steps.check_scopes, checks.Tags.compatibility)
    checks.register(first_steps.check_issuer, checks.Tags.compatibility)
    checks.register(first_steps.check_login_page, checks.Tags.urls)
    checks.register(first_steps.check_tables, checks.Tags.security, deploy=True)
    checks.register(challenges.check_order_of_authenticators, checks.Tags.urls)
    checks.register(contracts.check_contracts, checks.Tags.compatibility)
    checks.register(installation.check_deliveries, checks.Tags.compatibility)
    checks.register(installation.check_urls, checks.Tags.urls)
    checks.register(known_programs.check_known_programs, checks.Tags.compatibility)
    checks.register(registering.check_registration, checks.Tags.urls)
    checks.register(mcp_servers.check_mcp_servers, checks.Tags.urls)
    checks.register(signing_in.check_signing_in, checks.Tags.urls)
    checks.register(told_claims.check_told_claims, checks.Tags.urls)
    checks.register(signing_in.check_popups, checks.Tags.compatibility, deploy=True)
    checks.register(signing_in.check_cookies, checks.Tags.security, deploy=True)
    checks.register(deployment.check_settings, checks.Tags.security, deploy=True)
    checks.register(deployment.check_clients, checks.Tags.security, deploy=True)
    checks.register(left_applications.check_left_applications, checks.Tags.security, deploy=True)
    checks.register(signatures.check_signatures, checks.Tags.security, deploy=True)
    checks.register(deployment.check_pairwise_subjects, checks.Tags.security, deploy=True)
    checks.register(lost_secrets.check_lost_secrets, checks.Tags.security, deploy=True)
    checks.register(admin_screens.check_lookups, checks.Tags.security, deploy=True)
    checks.register(surroundings.check_caches, checks.Tags.security, deploy=True)
    checks.register(surroundings.check_databases, checks.Tags.security, deploy=True)
    checks.register(deployment.check_urls, checks.Tags.security, deploy=True)

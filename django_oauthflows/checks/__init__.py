"""What `manage.py check` says about this app: mistakes at any time, unsafe choices with `--deploy`.

Every id is used once and never again for anything else.
"""

from django.core import checks


def register() -> None:
    """Tell Django about the checks; called once when the app is ready."""
    from django_oauthflows import dot
    from django_oauthflows.adoption import contracts, signatures
    from django_oauthflows.checks import (
        admin_screens,
        deployment,
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
    checks.register(installation.check_settings, checks.Tags.compatibility)
    checks.register(contracts.check_contracts, checks.Tags.compatibility)
    checks.register(installation.check_deliveries, checks.Tags.compatibility)
    checks.register(installation.check_urls, checks.Tags.urls)
    checks.register(known_programs.check_known_programs, checks.Tags.compatibility)
    checks.register(registering.check_registration, checks.Tags.urls)
    checks.register(mcp_servers.check_mcp_servers, checks.Tags.urls)
    checks.register(signing_in.check_signing_in, checks.Tags.urls)
    checks.register(told_claims.check_told_claims, checks.Tags.urls)
    checks.register(signing_in.check_popups, checks.Tags.compatibility, deploy=True)
    checks.register(deployment.check_settings, checks.Tags.security, deploy=True)
    checks.register(deployment.check_clients, checks.Tags.security, deploy=True)
    checks.register(signatures.check_signatures, checks.Tags.security, deploy=True)
    checks.register(deployment.check_pairwise_subjects, checks.Tags.security, deploy=True)
    checks.register(lost_secrets.check_lost_secrets, checks.Tags.security, deploy=True)
    checks.register(admin_screens.check_lookups, checks.Tags.security, deploy=True)
    checks.register(surroundings.check_caches, checks.Tags.security, deploy=True)
    checks.register(surroundings.check_databases, checks.Tags.security, deploy=True)
    checks.register(deployment.check_urls, checks.Tags.security, deploy=True)

"""What `manage.py check` says about this app: mistakes at any time, unsafe choices with `--deploy`.

Every id is used once and never again for anything else.
"""

from django.core import checks


def register() -> None:
    """Tell Django about the checks; called once when the app is ready."""
    from django_oauthflows.checks import deployment, installation, signing_in

    checks.register(installation.check_settings, checks.Tags.compatibility)
    checks.register(installation.check_deliveries, checks.Tags.compatibility)
    checks.register(installation.check_urls, checks.Tags.urls)
    checks.register(signing_in.check_signing_in, checks.Tags.urls)
    checks.register(deployment.check_settings, checks.Tags.security, deploy=True)
    checks.register(deployment.check_clients, checks.Tags.security, deploy=True)
    checks.register(deployment.check_replay_store, checks.Tags.security, deploy=True)
    checks.register(deployment.check_urls, checks.Tags.security, deploy=True)

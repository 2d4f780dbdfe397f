"""What a site of these tests begins with, as JSON: python -m tests.faults.seed"""

import json
import sys
from secrets import token_hex
from typing import Any

import django

CHAINS = 12


def seed() -> dict[str, Any]:
    from django.core.cache import cache

    from django_oauthflows.testing.factories import PersonFactory
    from tests.stories import begin as begin_with

    def begin(**options: Any) -> Any:
        """A story of somebody whom no earlier seed made."""
        return begin_with(person=PersonFactory(username=token_hex(8)), **options)

    cache.clear()
    app = begin()
    chains = []
    for _ in range(CHAINS):
        story = begin(registered=app.registered)
        pair = story.tokens()
        chains.append({"refresh": pair["refresh_token"], "access": pair["access_token"]})
    service = begin(preset="service", redirect_uris=()).registered
    signing = begin(preset="service-account", redirect_uris=()).registered
    legacy = begin(preset="legacy-app", redirect_uris=())
    revoked = begin(registered=app.registered)
    ended = revoked.tokens()
    revoked.post("revoke", token=ended["refresh_token"])
    return {
        "app": [app.registered.client_id, app.registered.client_secret],
        "service": [service.client_id, service.client_secret],
        "signing": [signing.client_id, ""],
        "legacy": [
            legacy.registered.client_id,
            legacy.registered.client_secret,
            legacy.person.username,
        ],
        "chains": chains,
        "revoked": ended["access_token"],
    }


if __name__ == "__main__":
    django.setup()
    sys.stdout.write(json.dumps(seed()))

"""Somebody with a group, and a client of each algorithm of django-oauth-toolkit's. Prints the clients."""

import json
import sys

import django

REDIRECT_URI = "https://client.example/callback"
SIGNED_OUT = "https://client.example/signed-out"
PASSWORD = "correct horse battery staple"
ALGORITHMS = ("RS256", "HS256")


def fill() -> dict[str, dict[str, str]]:
    from django.contrib.auth.models import Group, User
    from oauth2_provider.models import Application

    ada = User.objects.create_user("ada", "ada@example.com", PASSWORD, last_name="Lovelace")
    ada.groups.add(Group.objects.create(name="physicians"))
    clients = {}
    for algorithm in ALGORITHMS:
        application = Application(
            name=f"The {algorithm} client",
            client_type="confidential",
            authorization_grant_type="authorization-code",
            redirect_uris=REDIRECT_URI,
            post_logout_redirect_uris=SIGNED_OUT,
            algorithm=algorithm,
            hash_client_secret=False,
        )
        application.save()
        clients[algorithm] = {
            "client_id": application.client_id,
            "client_secret": application.client_secret,
        }
    return clients


if __name__ == "__main__":
    django.setup()
    json.dump(fill(), sys.stdout)

"""Fill the site with applications that are treated otherwise after the swap."""

import django

#: By name: what is unusual about each application.
APPLICATIONS = {
    "public service": {"client_type": "public", "authorization_grant_type": "client-credentials"},
    "implicit": {"client_type": "public", "authorization_grant_type": "implicit"},
    "hybrid": {"client_type": "confidential", "authorization_grant_type": "openid-hybrid"},
    "password": {"client_type": "confidential", "authorization_grant_type": "password"},
    "in the clear": {"redirect_uris": "http://app.example/callback"},
    "starred": {"redirect_uris": "https://*.app.example/callback"},
    "blank": {"client_secret": "", "hash_client_secret": False},
    "readable": {"hash_client_secret": False},
    "first-party": {"skip_authorization": True},
    "usual": {"redirect_uris": "https://app.example/callback http://127.0.0.1/callback"},
}
USUAL = {
    "client_type": "confidential",
    "authorization_grant_type": "authorization-code",
    "redirect_uris": "https://app.example/callback",
}


def fill() -> None:
    from datetime import timedelta

    from django.contrib.auth import get_user_model
    from django.utils import timezone
    from oauth2_provider.models import AccessToken, Application, RefreshToken

    for name, unusual in APPLICATIONS.items():
        Application.objects.create(
            name=name, client_id=f"the-{name}".replace(" ", "-"), **USUAL | unusual
        )
    ada = get_user_model().objects.create_user("ada", is_active=False)
    application = Application.objects.get(name="usual")
    AccessToken.objects.create(
        user=ada,
        application=application,
        token="live",
        expires=timezone.now() + timedelta(hours=1),
    )
    old = RefreshToken.objects.create(user=ada, application=application, token="old")
    RefreshToken.objects.filter(pk=old.pk).update(created=timezone.now() - timedelta(days=31))


if __name__ == "__main__":
    django.setup()
    fill()

"""What the client was given when it was registered."""

from django.db import models


class DemoClient(models.Model):
    """The credentials of one client of the demo.

    A real client keeps these in its environment and never in a table: the demo registers its
    clients by itself and has to keep the secrets somewhere, since the provider shows them once. They
    are known by the preset they show, by the name of the site they are, or by the flow they walk.
    """

    preset = models.CharField(max_length=50, unique=True)
    client_id = models.CharField(max_length=255)
    client_secret = models.CharField(max_length=255, blank=True)
    #: A JWK, of a client that signs and has no secret.
    private_key = models.TextField(blank=True)

    def __str__(self) -> str:
        return self.preset

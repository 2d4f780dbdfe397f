"""What the site knows of people beyond Django's user model, by the names of the claims."""

from django.conf import settings
from django.db import models


class Details(models.Model):
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="details"
    )
    middle_name = models.CharField(max_length=100, blank=True)
    nickname = models.CharField(max_length=100, blank=True)
    profile = models.URLField(blank=True)
    picture = models.URLField(blank=True)
    website = models.URLField(blank=True)
    gender = models.CharField(max_length=50, blank=True)
    birthdate = models.DateField(null=True, blank=True)
    zoneinfo = models.CharField(max_length=50, blank=True)
    locale = models.CharField(max_length=20, blank=True)
    address = models.JSONField(default=dict, blank=True)
    phone_number = models.CharField(max_length=30, blank=True)
    phone_number_verified = models.BooleanField(default=False)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name_plural = "details"

    def __str__(self) -> str:
        return str(self.user)

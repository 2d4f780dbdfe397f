"""Values that wait, encrypted, for the one page that shows them; see `one_time_display`."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class OneTimeDisplay(models.Model):
    """One value, encrypted under a key that only the browser it is for has."""

    handle = models.CharField(max_length=43, primary_key=True)
    sealed = models.TextField()
    expires = models.DateTimeField(db_index=True)

    class Meta:
        verbose_name = _("one-time display")
        verbose_name_plural = _("one-time displays")
        default_permissions = ()

    def __str__(self) -> str:
        return self.handle

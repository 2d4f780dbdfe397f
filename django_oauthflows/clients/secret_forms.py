"""What an administrator says of a new secret: the server makes it, and it is no field of any form."""

from datetime import timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from django_oauthflows.core import clock
from django_oauthflows.core.text import validate_name

_USUALLY = 7


class AddSecretForm(forms.Form):
    """One more secret, beside those there are."""

    label = forms.CharField(
        label=_("Label"),
        max_length=100,
        required=False,
        validators=[validate_name],
        help_text=_("Where it will be used."),
    )
    expires = forms.DateTimeField(
        label=_("Expires"),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        help_text=_("empty: never"),
    )
    keep_readable = forms.BooleanField(
        label=_("Keep it readable, encrypted: only for a client that signs with its secret"),
        required=False,
    )

    def clean_expires(self) -> Any:
        expires = self.cleaned_data["expires"]
        if expires is not None and expires <= clock.now():
            raise ValidationError(_("That moment has passed."))
        return expires


class RotateSecretForm(forms.Form):
    """A new secret in place of one that ends a while later."""

    overlap = forms.TypedChoiceField(
        label=_("The old one ends after"),
        choices=[(1, _("1 day")), (7, _("7 days")), (30, _("30 days"))],
        coerce=int,
        initial=_USUALLY,
    )

    def overlap_time(self) -> timedelta:
        """How long both work, once the form is valid."""
        return timedelta(days=self.cleaned_data["overlap"])

"""What an administrator says of an initial access token."""

from datetime import timedelta
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from django_oauthflows.clients import profiles
from django_oauthflows.clients.dynamic.models import InitialAccessToken
from django_oauthflows.clients.fields import ScopesField, open_scope_choices
from django_oauthflows.core import clock
from django_oauthflows.core.text import validate_name

#: How long a token may be used unless its form says otherwise.
_USUALLY = timedelta(days=30)


class InitialAccessTokenForm(forms.ModelForm):  # type: ignore[type-arg]
    """The limits of what may be registered with it."""

    profile = forms.ChoiceField(
        label=_("Security profile"),
        required=False,
        choices=lambda: [
            ("", _("that of the site's REGISTRATION_PROFILE")),
            *((profile.slug, profile.title) for profile in profiles.PROFILES),
        ],
    )
    expires = forms.DateTimeField(
        label=_("Expires"),
        required=False,
        initial=lambda: clock.now() + _USUALLY,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
    scopes = ScopesField(
        choices=open_scope_choices,
        label=_("Scopes"),
        required=False,
        help_text=_("What its clients may ask for. None ticked: what REGISTRATION_SCOPES says."),
    )

    class Meta:
        model = InitialAccessToken
        fields: ClassVar = ("label", "max_uses", "expires", "profile", "scopes")

    def clean_label(self) -> str:
        label: str = self.cleaned_data["label"]
        validate_name(label)
        return label

    def issue_arguments(self) -> dict[str, Any]:
        """What `initial_tokens.issue` is called with."""
        return dict(self.cleaned_data)

"""What somebody says of an incident, in the admin or on a command line."""

from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

from django import forms
from django.contrib.auth import get_user_model
from django.core import signing
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from django_oauthflows import dot
from django_oauthflows.tokens.leaks import LONGEST, find_leak
from django_oauthflows.tokens.radius import Leak, Radius

_SALT = "oauthflows.radius"
#: Seconds in which what was counted has to be confirmed.
_CONFIRMED_WITHIN = 3600


def _moment() -> forms.DateTimeInput:
    return forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")


class RadiusForm(forms.Form):
    """A radius in the words of people. The leaked token is never sent back to the page it came from."""

    person = forms.CharField(
        label=_("Person"), required=False, max_length=255, help_text=_("Their user name.")
    )
    client = forms.CharField(
        label=_("Client"), required=False, max_length=255, help_text=_("Its client ID.")
    )
    scope = forms.CharField(
        label=_("Scope"),
        required=False,
        max_length=255,
        help_text=_("One word: every grant that has it, whatever else it has."),
    )
    since = forms.DateTimeField(label=_("Issued since"), required=False, widget=_moment())
    until = forms.DateTimeField(label=_("Issued before"), required=False, widget=_moment())
    leaked_token = forms.CharField(
        label=_("Or a leaked token"),
        required=False,
        max_length=LONGEST,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        help_text=_(
            "An access, refresh or ID token, a code or a device code, used up or not. It is looked up by its "
            "checksum and stored nowhere."
        ),
    )

    def clean_person(self) -> Any:
        """The key of a person's row."""
        model: Any = get_user_model()
        name = self.cleaned_data["person"]
        return self._key("person", model, **{model.USERNAME_FIELD: name}) if name else None

    def clean_client(self) -> Any:
        """The key of a client's row."""
        name = self.cleaned_data["client"]
        return self._key("client", dot.application_model(), client_id=name) if name else None

    def clean_scope(self) -> str:
        scope: str = self.cleaned_data["scope"]
        if len(scope.split()) > 1:
            raise ValidationError(_("One scope alone."))
        return scope

    def clean_leaked_token(self) -> Leak | None:
        value = self.cleaned_data["leaked_token"]
        leak = find_leak(value) if value else None
        if value and leak is None:
            raise ValidationError(
                _("No token or code of this server, or one of which nothing is left to end.")
            )
        return leak

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if self.errors:
            return cleaned
        names = ("person", "client", "scope", "since", "until")
        is_limited = any(cleaned[name] not in (None, "") for name in names)
        if cleaned["leaked_token"] and is_limited:
            raise ValidationError(_("A leaked token is looked for alone. Leave the rest empty."))
        if not cleaned["leaked_token"] and not is_limited:
            raise ValidationError(_("Say whose, or which, or when: nothing was filled in."))
        since, until = cleaned["since"], cleaned["until"]
        if since and until and since >= until:
            raise ValidationError(_("The end has to come after the beginning."))
        return cleaned

    def radius(self) -> Radius:
        """What was meant, once the form is valid."""
        said = self.cleaned_data
        names = ("person", "client", "scope", "since", "until")
        return Radius(leak=said["leaked_token"], **{name: said[name] for name in names})

    def _key(self, field: str, model: Any, **named: Any) -> Any:
        key = model._default_manager.filter(**named).values_list("pk", flat=True).first()
        if key is None:
            raise ValidationError(_("There is none by this name."))
        return key


def packed(radius: Radius) -> str:
    """A radius for a page to carry until it is confirmed: keys alone, signed."""
    said = asdict(radius)
    for name in ("since", "until"):
        said[name] = said[name] and said[name].isoformat()
    said["person"], said["client"] = (
        None if key is None else str(key) for key in (radius.person, radius.client)
    )
    if radius.leak is not None:
        said["leak"] = {name: _text(value) for name, value in asdict(radius.leak).items()}
    return signing.dumps(said, salt=_SALT)


def unpacked(value: str) -> Radius:
    """The radius that a page carried. Raises `signing.BadSignature` for any other text, or an old one."""
    said = signing.loads(value, salt=_SALT, max_age=_CONFIRMED_WITHIN)
    for name in ("since", "until"):
        said[name] = said[name] and datetime.fromisoformat(said[name])
    if said["leak"] is not None:
        families = tuple(UUID(family) for family in said["leak"].pop("families"))
        said["leak"] = Leak(families=families, **said["leak"])
    return Radius(**said)


def _text(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return [str(one) for one in value]
    return None if value is None else str(value)

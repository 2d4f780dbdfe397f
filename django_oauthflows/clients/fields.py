"""What administrators fill in for clients, field by field."""

import json
from typing import Any

from django import forms
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from django_oauthflows import dot, own_scopes
from django_oauthflows.clients import pem
from django_oauthflows.clients.key_sets import LONGEST, holds_a_private_key

#: In the words of a person, with that of the specification behind them.
COMES_BACK = _(
    "Where people are sent after signing in, one per line, exactly as the app sends it (redirect URIs)."
)
AFTER_SIGNING_OUT = _(
    "Where people may be sent after signing out, one per line, exactly as the app sends it, with or without "
    "a slash behind the host (post-logout redirect URIs)."
)


def scope_choices() -> list[tuple[str, str]]:
    """The server's scopes with their descriptions."""
    return [
        (name, f"{name}: {description}") for name, description in sorted(dot.all_scopes().items())
    ]


def open_scope_choices() -> list[tuple[str, str]]:
    """Those of them that may be given to clients nobody has looked at."""
    return [(name, text) for name, text in scope_choices() if name in dot.open_scopes()]


def default_scope_choices() -> list[tuple[str, str]]:
    """Those of them that a client may get without asking: none of our own API."""
    names = own_scopes.without(dot.all_scopes())
    return [(name, text) for name, text in scope_choices() if name in names]


class UriListField(forms.CharField):
    """URIs, one per line; cleaned to a list."""

    widget = forms.Textarea(attrs={"rows": 3, "cols": 80, "spellcheck": "false"})

    def to_python(self, value: Any) -> list[str]:  # type: ignore[override]
        return str(value or "").split()

    def prepare_value(self, value: Any) -> str:
        return "\n".join(value.split() if isinstance(value, str) else value or [])

    def run_validators(self, value: Any) -> None:
        """A list of URIs is validated by whoever knows the client's kind."""

    def has_changed(self, initial: Any, data: Any) -> bool:
        """What was stored is text or a list; the same URIs are the same either way."""
        return self.to_python(self.prepare_value(initial)) != self.to_python(data)


class LinesField(forms.CharField):
    """Names that may have blanks in them, one per line; cleaned to a list without repetitions."""

    widget = forms.Textarea(attrs={"rows": 3, "cols": 80, "spellcheck": "false"})

    def to_python(self, value: Any) -> list[str]:  # type: ignore[override]
        lines = map(str.strip, str(value or "").splitlines())
        return list(dict.fromkeys(line for line in lines if line))

    def prepare_value(self, value: Any) -> str:
        return value if isinstance(value, str) else "\n".join(value or ())

    def run_validators(self, value: Any) -> None:
        """The names are looked at by whoever knows what they stand for."""

    def has_changed(self, initial: Any, data: Any) -> bool:
        return self.to_python(self.prepare_value(initial)) != self.to_python(data)


class ScopesField(forms.MultipleChoiceField):
    """Scopes of the server, one tick each; cleaned to a sorted list."""

    widget = forms.CheckboxSelectMultiple

    def __init__(self, *, choices: Any = scope_choices, **kwargs: Any) -> None:
        super().__init__(choices=choices, **kwargs)

    def clean(self, value: Any) -> list[str]:
        return sorted(super().clean(value))


class _Shallow(json.JSONDecoder):
    """Refuses what is nested too deeply as what is no JSON."""

    def decode(self, s: str, *args: Any) -> Any:
        try:
            return super().decode(s, *args)
        except RecursionError:
            raise json.JSONDecodeError("nested too deeply", s, 0) from None


class KeySetWidget(forms.Textarea):
    """A place to paste into, and beneath it one for a file, which counts where one was chosen."""

    needs_multipart_form = True

    def render(
        self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: Any = None
    ) -> SafeString:
        return format_html(
            '{}<p class="oauthflows-upload"><label>{} <input type="file" name="{}-file" '
            'accept=".json,.jwks,.pem,.pub,.txt"></label></p>',
            super().render(name, value, attrs, renderer),
            _("or from a file:"),
            name,
        )

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        chosen = files.get(f"{name}-file") if files else None
        if chosen is None:
            return super().value_from_datadict(data, files, name)
        chosen.seek(0)  # it is asked for more than once
        return chosen.read(LONGEST + 1).decode("utf-8", "replace")


class KeySetField(forms.JSONField):
    """Public keys, pasted or uploaded: a key set (RFC 7517 §5), or PEM; `None` where there are none."""

    widget = KeySetWidget(attrs={"rows": 6, "cols": 80, "spellcheck": "false"})
    default_error_messages = {
        "invalid": _('This is no JSON. A key set begins with {"keys": [ and ends with ]}.')
    }

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            label=_("Public keys"),
            required=False,
            help_text=_(
                "The public part of its keys as its software prints it: a JSON Web Key Set, or PEM."
            ),
            decoder=_Shallow,
            **kwargs,
        )

    def to_python(self, value: Any) -> Any:
        if isinstance(value, str) and pem.is_pem(value):
            return pem.key_set_from(value)
        return super().to_python(value)

    def prepare_value(self, value: Any) -> Any:
        """Laid out to be read; what was typed and is no JSON, as it was typed. No private key comes back."""
        if value is None or holds_a_private_key(value):
            return ""
        if isinstance(value, str) and pem.holds_a_private_pem(value):
            return ""
        return value if isinstance(value, str) else json.dumps(value, indent=2)

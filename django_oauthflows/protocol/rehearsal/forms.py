"""A request in the words of whoever looks after the client."""

from typing import Any

from django import forms
from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from django_oauthflows import dot
from django_oauthflows.flows import catalogue
from django_oauthflows.protocol.parameters import LONGEST
from django_oauthflows.protocol.rehearsal.base import Question, SignedIn
from django_oauthflows.rules.requests import ClientFacts

#: Flows in which nobody is asked or named, and those in which somebody may be.
_WITHOUT_PERSON, _WITH_OR_WITHOUT = ("client-credentials",), ("jwt-bearer",)
#: What is tried first, of all that a client may use.
_FIRST = ("authorization-code-pkce", "authorization-code", "client-credentials")
_PARAMETERS = ("prompt", "max_age", "acr_values", "claims")
_NOBODY = "nobody"
_SINCE = (
    ("0", _("just now")),
    ("3600", _("an hour ago")),
    ("604800", _("a week ago")),
    (_NOBODY, _("not at all")),
)


class RehearsalForm(forms.Form):
    """A rehearsal's question. Whatever a request may say wrongly may be said here: the answer tells."""

    person = forms.CharField(
        label=_("Person"),
        required=False,
        max_length=255,
        help_text=_("Their user name. Nobody, for a service that acts for itself."),
    )
    flow = forms.ChoiceField(label=_("Flow"))
    scopes = forms.MultipleChoiceField(
        label=_("Scopes it asks for"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("With none ticked the request names none, and gets this site’s default."),
    )
    signed_in = forms.ChoiceField(label=_("The person signed in"), choices=_SINCE, required=False)
    left_out = forms.MultipleChoiceField(
        label=_("What the person unticks"), required=False, widget=forms.CheckboxSelectMultiple
    )
    resource = forms.CharField(
        label=_("Resource"),
        required=False,
        max_length=LONGEST["resource"],
        help_text=_("Which API the token is to be for (RFC 8707); several with spaces between."),
    )
    redirect_uri = forms.ChoiceField(label=_("Redirect URI"), required=False)
    response_type = forms.ChoiceField(label=_("Response type"), required=False)
    prompt = forms.CharField(
        label="prompt",
        required=False,
        max_length=255,
        help_text=_("none, login, consent, select_account, create"),
    )
    max_age = forms.CharField(
        label="max_age", required=False, max_length=20, help_text=_("In seconds.")
    )
    acr_values = forms.CharField(label="acr_values", required=False, max_length=255)
    acr = forms.CharField(
        label=_("The context they signed in with (acr)"), required=False, max_length=255
    )
    claims = forms.CharField(
        label="claims",
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false"}),
        help_text=_('As JSON, such as {"userinfo": {"email": null}}.'),
    )

    #: Asked of everybody; the other fields are there for whoever wants to know more.
    FIRST = ("person", "flow", "scopes")

    def __init__(self, data: QueryDict | None = None, *, client: ClientFacts) -> None:
        super().__init__(data, auto_id="rehearsal-%s", label_suffix="")
        self._client = client
        flows = [flow for flow in catalogue.FLOWS if flow.slug in client.flows]
        descriptions = dot.all_scopes()
        own = [(name, _label(name, descriptions)) for name in sorted(client.allowed_scopes)]
        others = [
            (name, _("%(scope)s (not this client’s)") % {"scope": _label(name, descriptions)})
            for name in sorted(set(descriptions) - client.allowed_scopes)
        ]
        types = dict.fromkeys(kind for flow in flows for kind in flow.response_types)
        self._choose("flow", [(flow.slug, flow.name) for flow in flows])
        self._choose("scopes", [*own, *others])
        required = client.scopes if client.needs_all_scopes else client.fixed_scopes
        self._choose("left_out", [choice for choice in own if choice[0] not in required])
        self._choose("redirect_uri", [(uri, uri) for uri in client.redirect_uris])
        self._choose(
            "response_type", [("", _("the flow’s first")), *zip(types, types, strict=True)]
        )
        self.fields["flow"].initial = _first_of([flow.slug for flow in flows])
        self.fields["scopes"].initial = sorted(client.scopes)

    def clean_person(self) -> Any:
        """The person of this name, or `None`."""
        name = self.cleaned_data["person"]
        if not name:
            return None
        model: Any = get_user_model()
        person = model._default_manager.filter(**{model.USERNAME_FIELD: name}).first()
        if person is None:
            raise ValidationError(_("There is none by this name."))
        return person

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        flow, person = cleaned.get("flow"), cleaned.get("person")
        has_none = flow in _WITHOUT_PERSON or flow in _WITH_OR_WITHOUT
        if flow and "person" not in self.errors and person is None and not has_none:
            self.add_error("person", _("This flow is for somebody: say for whom."))
        return cleaned

    def question(self) -> Question:
        """What was asked, once the form is valid."""
        said = self.cleaned_data
        since = said["signed_in"] or "0"
        return Question(
            client=self._client,
            flow=catalogue.BY_SLUG[said["flow"]],
            person=None if said["flow"] in _WITHOUT_PERSON else said["person"],
            scopes=frozenset(said["scopes"]) or None,
            left_out=frozenset(said["left_out"]),
            resource=tuple(said["resource"].split()),
            redirect_uri=said["redirect_uri"],
            response_type=self._response_type(),
            parameters={name: said[name] for name in _PARAMETERS if said[name]},
            signed_in=None if since == _NOBODY else SignedIn(ago=int(since), acr=said["acr"]),
        )

    @property
    def first_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in self.FIRST]

    @property
    def further_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in self.fields if name not in self.FIRST]

    def _response_type(self) -> str:
        """The one that was chosen, where the flow has it: the choice stays when another flow is tried."""
        chosen: str = self.cleaned_data["response_type"]
        flow = catalogue.BY_SLUG[self.cleaned_data["flow"]]
        return chosen if chosen in flow.response_types else ""

    def _choose(self, name: str, choices: list[tuple[Any, Any]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - declared above
        field.choices = choices


def _label(name: str, descriptions: dict[str, str]) -> str:
    return f"{name}: {descriptions[name]}" if descriptions.get(name) else name


def _first_of(slugs: list[str]) -> str | None:
    return next((slug for slug in _FIRST if slug in slugs), next(iter(slugs), None))

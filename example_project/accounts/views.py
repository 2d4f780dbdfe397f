"""Signing in at the provider."""

from typing import Any

from django.contrib.auth import views
from django.http import HttpRequest, HttpResponseBase

from example_project.accounts.people import people_shown_to
from example_project.page_policy import HEADER, policy


class SignInView(views.LoginView):
    """Django's sign-in under the provider's look.

    Its Content-Security-Policy has no `form-action`: browsers hold the whole chain of redirects after a
    form to it, and the chain from here ends at the client.
    """

    template_name = "accounts/sign_in.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response = super().dispatch(request, *args, **kwargs)
        response.headers[HEADER] = policy(forms_lead_to=None)
        return response

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(people=people_shown_to(self.request), **kwargs)

    def get_initial(self) -> dict[str, Any]:
        """The name a client knows the person by, to be typed no second time (`login_hint`)."""
        hint = self.request.GET.get("login_hint", "")
        # Any link can bring one: a character that cannot be seen, or turns the text around, is no name.
        return {**super().get_initial(), "username": hint if hint.isprintable() else ""}

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "label_suffix": ""}

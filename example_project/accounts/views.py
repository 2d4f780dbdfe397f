"""Signing in at the provider."""

from typing import Any

from django.contrib.auth import views

from example_project.accounts.people import seeded_people


class SignInView(views.LoginView):
    """Django's sign-in under the provider's look.

    It sends no Content-Security-Policy with a `form-action`: browsers hold the whole chain of
    redirects after a form to it, and the chain from here ends at the client.
    """

    template_name = "accounts/sign_in.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(people=seeded_people(), **kwargs)

    def get_initial(self) -> dict[str, Any]:
        """The name a client knows the person by, to be typed no second time (`login_hint`)."""
        return {**super().get_initial(), "username": self.request.GET.get("login_hint", "")}

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "label_suffix": ""}

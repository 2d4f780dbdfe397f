"""The sign-in page that comes with the package: Django's own view, with the look of the consent page."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import LoginView
from django.http import HttpRequest, HttpResponseBase
from django.template import TemplateDoesNotExist
from django.template.loader import get_template
from django.template.response import TemplateResponse
from django.urls import Resolver404, resolve, reverse

from django_oauthflows.protocol import headers
from django_oauthflows.protocol.popups import allow_popups

_DEFAULT = "oauthflows/login.html"
_TEMPLATES = Path(__file__).resolve().parents[1] / "templates"


class Login(LoginView):
    """Django's sign-in. Its page is the project's `registration/login.html`, where there is one."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response = super().dispatch(request, *args, **kwargs)
        if isinstance(response, TemplateResponse) and response.template_name == [_DEFAULT]:
            # Browsers hold every redirect after a form to `form-action`, and the last one leads to a client.
            headers.page(response, forms_lead_anywhere=True)
        return response

    def get_template_names(self) -> list[str]:
        return [_DEFAULT] if _is_ours(str(self.template_name)) else super().get_template_names()

    def get_initial(self) -> dict[str, Any]:
        """Begin with the name by which the client knows the user (OpenID Connect Core §3.1.2.1, login_hint).

        Any link can bring one. A character that is not shown, or turns the text around, is part of no name.
        """
        hint = self.request.GET.get("login_hint", "")
        return {**super().get_initial(), "username": hint if hint.isprintable() else ""}

    def get_default_redirect_url(self) -> str:
        """Return LOGIN_REDIRECT_URL; the page of connected apps where Django's default leads nowhere."""
        default = super().get_default_redirect_url()
        try:
            resolve(default)
        except Resolver404:
            if settings.LOGIN_REDIRECT_URL == "/accounts/profile/":
                return reverse("oauthflows:connected-apps")
        return default


def _is_ours(name: str) -> bool:
    """Return whether the template of this name is that of this package, and no other app has one."""
    found: Any = get_template(name)
    if Path(str(found.origin.name)) != _TEMPLATES / name:
        return False
    try:
        found.template.engine.find_template(name, skip=[found.template.origin])
    except TemplateDoesNotExist:
        return True
    return False


# Of Django's view this is said by its `dispatch`, which is another one here.
login = allow_popups(login_not_required(Login.as_view()))

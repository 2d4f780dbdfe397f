"""The package's own sign-in page, for a project that has none."""

from typing import Any

from django.conf import global_settings, settings
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView
from django.shortcuts import resolve_url
from django.utils.translation import gettext as _

from django_oauthflows import limits
from django_oauthflows.audit.actors import network_of
from django_oauthflows.conf import conf
from django_oauthflows.core import text
from django_oauthflows.protocol import headers
from django_oauthflows.protocol.passwords import account_of
from django_oauthflows.protocol.popups import allow_popups


class _Form(AuthenticationForm):
    """Django's sign-in form, which counts guesses before it looks at a password."""

    def clean(self) -> dict[str, Any]:
        username, request = self.cleaned_data.get("username"), self.request
        if not username or request is None:
            return super().clean() or {}
        counted = (
            ("sign_ins_at_one_account", account_of(username), conf.PASSWORD_GUESSES_PER_ACCOUNT),
            ("sign_ins_from_one_network", network_of(request), conf.PASSWORD_GUESSES_PER_NETWORK),
        )
        window = conf.PASSWORD_GUESSES_WINDOW
        for name, key, at_most in counted:
            wait = limits.spend(name, key, at_most=at_most, per_seconds=window)
            if wait is not None:
                told = _("Too many attempts. Try again in %(minutes)d minutes.")
                self.add_error(None, told % {"minutes": -(-wait // 60)})
                return self.cleaned_data
        cleaned = super().clean()
        for name, key, _at_most in counted:
            limits.give_back(name, key, per_seconds=window)
        return cleaned or {}


class SignInView(LoginView):
    """Django's sign-in in the look of the consent page.

    It forbids no address that its form may end at: browsers hold each redirect after a form to that list, and
    the last one leads to the client.
    """

    template_name = "oauthflows/sign_in.html"
    authentication_form = _Form

    def render_to_response(self, context: dict[str, Any], **options: Any) -> Any:
        response = super().render_to_response(context, **options)
        return headers.page(response, forms_lead_anywhere=True)

    def get_initial(self) -> dict[str, Any]:
        """The name that the client knows the user by (`login_hint`), unless it could deceive somebody."""
        hint = self.request.GET.get("login_hint", "")
        is_shown = text.flaw_of(hint, is_name=False) is None
        return {**super().get_initial(), **({"username": hint} if hint and is_shown else {})}

    def get_default_redirect_url(self) -> str:
        """Lead to connected apps where nothing is said, since Django's own default is no page."""
        if settings.LOGIN_REDIRECT_URL != global_settings.LOGIN_REDIRECT_URL:
            return resolve_url(settings.LOGIN_REDIRECT_URL)
        return resolve_url("oauthflows:connected-apps")


sign_in = allow_popups(SignInView.as_view())

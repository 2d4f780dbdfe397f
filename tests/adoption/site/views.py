"""Views that replace django-oauth-toolkit's, and one that its decorator protects."""

from django.http import HttpRequest, HttpResponse
from oauth2_provider.decorators import protected_resource
from oauth2_provider.views import AuthorizationView


class SiteAuthorizationView(AuthorizationView):  # type: ignore[misc]
    """django-oauth-toolkit's page with another template."""

    template_name = "oauth2_provider/authorize.html"


@protected_resource()  # type: ignore[untyped-decorator]
def profile(request: HttpRequest) -> HttpResponse:
    return HttpResponse("a profile")

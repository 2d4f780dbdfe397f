"""The suite's URLs, and below `dot/` the token endpoint of django-oauth-toolkit itself."""

from django.urls import path
from oauth2_provider.views import TokenView

from tests.urls import urlpatterns as _urlpatterns

urlpatterns = [*_urlpatterns, path("dot/token/", TokenView.as_view())]

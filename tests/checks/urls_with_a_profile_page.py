"""A site on which people write their own e-mail address."""

from django.contrib.auth import get_user_model
from django.urls import include, path
from django.views.generic import UpdateView

from tests.urls import urlpatterns as of_site


class Profile(UpdateView):
    model = get_user_model()
    fields = ("first_name", "email")


urlpatterns = [*of_site, path("people/", include([path("me/", Profile.as_view())]))]

"""Code that reverses django-oauth-toolkit's names is led to what stands there now."""

import pytest
from django.test import Client
from django.urls import reverse

from django_oauthflows.testing import factories

pytestmark = pytest.mark.django_db


def test_an_applications_own_address_leads_to_the_admin() -> None:
    registered = factories.ClientFactory()
    response = Client().get(registered.application.get_absolute_url())
    assert response.status_code == 302
    meta = registered.application._meta
    assert response["Location"] == reverse(
        f"admin:{meta.app_label}_{meta.model_name}_change", args=[registered.application.pk]
    )


@pytest.mark.parametrize("name", ["list", "register"])
def test_pages_for_everyone_signed_in_are_the_admins_now(name: str) -> None:
    browser = Client()
    browser.force_login(factories.PersonFactory())
    response = browser.get(reverse(f"oauth2_provider:{name}"), follow=True)
    assert response.redirect_chain[-1][0].startswith("/admin/login/")

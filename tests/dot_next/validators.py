"""Validators of addresses, as a project writes them for django-oauth-toolkit's next release."""

from collections.abc import Callable
from typing import Any

from django.core.exceptions import ValidationError


def of_our_company(application: Any) -> Callable[[str], None]:
    """Only addresses of the company may be registered."""

    def validate(address: str) -> None:
        if ".company.example" not in address:
            raise ValidationError(f"{address} is not ours.")

    return validate

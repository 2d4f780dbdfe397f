"""The device authorization endpoint (RFC 8628 §3.1)."""

from typing import Any

from django.http import HttpRequest

from django_oauthflows.protocol.answers import json_endpoint
from django_oauthflows.protocol.device_authorization import authorize_device


@json_endpoint("device-authorization")
def device_authorization(request: HttpRequest) -> dict[str, Any]:
    """Give a device its codes, and the address to send its person to (RFC 8628 §3.2)."""
    return authorize_device(request)

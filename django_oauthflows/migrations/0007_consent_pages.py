"""The pages of a consent, remembered with it.

Consents from before held scopes alone. They go on to count where it is known what their page was like: the
person's grants on record name no resource, so that an access to the whole site was agreed to. Then they stand
for that, under the client's name and hosts of today, and for no resource and no claim asked for by name. The
others stand for nothing, and the person is asked once more. See docs/decisions/remembered-consent.md.

The two functions are written out here, so that a later change of the package's own does not change this file.
"""

import json
from hashlib import sha256
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from django.db import migrations, models
from django.db.models import Exists, OuterRef

from django_oauthflows import dot

#: Grants that began on no consent page of a browser.
_WITHOUT_A_PLACE = ("device-code", "token-exchange")
#: A client with more hosts than this has its people asked again at the others.
_MOST_ORIGINS = 20
_DEFAULT_PORTS = {"http": 80, "https": 443}


def remember_pages(apps: Any, schema_editor: Any) -> None:
    """Give a page to each consent of which the page is known: one statement for a client and its scopes."""
    using = schema_editor.connection.alias
    consents = apps.get_model("oauthflows", "Consent").objects.using(using)
    grants = apps.get_model("oauthflows", "Authorization").objects.using(using)
    of_the_person = grants.filter(
        user_id=OuterRef("user_id"), application_id=OuterRef("application_id")
    ).exclude(flow__in=_WITHOUT_A_PLACE)
    known = consents.filter(
        Exists(of_the_person.filter(resource=[])), ~Exists(of_the_person.exclude(resource=[]))
    )
    kinds = consents.order_by("application_id").values_list("application_id", "scope").distinct()
    shown: tuple[Any, list[str], str] = (None, [], "")
    for key, scope in list(kinds):
        if shown[0] != key:
            shown = (key, *_client(apps, using, key))
        pages = [_page(scope, origin, shown[2]) for origin in shown[1]]
        known.filter(application_id=key, scope=scope).update(pages=pages)


def _client(apps: Any, using: str, key: Any) -> tuple[list[str], str]:
    """Return the origins a client leads to, and the checksum of its names."""
    applications = apps.get_model(dot.APPLICATION_MODEL).objects.using(using)
    name, client_id, uris = applications.values_list("name", "client_id", "redirect_uris").get(
        pk=key
    )
    policies = apps.get_model("oauthflows", "ClientPolicy").objects.using(using)
    translations = (
        policies.filter(application_id=key).values_list("translations", flat=True).first()
    )
    translated = (translations or {}).get("client_name") or {}
    names = sorted({name or client_id, *map(str, translated.values())})
    origins = list(dict.fromkeys(_origin(uri) for uri in uris.split()))[:_MOST_ORIGINS]
    return origins, sha256(json.dumps(names).encode()).hexdigest()


def _page(scope: str, origin: str, known_as: str) -> dict[str, Any]:
    return {
        "scopes": sorted(set(scope.split())),
        "resources": [],
        "claims": [],
        "origin": origin,
        "known_as": known_as,
    }


def _origin(uri: str) -> str:
    try:
        parts = urlsplit(uri)
        host, port = parts.hostname, parts.port
    except ValueError:
        return uri
    if parts.scheme not in _DEFAULT_PORTS:
        return f"{parts.scheme}:" if parts.scheme else uri
    if not host:
        return uri
    shown = f"[{host}]" if ":" in host else host
    is_default = port in (None, _DEFAULT_PORTS[parts.scheme])
    return f"{parts.scheme}://{shown}" + ("" if is_default or _is_loopback(host) else f":{port}")


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


class Migration(migrations.Migration):
    dependencies = [
        ("oauthflows", "0006_scale"),
        migrations.swappable_dependency(dot.APPLICATION_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="consent",
            name="pages",
            field=models.JSONField(
                blank=True, editable=False, null=True, verbose_name="what was shown"
            ),
        ),
        migrations.RunPython(remember_pages, migrations.RunPython.noop, elidable=True),
    ]

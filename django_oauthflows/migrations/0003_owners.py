from typing import Any

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models, router

from django_oauthflows import dot


def keep_rotating(apps: Any, schema_editor: Any) -> None:
    """Whoever may change clients may go on adding, replacing and retiring their secrets.

    Permissions are made after migrating, so this one is made here, where there is somebody to give it to; what
    runs afterwards finds it and makes it no second time. A new site has nobody yet.
    """
    using = schema_editor.connection.alias
    permissions = apps.get_model("auth", "Permission").objects.using(using)
    if not router.allow_migrate_model(using, permissions.model):
        return
    app_label, model = dot.APPLICATION_MODEL.lower().split(".")
    held = permissions.filter(
        content_type__app_label=app_label,
        content_type__model=model,
        codename=f"change_{model}",
    )
    holders = {
        "permissions": apps.get_model("auth", "Group"),
        "user_permissions": apps.get_model(settings.AUTH_USER_MODEL),
    }
    for column, kind in holders.items():
        # A project's own model of people may know no permissions.
        if not any(field.name == column for field in kind._meta.many_to_many):
            continue
        for row in kind._base_manager.using(using).filter(**{f"{column}__in": held}):
            getattr(row, column).add(_rotating(apps, using))


def _rotating(apps: Any, using: str) -> Any:
    content_type, _ = (
        apps.get_model("contenttypes", "ContentType")
        .objects.using(using)
        .get_or_create(app_label="oauthflows", model="clientsecret")
    )
    permission, _ = (
        apps.get_model("auth", "Permission")
        .objects.using(using)
        .get_or_create(
            content_type=content_type,
            codename="rotate_clientsecret",
            defaults={"name": "Can add, replace and retire secrets of clients"},
        )
    )
    return permission


class Migration(migrations.Migration):
    dependencies = [
        ("oauthflows", "0002_openid"),
        ("auth", "0006_require_contenttypes_0002"),
        ("contenttypes", "0002_remove_content_type_name"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        migrations.swappable_dependency(dot.APPLICATION_MODEL),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="clientsecret",
            options={
                "ordering": ("-created",),
                "permissions": (
                    ("rotate_clientsecret", "Can add, replace and retire secrets of clients"),
                ),
                "verbose_name": "client secret",
                "verbose_name_plural": "client secrets",
            },
        ),
        migrations.CreateModel(
            name="ClientOwner",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "application",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="oauthflows_owners",
                        to=dot.APPLICATION_MODEL,
                        verbose_name="client",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="oauthflows_owned_clients",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="person",
                    ),
                ),
            ],
            options={
                "verbose_name": "owner",
                "verbose_name_plural": "owners",
                "permissions": (("manage_own_clients", "Can manage the clients they own"),),
                "default_permissions": (),
                "constraints": [
                    models.UniqueConstraint(
                        fields=("application", "user"),
                        name="oauthflows_one_row_per_owner_and_client",
                    )
                ],
            },
        ),
        migrations.RunPython(keep_rotating, migrations.RunPython.noop),
    ]

"""The clients behind an exchanged token, and the checksum of what the holder of a code knows beside it."""

from typing import Any

from django.db import migrations, models


def note_origins(apps: Any, schema_editor: Any) -> None:
    """Note for each live exchanged token the clients whose tokens it was made of.

    A parent of django-oauth-toolkit's own has no row here: its client stays unknown, and the token lives for
    minutes.
    """
    rows = apps.get_model("oauthflows", "Authorization").objects
    rows = rows.using(schema_editor.connection.alias)
    exchanged = rows.filter(parent__isnull=False, revoked__isnull=True)
    for row in exchanged.exclude(first_access_checksum="").iterator():
        origins: list[str] = []
        parent = row.parent
        while parent is not None:
            above = rows.filter(pk=parent).values_list("application_id", "parent").first()
            if above is None:
                break
            origins.insert(0, str(above[0]))
            parent = above[1]
        row.origins = list(dict.fromkeys(origins))
        row.exchanged_checksum = row.first_access_checksum
        row.save(update_fields=["origins", "exchanged_checksum"])


class Migration(migrations.Migration):
    dependencies = [("oauthflows", "0009_used_jwt_ids")]

    operations = [
        migrations.AddField(
            model_name="authorization",
            name="code_proof",
            field=models.CharField(blank=True, editable=False, max_length=64),
        ),
        migrations.AddField(
            model_name="authorization",
            name="exchanged_checksum",
            field=models.CharField(editable=False, max_length=64, null=True, unique=True),
        ),
        migrations.AddField(
            model_name="authorization",
            name="origins",
            field=models.JSONField(blank=True, default=list, editable=False),
        ),
        migrations.RunPython(note_origins, migrations.RunPython.noop, elidable=True),
    ]

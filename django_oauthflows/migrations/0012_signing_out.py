"""Front-channel logout is told `iss` and `sid` unless the client said that it wants neither.

A `False` from before is what the column held where nobody had said anything, so it becomes unset. It stays
where the client's own registration says `false` (OpenID Connect Front-Channel Logout 1.0 §2).
"""

from typing import Any

from django.db import migrations, models

from django_oauthflows import dot

_SWITCH = "frontchannel_logout_session_required"


def leave_open(apps: Any, schema_editor: Any) -> None:
    """Leave the switch open where nobody chose `False`."""
    using = schema_editor.connection.alias
    said_no = (
        apps.get_model("oauthflows", "ClientRegistration")
        .objects.using(using)
        .filter(**{f"metadata__{_SWITCH}": False})
        .values_list("application_id", flat=True)
    )
    policies = apps.get_model("oauthflows", "ClientPolicy").objects.using(using)
    policies.filter(**{_SWITCH: False}).exclude(application_id__in=list(said_no)).update(
        **{_SWITCH: None}
    )


def close(apps: Any, schema_editor: Any) -> None:
    """Let an open switch be off, as it was before."""
    policies = apps.get_model("oauthflows", "ClientPolicy").objects
    policies.using(schema_editor.connection.alias).filter(**{_SWITCH: None}).update(
        **{_SWITCH: False}
    )


class Migration(migrations.Migration):
    dependencies = [
        ("oauthflows", "0011_one_time_display"),
        migrations.swappable_dependency(dot.APPLICATION_MODEL),
    ]

    operations = [
        migrations.AlterField(
            model_name="clientpolicy",
            name=_SWITCH,
            field=models.BooleanField(
                blank=True,
                help_text="With iss and sid. Left open: yes.",
                null=True,
                verbose_name="the shown address names the session",
            ),
        ),
        migrations.RunPython(leave_open, close, elidable=True),
        migrations.AlterField(
            model_name="clientpolicy",
            name="backchannel_logout_uri",
            field=models.CharField(blank=True, max_length=500, verbose_name="told of sign-outs at"),
        ),
        migrations.AlterField(
            model_name="clientpolicy",
            name="jwks_uri",
            field=models.CharField(
                blank=True, max_length=500, verbose_name="address of its public keys"
            ),
        ),
    ]

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models

from django_oauthflows import dot


class Migration(migrations.Migration):
    dependencies = [
        ("oauthflows", "0005_actor"),
        migrations.swappable_dependency(dot.APPLICATION_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ClientReview",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("score", models.PositiveSmallIntegerField(verbose_name="score")),
                ("worst", models.PositiveSmallIntegerField(verbose_name="worst finding")),
                (
                    "computed",
                    models.DateTimeField(
                        default=django.utils.timezone.now, verbose_name="reviewed"
                    ),
                ),
                (
                    "application",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="oauthflows_last_review",
                        to=dot.APPLICATION_MODEL,
                        verbose_name="client",
                    ),
                ),
            ],
            options={
                "verbose_name": "client review",
                "verbose_name_plural": "client reviews",
            },
        ),
        migrations.AddIndex(
            model_name="auditevent",
            index=models.Index(fields=["client_id", "created"], name="oauthflows_audit_by_client"),
        ),
        migrations.AddIndex(
            model_name="auditevent",
            index=models.Index(fields=["event", "created"], name="oauthflows_audit_by_event"),
        ),
        migrations.AddIndex(
            model_name="authorization",
            index=models.Index(fields=["created"], name="oauthflows_grants_by_date"),
        ),
    ]

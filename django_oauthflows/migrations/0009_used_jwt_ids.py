from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("oauthflows", "0008_kept_requests_of_a_sign_in"),
    ]

    operations = [
        migrations.CreateModel(
            name="UsedJwtId",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("checksum", models.CharField(editable=False, max_length=64, unique=True)),
                (
                    "expires",
                    models.DateTimeField(db_index=True, editable=False, verbose_name="ends"),
                ),
            ],
            options={
                "verbose_name": "used JWT id",
                "verbose_name_plural": "used JWT ids",
            },
        ),
    ]

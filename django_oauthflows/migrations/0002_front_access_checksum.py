from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("oauthflows", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="authorization",
            name="front_access_checksum",
            field=models.CharField(blank=True, default="", editable=False, max_length=64),
            preserve_default=False,
        ),
    ]

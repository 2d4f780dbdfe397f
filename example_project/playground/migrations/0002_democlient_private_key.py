from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("playground", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="democlient",
            name="private_key",
            field=models.TextField(blank=True),
        ),
    ]

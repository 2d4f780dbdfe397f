from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("oauthflows", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="clientpolicy",
            name="allowed_resources",
            field=models.JSONField(
                blank=True,
                default=list,
                help_text="The resource identifiers its tokens may be meant for (RFC 8707). Empty: any, as it asks.",
                verbose_name="allowed resources",
            ),
        ),
    ]

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [("accounts", "0001_initial")]

    operations = [
        migrations.AddField("employee", "joined_at", models.DateTimeField(blank=True, null=True)),
        migrations.AddField(
            "employee", "invitation", models.CharField(blank=True, default="", max_length=64), preserve_default=False
        ),
    ]

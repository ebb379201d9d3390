"""A bot's state names the groups in which it stands."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [("messaging", "0017_claims")]

    operations = [
        migrations.AddField("channelstate", "crowds", models.JSONField(db_default=models.Value({}, models.JSONField()), default=dict)),
    ]

"""An automation may have an address of its own by which other programs bring somebody in."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [("flows", "0003_live_records")]

    operations = [
        migrations.AddField("automation", "hook", models.IntegerField(db_default=0, default=0)),
    ]

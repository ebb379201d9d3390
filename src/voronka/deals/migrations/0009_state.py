"""Indexes by which open deals and those closed today are read, however many have been closed since."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("deals", "0008_leads")]

    operations = [
        migrations.AddIndex(
            model_name="deal", index=models.Index(fields=["company", "state", "-id"], name="deals_deal_state")
        ),
        migrations.AddIndex(
            model_name="deal",
            index=models.Index(
                condition=models.Q(("closed_at__isnull", False)),
                fields=["company", "closed_at"],
                name="deals_deal_closed",
            ),
        ),
    ]

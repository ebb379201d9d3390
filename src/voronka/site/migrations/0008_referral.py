"""Visitors who came by a client's link, and browsers that several people use."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [("site", "0007_baskets_kept")]

    operations = [
        migrations.AddField(
            model_name="visitor",
            name="referral_code",
            field=models.CharField(blank=True, db_default="", max_length=12),
        ),
        migrations.AddField(model_name="visitor", name="referral_at", field=models.DateTimeField(null=True)),
        migrations.AddField(model_name="visitor", name="device", field=models.BigIntegerField(null=True)),
    ]

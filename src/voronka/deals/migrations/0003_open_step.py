"""An open deal has exactly one open step: the database holds it, whoever writes."""

from django.db import migrations

FORWARD = """
ALTER TABLE deals_deal ADD CONSTRAINT deals_deal_open_step
  FOREIGN KEY (company_id, open_task_id, task_open) REFERENCES work_task (company_id, id, is_open)
  DEFERRABLE INITIALLY DEFERRED;
"""
BACKWARD = "ALTER TABLE deals_deal DROP CONSTRAINT deals_deal_open_step;"


class Migration(migrations.Migration):
    """Add the key from a deal to (company, id, is_open) of its task."""

    dependencies = [("deals", "0002_initial"), ("work", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]

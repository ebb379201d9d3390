"""Visitors of whom no visit was written are dropped too, once it is time."""

from django.db import migrations, models

FILL = """
UPDATE site_visitor v SET unvisited_since = greatest(v.first_at, (
  SELECT max(s.offered_at) FROM site_showing s WHERE s.company_id = v.company_id AND s.visitor_id = v.id))
WHERE NOT EXISTS (SELECT 1 FROM site_visit o WHERE o.company_id = v.company_id AND o.visitor_id = v.id)
"""


class Migration(migrations.Migration):

    dependencies = [("site", "0004_site_chat")]

    operations = [
        migrations.AddField(
            model_name="visitor",
            name="unvisited_since",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddIndex(
            model_name="visitor",
            index=models.Index(
                condition=models.Q(("unvisited_since__isnull", False)),
                fields=["company", "site", "unvisited_since"],
                name="site_visitor_unvisited",
            ),
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
    ]

"""One saved list of a name for each person and kind of list; those that bear one twice get a number behind it."""

import django.db.models.functions.text
from django.db import migrations, models

RENAME = """
DO $$
DECLARE
  twin record;
  number int;
  tried text;
BEGIN
  FOR twin IN
    SELECT * FROM (
      SELECT id, company_id, owner_id, subject, name,
             row_number() OVER (PARTITION BY company_id, owner_id, subject, lower(name) ORDER BY position, id) AS turn
        FROM accounts_savedview WHERE dropped_at IS NULL
    ) named WHERE turn > 1 ORDER BY id
  LOOP
    number := 2;
    LOOP
      tried := left(twin.name, 54) || ' (' || number || ')';
      EXIT WHEN NOT EXISTS (
        SELECT 1 FROM accounts_savedview held
          WHERE held.company_id = twin.company_id AND held.owner_id = twin.owner_id AND held.subject = twin.subject
            AND held.dropped_at IS NULL AND lower(held.name) = lower(tried)
      );
      number := number + 1;
    END LOOP;
    UPDATE accounts_savedview SET name = tried WHERE id = twin.id;
  END LOOP;
END $$
"""


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0004_lists'),
    ]

    operations = [
        migrations.RunSQL(RENAME, migrations.RunSQL.noop),
        migrations.AddConstraint(
            model_name='savedview',
            constraint=models.UniqueConstraint(models.F('company'), models.F('owner'), models.F('subject'), django.db.models.functions.text.Lower('name'), condition=models.Q(('dropped_at__isnull', True)), name='accounts_view_name'),
        ),
    ]

import django.db.models.deletion
import voronka.kit.tenancy.fields
from django.db import migrations, models


FILL = """
INSERT INTO billing_clientdebt (company_id, client_id, amount)
SELECT company_id, client_id, sum(amount - paid) FROM billing_document
WHERE kind = 'invoice' AND state = 'issued' AND paid < amount AND client_id IS NOT NULL
GROUP BY company_id, client_id
"""


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0005_view_names'),
        ('billing', '0004_sums'),
        ('people', '0009_field_subjects'),
    ]

    operations = [
        migrations.CreateModel(
            name='ClientDebt',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('amount', models.DecimalField(decimal_places=2, max_digits=18)),
                ('client', voronka.kit.tenancy.fields.CompanyForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', related_query_name='kept_debt', to='people.client')),
                ('company', voronka.kit.tenancy.fields.CompanyField()),
            ],
            options={
                'indexes': [models.Index(fields=['company', 'amount', 'client'], name='billing_debt_order')],
                'constraints': [models.UniqueConstraint(fields=('company', 'client'), name='billing_debt_client'), models.CheckConstraint(condition=models.Q(('amount__gt', 0)), name='billing_debt_amount')],
            },
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
    ]

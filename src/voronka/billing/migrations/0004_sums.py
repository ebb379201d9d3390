from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0005_view_names'),
        ('billing', '0003_online'),
        ('people', '0009_field_subjects'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='document',
            index=models.Index(fields=['company', 'amount', '-id'], name='billing_document_sum'),
        ),
        migrations.AddIndex(
            model_name='payment',
            index=models.Index(fields=['company', 'amount', '-id'], name='billing_payment_sum'),
        ),
        migrations.AddIndex(
            model_name='payment',
            index=models.Index(fields=['company', 'number'], name='billing_payment_number'),
        ),
    ]

"""Cases are found by when they were decided and by the days they were promised for: the figures of a period."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("crm", "0017_calendar")]

    operations = [
        migrations.AddIndex("case", models.Index(fields=["decided_at"], name="case_decided_at")),
        migrations.AddIndex("case", models.Index(fields=["promised_on"], name="case_promised_on")),
        migrations.AddIndex(
            "case", models.Index(fields=["receipt_promised_on"], name="case_receipt_promised_on")
        ),
    ]

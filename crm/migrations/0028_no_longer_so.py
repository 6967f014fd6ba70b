"""A message that told what was no longer so when it was to leave says that. The database keeps the word as any other."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("crm", "0027_latest_first")]
    operations = [
        migrations.AlterField(
            model_name="notification",
            name="failure",
            field=models.CharField(
                blank=True,
                choices=[
                    ("ended", "the person is not reached there any more"),
                    ("unsafe", "others may read there"),
                    ("blocked", "their data are blocked"),
                    ("overtaken", "it was no longer so"),
                    ("refused", "the address or number does not take it"),
                    ("unavailable", "the service that sends it did not answer for days"),
                    ("undelivered", "it did not arrive"),
                ],
                db_default="",
                default="",
                max_length=11,
            ),
        ),
    ]

"""What is decided and not closed is listed by the day it was due; its rank is one and the same."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("crm", "0026_birth_dates_with_whose")]
    operations = [
        migrations.AddIndex(
            model_name="stage",
            index=models.Index(
                fields=["agency", "due_by", "id"],
                name="stage_to_close_by_day",
                condition=models.Q(to_close=True),
            ),
        ),
        migrations.RemoveIndex(model_name="stage", name="stage_to_close"),
    ]

"""What is decided and not closed is found by its procedure too."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("crm", "0028_no_longer_so")]
    operations = [
        migrations.AddIndex(
            model_name="stage",
            index=models.Index(
                fields=["agency", "procedure", "due_by", "id"],
                name="stage_to_close_by_procedure",
                condition=models.Q(to_close=True),
            ),
        ),
    ]

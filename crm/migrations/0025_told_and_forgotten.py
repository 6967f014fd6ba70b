"""The questions whose day to answer comes, and the messages that are old enough to be forgotten, are found by an index."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("crm", "0024_bundles")]

    operations = [
        migrations.RemoveIndex(model_name="delivery", name="delivery_made"),
        migrations.AddIndex(
            model_name="delivery",
            index=models.Index(
                condition=models.Q(("state", "acknowledged")), fields=["settled_at"], name="delivery_settled"
            ),
        ),
        migrations.AddIndex(
            model_name="message",
            index=models.Index(
                condition=models.Q(("kind", "question")), fields=["answer_by"], name="message_question_due"
            ),
        ),
    ]

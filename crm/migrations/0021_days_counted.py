"""Days for which a clock stood, and to answer a question: counted as the term counts them."""

from django.conf import settings
from django.db import migrations, models

ROLE = settings.DATABASE_APP_ROLE
# What stood before was counted in spans of twenty-four hours; a question's days are those between it and its last day.
COPY = """
UPDATE public.crm_stage SET stopped_days = stopped_seconds / 86400 WHERE stopped_seconds >= 86400;
SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED
"""
# A day off put before the last day to answer moves it.
MOVES = f"GRANT UPDATE (answer_by) ON public.crm_message TO {ROLE}"
NO_MOVES = f"REVOKE UPDATE (answer_by) ON public.crm_message FROM {ROLE}"


class Migration(migrations.Migration):
    dependencies = [("crm", "0020_judgements_taken_back")]

    operations = [
        migrations.AddField(
            model_name="message",
            name="answer_days",
            field=models.PositiveSmallIntegerField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="stage",
            name="stopped_days",
            field=models.PositiveIntegerField(db_default=0, default=0),
        ),
        migrations.RunSQL(COPY, migrations.RunSQL.noop),
        migrations.RunSQL(MOVES, NO_MOVES),
    ]

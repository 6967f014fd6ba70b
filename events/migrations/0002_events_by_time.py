from django.db import migrations


class Migration(migrations.Migration):
    """What the broker lost is looked for by time; rows come in the order of time, so a few bytes for every block are enough."""

    dependencies = [("events", "0001_initial")]
    operations = [
        migrations.RunSQL(
            "CREATE INDEX events_at ON public.events_event USING brin (at) WITH (pages_per_range = 16)",
            "DROP INDEX public.events_at",
        )
    ]

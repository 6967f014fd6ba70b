"""A case keeps who filed it and how surely they were known; its contact may be with somebody else afterwards."""

import django.db.models.deletion
from django.db import migrations, models

# What the contact of each case says is the best that is known of those filed until now.
KNOWN = """
UPDATE crm_case c SET filed_by_id = i.person_id, filed_level = i.identity_level FROM crm_interaction i
WHERE i.id = c.source_id AND c.state <> 'draft' AND (i.person_id IS NOT NULL OR i.identity_level > 0);
SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED
"""


class Migration(migrations.Migration):
    dependencies = [("crm", "0030_overtaken_messages")]
    operations = [
        migrations.AddField(
            model_name="case",
            name="filed_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="crm.person",
            ),
        ),
        migrations.AddField(
            model_name="case",
            name="filed_level",
            field=models.PositiveSmallIntegerField(db_default=0, default=0),
        ),
        migrations.RunSQL(KNOWN, migrations.RunSQL.noop),
        migrations.AddConstraint(
            model_name="case",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "draft"), _negated=True),
                    models.Q(("filed_by__isnull", True), ("filed_level", 0)),
                    _connector="OR",
                ),
                name="case_filed_by_once_submitted",
            ),
        ),
    ]

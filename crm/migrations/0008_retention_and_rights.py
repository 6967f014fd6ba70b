import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import common.clock
import common.ids

ROLE = settings.DATABASE_APP_ROLE
# How what we hold is redacted: the one way, owned by the owner, for rows that the application itself may not change too. What an app
# above holds of a case, contact or person it empties in a function of its own, `redact_<kind>_of_<app>(uuid[])`, which these call.
REDACT = """
CREATE FUNCTION public.redact_elsewhere(kind text, ids uuid[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE part record;
BEGIN
    FOR part IN SELECT p.oid::regproc AS name FROM pg_proc p
                WHERE p.pronamespace = 'public'::regnamespace AND p.proname LIKE 'redact\\_' || kind || '\\_of\\_%'
                  AND p.proowner = (SELECT c.relowner FROM pg_class c WHERE c.oid = 'public.crm_person'::regclass)
                ORDER BY p.proname LOOP
        EXECUTE format('SELECT %s($1)', part.name) USING ids;
    END LOOP;
END $$;

-- Parts of cases: answers, papers, words (what was asked, answered, noted and given as reasons). Open cases never.
CREATE FUNCTION public.redact_cases(ids uuid[], parts text[]) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE moment timestamptz := clock_now(); touched bigint := 0; rows_of bigint;
BEGIN
    PERFORM FROM crm_case WHERE id = ANY(ids) ORDER BY id FOR UPDATE;
    IF EXISTS (SELECT FROM crm_case WHERE id = ANY(ids) AND state IN ('submitted', 'in_review', 'awaiting_citizen')) THEN
        RAISE EXCEPTION 'an open case is not redacted' USING ERRCODE = 'check_violation';
    END IF;
    IF 'answers' = ANY(parts) THEN
        UPDATE crm_case SET answers = NULL, redacted_at = moment, revision = revision + 1
        WHERE id = ANY(ids) AND redacted_at IS NULL;
        GET DIAGNOSTICS rows_of = ROW_COUNT; touched := touched + rows_of;
    END IF;
    IF 'papers' = ANY(parts) THEN
        UPDATE crm_document SET name = NULL, sha256 = '', reason = NULL, redacted_at = moment
        WHERE case_id = ANY(ids) AND redacted_at IS NULL;
        GET DIAGNOSTICS rows_of = ROW_COUNT; touched := touched + rows_of;
    END IF;
    IF 'words' = ANY(parts) THEN
        UPDATE crm_message SET text = NULL, redacted_at = moment WHERE case_id = ANY(ids) AND redacted_at IS NULL;
        GET DIAGNOSTICS rows_of = ROW_COUNT; touched := touched + rows_of;
        UPDATE crm_stage SET decision_reason = NULL WHERE case_id = ANY(ids) AND decision_reason <> '';
        GET DIAGNOSTICS rows_of = ROW_COUNT; touched := touched + rows_of;
        UPDATE crm_interactioncase SET reason = NULL WHERE case_id = ANY(ids) AND reason <> '';
        UPDATE crm_accesslog SET reason = NULL WHERE case_id = ANY(ids) AND reason <> '';
        PERFORM redact_elsewhere('cases', ids);
    END IF;
    RETURN touched;
END $$;

-- With whom contacts were, and what was written of them. Those not wrapped up yet never.
CREATE FUNCTION public.redact_contacts(ids uuid[]) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE moment timestamptz := clock_now(); touched bigint; over uuid[];
BEGIN
    over := ARRAY(SELECT id FROM crm_interaction WHERE id = ANY(ids) AND wrapped_up_at IS NOT NULL ORDER BY id FOR UPDATE);
    UPDATE crm_interaction SET person_id = NULL, represented_id = NULL, redacted_at = moment
    WHERE id = ANY(over) AND (person_id IS NOT NULL OR represented_id IS NOT NULL);
    GET DIAGNOSTICS touched = ROW_COUNT;
    PERFORM redact_comments(over);
    UPDATE crm_interactioncase SET reason = NULL WHERE interaction_id = ANY(over) AND reason <> '';
    UPDATE crm_accesslog SET reason = NULL WHERE interaction_id = ANY(over) AND reason <> '';
    PERFORM redact_elsewhere('contacts', over);
    RETURN touched;
END $$;

-- What citizens wrote beside a grade; the grade stays.
CREATE FUNCTION public.redact_comments(ids uuid[]) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE touched bigint;
BEGIN
    UPDATE crm_surveyanswer a SET comment = NULL, redacted_at = clock_now() FROM crm_surveyinvitation i
    WHERE i.id = a.invitation_id AND i.interaction_id = ANY(ids) AND a.redacted_at IS NULL AND a.comment <> '';
    GET DIAGNOSTICS touched = ROW_COUNT;
    RETURN touched;
END $$;

-- People, under every record of theirs. Nobody with an open case, but for the one in which they asked for it.
CREATE FUNCTION public.redact_people(ids uuid[], asked_in uuid DEFAULT NULL) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE moment timestamptz := clock_now(); touched bigint; records uuid[];
BEGIN
    records := ARRAY(SELECT id FROM crm_person WHERE id = ANY(ids) OR merged_into_id = ANY(ids) ORDER BY id FOR UPDATE);
    IF EXISTS (SELECT FROM crm_party p JOIN crm_case c ON c.id = p.case_id
               WHERE p.person_id = ANY(records) AND c.state IN ('submitted', 'in_review', 'awaiting_citizen')
                 AND c.id IS DISTINCT FROM asked_in) THEN
        RAISE EXCEPTION 'a person with an open case is not redacted' USING ERRCODE = 'check_violation';
    END IF;
    UPDATE crm_person SET name = NULL, redacted_at = moment WHERE id = ANY(records) AND redacted_at IS NULL;
    GET DIAGNOSTICS touched = ROW_COUNT;
    UPDATE crm_personidentifier SET value = NULL, is_active = false WHERE person_id = ANY(records);
    UPDATE crm_personattribute SET value = NULL WHERE person_id = ANY(records);
    UPDATE crm_contactpoint SET value = NULL, ended_at = coalesce(ended_at, moment) WHERE person_id = ANY(records);
    UPDATE crm_personneed SET detail = NULL, ended_at = coalesce(ended_at, moment) WHERE person_id = ANY(records);
    UPDATE crm_merge SET earlier_name = NULL, reason = NULL, undone_reason = CASE WHEN undone_at IS NULL THEN undone_reason END
    WHERE survivor_id = ANY(records) OR merged_id = ANY(records);
    UPDATE crm_duplicatepair SET reason = NULL WHERE first_id = ANY(records) OR second_id = ANY(records);
    UPDATE crm_breakglass SET reason = NULL WHERE person_id = ANY(records);
    UPDATE crm_personblock SET reason = NULL WHERE person_id = ANY(records);
    UPDATE crm_accesslog SET reason = NULL WHERE person_id = ANY(records) AND reason <> '';
    PERFORM redact_contacts(ARRAY(SELECT id FROM crm_interaction WHERE person_id = ANY(records) OR represented_id = ANY(records)));
    PERFORM redact_elsewhere('people', records);
    RETURN touched;
END $$;

-- What was handed over in a case of a right: its two papers, in whatever state the case is. Never an export still being made.
CREATE FUNCTION public.redact_exports(ids uuid[]) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE moment timestamptz := clock_now(); touched bigint;
BEGIN
    UPDATE crm_personexport SET expired_at = moment WHERE id = ANY(ids) AND made_at IS NOT NULL AND expired_at IS NULL;
    GET DIAGNOSTICS touched = ROW_COUNT;
    UPDATE crm_document SET name = NULL, sha256 = '', reason = NULL, redacted_at = moment
    WHERE redacted_at IS NULL AND id IN (SELECT unnest(ARRAY[data_id, readable_id]) FROM crm_personexport
                                         WHERE id = ANY(ids) AND expired_at IS NOT NULL);
    RETURN touched;
END $$;

-- Whoever was redacted has no part in a case any more; an erasure and a new case of one person wait for each other here.
CREATE FUNCTION public.check_party_is_known() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
BEGIN
    PERFORM FROM crm_person WHERE id = NEW.person_id AND redacted_at IS NULL FOR KEY SHARE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'this person was redacted' USING ERRCODE = 'check_violation', CONSTRAINT = 'party_is_not_redacted';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER party_is_not_redacted BEFORE INSERT OR UPDATE OF person_id ON public.crm_party
FOR EACH ROW EXECUTE FUNCTION public.check_party_is_known();

ALTER TABLE public.crm_accesslog ALTER COLUMN reason DROP NOT NULL;
REVOKE UPDATE, DELETE ON public.crm_retentionchange, public.crm_redactionlog FROM @ROLE@;
REVOKE ALL ON FUNCTION public.redact_elsewhere(text, uuid[]), public.redact_cases(uuid[], text[]), public.redact_contacts(uuid[]),
    public.redact_comments(uuid[]), public.redact_people(uuid[], uuid), public.redact_exports(uuid[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION public.redact_cases(uuid[], text[]), public.redact_contacts(uuid[]), public.redact_comments(uuid[]),
    public.redact_people(uuid[], uuid), public.redact_exports(uuid[]) TO @ROLE@;
"""
UNDO = """
DROP TRIGGER party_is_not_redacted ON public.crm_party;
DROP FUNCTION public.check_party_is_known(), public.redact_people(uuid[], uuid), public.redact_contacts(uuid[]), public.redact_comments(uuid[]),
    public.redact_cases(uuid[], text[]), public.redact_exports(uuid[]), public.redact_elsewhere(text, uuid[]);
"""


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0001_initial"),
        ("catalog", "0003_imports_and_tokens"),
        ("crm", "0007_mandates"),
        ("territory", "0002_antarctica_has_no_seat"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="personattribute",
            name="evidence",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="crm.document",
            ),
        ),
        migrations.CreateModel(
            name="PersonBlock",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=common.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("reason", models.CharField(max_length=300, null=True)),
                ("at", models.DateTimeField(db_default=common.clock.ClockNow())),
                ("until", models.DateTimeField(blank=True, null=True)),
                ("lifted_at", models.DateTimeField(blank=True, null=True)),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="blocks", to="crm.case"
                    ),
                ),
                (
                    "lifted_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="blocks", to="crm.person"
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("lifted_at__isnull", True)),
                        fields=["person"],
                        name="block_standing",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("lifted_at__isnull", True)),
                        fields=("case",),
                        name="block_once_a_case",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("until__isnull", True), ("until__gt", models.F("at")), _connector="OR"
                        ),
                        name="block_ends_after_it_began",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True), name="block_says_why"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("lifted_at__isnull", True), ("lifted_by__isnull", True)),
                            models.Q(("lifted_at__isnull", False), ("lifted_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="block_lifted_by_somebody",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PersonExport",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=common.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("asked_at", models.DateTimeField(db_default=common.clock.ClockNow())),
                ("made_at", models.DateTimeField(blank=True, null=True)),
                ("given_up_at", models.DateTimeField(blank=True, null=True)),
                ("expired_at", models.DateTimeField(blank=True, null=True)),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="exports", to="crm.case"
                    ),
                ),
                (
                    "data",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="crm.document",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="exports", to="crm.person"
                    ),
                ),
                (
                    "readable",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="crm.document",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("given_up_at__isnull", True), ("made_at__isnull", True)),
                        fields=("case",),
                        name="export_one_at_a_time",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("data__isnull", True), ("made_at__isnull", True), ("readable__isnull", True)
                            ),
                            models.Q(
                                ("data__isnull", False),
                                ("made_at__isnull", False),
                                ("readable__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="export_made_iff_papers",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("made_at__isnull", True), ("given_up_at__isnull", True), _connector="OR"
                        ),
                        name="export_one_end",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("expired_at__isnull", True), ("made_at__isnull", False), _connector="OR"
                        ),
                        name="export_expires_once_made",
                    ),
                ]
            },
        ),
        migrations.CreateModel(
            name="RedactionLog",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=common.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("rows", models.PositiveIntegerField()),
                ("at", models.DateTimeField(db_default=common.clock.ClockNow())),
                (
                    "case",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="redactions",
                        to="crm.case",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="RetentionChange",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=common.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("days_before", models.PositiveIntegerField()),
                ("days", models.PositiveIntegerField()),
                ("was_active", models.BooleanField()),
                ("is_active", models.BooleanField()),
                ("reason", models.CharField(max_length=300)),
                ("at", models.DateTimeField(db_default=common.clock.ClockNow())),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True), name="retention_change_says_why"
                    ),
                ]
            },
        ),
        migrations.CreateModel(
            name="RetentionRule",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=common.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("code", models.SlugField(max_length=40, unique=True)),
                ("subject", models.CharField(max_length=40)),
                ("title_es", models.CharField(max_length=160)),
                ("title_en", models.CharField(max_length=160)),
                ("since_es", models.CharField(max_length=120)),
                ("since_en", models.CharField(max_length=120)),
                ("basis_es", models.CharField(max_length=400)),
                ("basis_en", models.CharField(max_length=400)),
                ("days", models.PositiveIntegerField()),
                ("is_duty", models.BooleanField(default=False)),
                ("is_active", models.BooleanField(default=True)),
                ("position", models.PositiveSmallIntegerField(default=50)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("days__gte", 1)), name="retention_some_days"),
                ]
            },
        ),
        migrations.AddField(
            model_name="document",
            name="redacted_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="interaction",
            name="redacted_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="stage",
            name="extended_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="stage",
            name="term_calendar_days",
            field=models.PositiveSmallIntegerField(blank=True, null=True),
        ),
        migrations.AlterField(
            model_name="breakglass",
            name="reason",
            field=models.CharField(max_length=300, null=True),
        ),
        migrations.AlterField(
            model_name="document",
            name="name",
            field=models.CharField(max_length=200, null=True),
        ),
        migrations.AlterField(
            model_name="document",
            name="reason",
            field=models.TextField(default="", blank=True, null=True),
        ),
        migrations.AlterField(
            model_name="duplicatepair",
            name="reason",
            field=models.CharField(default="", blank=True, max_length=300, null=True),
        ),
        migrations.AlterField(
            model_name="interactioncase",
            name="reason",
            field=models.CharField(default="", blank=True, max_length=300, null=True),
        ),
        migrations.AlterField(
            model_name="merge",
            name="reason",
            field=models.CharField(max_length=300, null=True),
        ),
        migrations.AlterField(
            model_name="merge",
            name="undone_reason",
            field=models.CharField(default="", blank=True, max_length=300, null=True),
        ),
        migrations.AlterField(
            model_name="message",
            name="kind",
            field=models.CharField(
                choices=[
                    ("question", "Question to the citizen"),
                    ("answer", "Answer of the citizen"),
                    ("note", "Internal note"),
                    ("notice", "Notice to the citizen"),
                ],
                max_length=8,
            ),
        ),
        migrations.AlterField(
            model_name="stage",
            name="decision_reason",
            field=models.TextField(default="", blank=True, null=True),
        ),
        migrations.AlterField(
            model_name="surveyanswer",
            name="comment",
            field=models.TextField(default="", blank=True, null=True),
        ),
        migrations.AddConstraint(
            model_name="case",
            constraint=models.CheckConstraint(
                condition=models.Q(("redacted_at__isnull", True), ("answers__isnull", True), _connector="OR"),
                name="case_redacted_has_no_answers",
            ),
        ),
        migrations.AddConstraint(
            model_name="person",
            constraint=models.CheckConstraint(
                condition=models.Q(("redacted_at__isnull", True), ("name__isnull", True), _connector="OR"),
                name="person_redacted_has_no_name",
            ),
        ),
        migrations.AddConstraint(
            model_name="stage",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("term_business_days__isnull", True),
                    ("term_calendar_days__isnull", True),
                    _connector="OR",
                ),
                name="stage_one_kind_of_term",
            ),
        ),
        migrations.AddField(
            model_name="retentionchange",
            name="rule",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="changes", to="crm.retentionrule"
            ),
        ),
        migrations.AddField(
            model_name="redactionlog",
            name="rule",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="redactions",
                to="crm.retentionrule",
            ),
        ),
        migrations.AddIndex(
            model_name="redactionlog",
            index=models.Index(fields=["rule", "-at"], name="redaction_last"),
        ),
        migrations.AddConstraint(
            model_name="redactionlog",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("case__isnull", True), ("rule__isnull", False)),
                    models.Q(("case__isnull", False), ("rule__isnull", True)),
                    _connector="OR",
                ),
                name="redaction_by_rule_or_right",
            ),
        ),
        migrations.RunSQL(REDACT.replace("@ROLE@", ROLE), UNDO),
    ]

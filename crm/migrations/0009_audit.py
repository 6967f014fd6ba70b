"""
What was changed of people, and seals over what only grows: the application may add to them, and change nothing.

A change is written by the database itself at the commit, with the event of the act that made it; its earlier values can be redacted, and
nothing else. A seal is the hash of all rows since the one before, and of that one: whoever alters a row afterwards breaks it.
"""

from django.conf import settings
from django.db import migrations, models

import common.clock
import common.ids

ROLE = settings.DATABASE_APP_ROLE
CHANGES = """
CREATE TABLE public.crm_change (
    id uuid PRIMARY KEY DEFAULT uuidv7(),
    at timestamptz NOT NULL DEFAULT clock_now(),
    relation varchar(60) NOT NULL,
    row_id text NOT NULL,
    person_id uuid,
    event_id uuid,
    before jsonb,
    before_digest bytea
);
CREATE INDEX change_person ON public.crm_change (person_id, at) WHERE person_id IS NOT NULL;
CREATE INDEX change_at ON public.crm_change (at);
REVOKE ALL ON public.crm_change FROM @ROLE@;
GRANT SELECT ON public.crm_change TO @ROLE@;

-- The columns that changed, as they were; at the commit, when the act's event is known.
CREATE FUNCTION public.record_change() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE old_row jsonb := to_jsonb(OLD); new_row jsonb := CASE WHEN TG_OP = 'UPDATE' THEN to_jsonb(NEW) ELSE '{}' END; earlier jsonb;
BEGIN
    SELECT jsonb_object_agg(o.key, o.value) INTO earlier FROM jsonb_each(old_row) o WHERE new_row -> o.key IS DISTINCT FROM o.value;
    IF earlier IS NULL THEN RETURN NULL; END IF;
    IF current_setting('ventanilla.redacting', true) = 'on' THEN
        SELECT jsonb_object_agg(key, NULL) INTO earlier FROM jsonb_object_keys(earlier) key;
    END IF;
    INSERT INTO crm_change (relation, row_id, person_id, event_id, before, before_digest)
    VALUES (TG_TABLE_NAME, coalesce(old_row ->> 'id', old_row ->> TG_ARGV[0]), (old_row ->> TG_ARGV[0])::uuid,
            nullif(current_setting('ventanilla.event', true), '')::uuid, earlier, sha256(convert_to(earlier::text, 'UTF8')));
    RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION public.record_change() FROM PUBLIC;
-- Called by redact_people: neither what was changed before nor what the redaction itself changes keeps a value.
CREATE FUNCTION public.redact_people_of_changes(ids uuid[]) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public AS $$
BEGIN
    PERFORM set_config('ventanilla.redacting', 'on', true);
    UPDATE crm_change SET before = NULL WHERE person_id = ANY(ids) AND before IS NOT NULL;
END $$;
REVOKE ALL ON FUNCTION public.redact_people_of_changes(uuid[]) FROM PUBLIC;
DO $$ DECLARE watched record; BEGIN
    FOR watched IN SELECT * FROM (VALUES
        ('crm_person', 'id'), ('crm_personidentifier', 'person_id'), ('crm_personattribute', 'person_id'),
        ('crm_contactpoint', 'person_id'), ('crm_personneed', 'person_id'), ('crm_homecommune', 'person_id'),
        ('crm_party', 'person_id'), ('crm_merge', 'survivor_id')) AS t (name, person) LOOP
        EXECUTE format('CREATE CONSTRAINT TRIGGER record_change AFTER UPDATE OR DELETE ON public.%I DEFERRABLE INITIALLY DEFERRED '
                       'FOR EACH ROW EXECUTE FUNCTION public.record_change(%L)', watched.name, watched.person);
    END LOOP;
END $$;
"""
NO_CHANGES = "DROP FUNCTION public.redact_people_of_changes(uuid[]); DROP FUNCTION public.record_change() CASCADE; DROP TABLE public.crm_change"

SEALS = """
-- A reason may be redacted later; its hash stays, so that a seal over it holds.
ALTER TABLE public.crm_accesslog ADD COLUMN reason_digest bytea, ALTER COLUMN reason DROP NOT NULL;
CREATE FUNCTION public.digest_reason() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
BEGIN
    NEW.reason_digest := sha256(convert_to(coalesce(NEW.reason, ''), 'UTF8'));
    RETURN NEW;
END $$;
CREATE TRIGGER digest_reason BEFORE INSERT ON public.crm_accesslog FOR EACH ROW EXECUTE FUNCTION public.digest_reason();

CREATE TABLE public.crm_seal (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    source varchar(20) NOT NULL CHECK (source IN ('events', 'readings', 'changes')),
    since timestamptz NOT NULL,
    until timestamptz NOT NULL CHECK (until > since),
    row_count bigint NOT NULL,
    digest bytea NOT NULL,
    at timestamptz NOT NULL DEFAULT clock_now(),
    UNIQUE (source, since)
);
REVOKE ALL ON public.crm_seal FROM @ROLE@;
GRANT SELECT ON public.crm_seal TO @ROLE@;

-- The hash of a stretch of rows in their order, and of the seal before: what may be stamped or redacted later is left out or hashed apart.
CREATE FUNCTION public.digest_of(kind text, since timestamptz, until timestamptz, earlier bytea, OUT row_count bigint, OUT digest bytea)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public SET timezone = 'UTC' AS $$
DECLARE columns text;
BEGIN
    columns := CASE kind
        WHEN 'events' THEN 'id, seq, at, kind, subject_kind, subject_id, actor_kind, actor_id, on_behalf_of, interaction_id, channel, data'
        WHEN 'readings' THEN 'id, at, actor_kind, actor_id, act, reason_digest, person_id, case_id, shown_ids, interaction_id'
        WHEN 'changes' THEN 'id, at, relation, row_id, person_id, event_id, before_digest' END;
    EXECUTE format(
        'SELECT count(*), sha256($3 || coalesce(string_agg(sha256(convert_to(row_to_json(r)::text, ''UTF8'')), ''''::bytea ORDER BY r.at, r.id), '
        '''''::bytea)) FROM (SELECT %s FROM public.%I WHERE at > $1 AND at <= $2) r', columns,
        CASE kind WHEN 'events' THEN 'events_event' WHEN 'readings' THEN 'crm_accesslog' ELSE 'crm_change' END)
    INTO row_count, digest USING since, until, earlier;
END $$;

-- Seal what was written until a moment that no open transaction can still write before.
CREATE FUNCTION public.seal_audit(kind text, upto timestamptz) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE latest crm_seal; found record;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('seal ' || kind));
    SELECT * INTO latest FROM crm_seal WHERE source = kind ORDER BY until DESC LIMIT 1;
    IF upto <= coalesce(latest.until, '-infinity') OR upto >= clock_timestamp() AND upto >= clock_now() THEN RETURN 0; END IF;
    SELECT * INTO found FROM digest_of(kind, coalesce(latest.until, '1900-01-01'), upto, coalesce(latest.digest, ''));
    INSERT INTO crm_seal (source, since, until, row_count, digest)
    VALUES (kind, coalesce(latest.until, '1900-01-01'), upto, found.row_count, found.digest);
    RETURN found.row_count;
END $$;

-- The stretches whose rows are not what they were when they were sealed.
CREATE FUNCTION public.broken_seals() RETURNS TABLE (seal_id bigint, source varchar, since timestamptz, until timestamptz)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE seal crm_seal; earlier bytea := ''; previous varchar := ''; found record; spoilt bigint;
BEGIN
    FOR seal IN SELECT * FROM crm_seal s ORDER BY s.source, s.since LOOP
        IF seal.source <> previous THEN earlier := ''; previous := seal.source; END IF;
        SELECT * INTO found FROM digest_of(seal.source, seal.since, seal.until, earlier);
        spoilt := 0;
        IF seal.source = 'readings' THEN
            SELECT count(*) INTO spoilt FROM crm_accesslog l WHERE l.at > seal.since AND l.at <= seal.until AND l.reason IS NOT NULL
                AND l.reason_digest IS DISTINCT FROM sha256(convert_to(l.reason, 'UTF8'));
        ELSIF seal.source = 'changes' THEN
            SELECT count(*) INTO spoilt FROM crm_change c WHERE c.at > seal.since AND c.at <= seal.until AND c.before IS NOT NULL
                AND c.before_digest IS DISTINCT FROM sha256(convert_to(c.before::text, 'UTF8'));
        END IF;
        IF found.digest <> seal.digest OR found.row_count <> seal.row_count OR spoilt > 0 THEN
            seal_id := seal.id; source := seal.source; since := seal.since; until := seal.until;
            RETURN NEXT;
        END IF;
        earlier := seal.digest;
    END LOOP;
END $$;
REVOKE ALL ON FUNCTION public.digest_of(text, timestamptz, timestamptz, bytea), public.seal_audit(text, timestamptz),
    public.broken_seals() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION public.seal_audit(text, timestamptz), public.broken_seals() TO @ROLE@;
"""
NO_SEALS = """
DROP FUNCTION public.broken_seals(); DROP FUNCTION public.seal_audit(text, timestamptz);
DROP FUNCTION public.digest_of(text, timestamptz, timestamptz, bytea); DROP TABLE public.crm_seal;
DROP TRIGGER digest_reason ON public.crm_accesslog; DROP FUNCTION public.digest_reason();
ALTER TABLE public.crm_accesslog DROP COLUMN reason_digest;
"""


class Migration(migrations.Migration):
    dependencies = [("crm", "0008_retention_and_rights"), ("events", "0001_initial")]
    operations = [
        migrations.RunSQL(CHANGES.replace("@ROLE@", ROLE), NO_CHANGES),
        migrations.RunSQL(SEALS.replace("@ROLE@", ROLE), NO_SEALS),
        migrations.CreateModel(
            name="Change",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=common.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("at", models.DateTimeField(db_default=common.clock.ClockNow())),
                ("relation", models.CharField(max_length=60)),
                ("row_id", models.TextField()),
                ("person_id", models.UUIDField(null=True)),
                ("event_id", models.UUIDField(null=True)),
                ("before", models.JSONField(null=True)),
            ],
            options={"db_table": "crm_change", "managed": False},
        ),
        migrations.CreateModel(
            name="Seal",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("source", models.CharField(max_length=20)),
                ("since", models.DateTimeField()),
                ("until", models.DateTimeField()),
                ("row_count", models.BigIntegerField()),
                ("digest", models.BinaryField()),
                ("at", models.DateTimeField(db_default=common.clock.ClockNow())),
            ],
            options={"db_table": "crm_seal", "managed": False},
        ),
    ]

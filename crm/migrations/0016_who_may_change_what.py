"""
What the application's own role could still do unseen: call a redaction without a word in the log, write changes without their values by
saying that it redacts, seal the future, and change or delete rows whose history nobody keeps.
"""

from django.conf import settings
from django.db import migrations

ROLE = settings.DATABASE_APP_ROLE
REDACTING = """
-- Whom the present transaction redacts; without anybody: that it redacts. Only the owner's functions write here.
CREATE TABLE public.crm_redacting (xact xid8 NOT NULL DEFAULT pg_current_xact_id(), subject uuid);
CREATE INDEX redacting_now ON public.crm_redacting (xact);
REVOKE ALL ON public.crm_redacting FROM @ROLE@;
ALTER TABLE public.crm_redactionlog ADD COLUMN xact xid8 DEFAULT pg_current_xact_id();
CREATE INDEX redaction_of_transaction ON public.crm_redactionlog (xact);

CREATE FUNCTION public.begin_redaction(subjects uuid[]) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
    DELETE FROM crm_redacting WHERE ctid IN (SELECT ctid FROM crm_redacting WHERE xact < pg_snapshot_xmin(pg_current_snapshot())
                                             FOR UPDATE SKIP LOCKED);
    INSERT INTO crm_redacting (subject) SELECT unnest(subjects);
END $$;

-- At the commit: whatever was redacted, a line of the log says under which rule or in which case.
CREATE FUNCTION public.check_redaction_is_logged() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM crm_redactionlog WHERE xact = NEW.xact) THEN
        RAISE EXCEPTION 'a redaction says under which rule, or in which case' USING ERRCODE = 'check_violation', CONSTRAINT = 'redaction_is_logged';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER redaction_is_logged AFTER INSERT ON public.crm_redacting DEFERRABLE INITIALLY DEFERRED
FOR EACH ROW WHEN (NEW.subject IS NULL) EXECUTE FUNCTION public.check_redaction_is_logged();

ALTER FUNCTION public.redact_cases(uuid[], text[]) RENAME TO empty_cases;
ALTER FUNCTION public.redact_contacts(uuid[]) RENAME TO empty_contacts;
ALTER FUNCTION public.redact_comments(uuid[]) RENAME TO empty_comments;
ALTER FUNCTION public.redact_people(uuid[], uuid) RENAME TO empty_people;
ALTER FUNCTION public.redact_exports(uuid[]) RENAME TO empty_exports;
CREATE FUNCTION public.redact_cases(ids uuid[], parts text[]) RETURNS bigint LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public
    AS 'SELECT begin_redaction(ARRAY[NULL::uuid]); SELECT empty_cases(ids, parts)';
CREATE FUNCTION public.redact_contacts(ids uuid[]) RETURNS bigint LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public
    AS 'SELECT begin_redaction(ARRAY[NULL::uuid]); SELECT empty_contacts(ids)';
CREATE FUNCTION public.redact_comments(ids uuid[]) RETURNS bigint LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public
    AS 'SELECT begin_redaction(ARRAY[NULL::uuid]); SELECT empty_comments(ids)';
CREATE FUNCTION public.redact_people(ids uuid[], asked_in uuid DEFAULT NULL) RETURNS bigint LANGUAGE sql SECURITY DEFINER
    SET search_path = pg_catalog, public AS 'SELECT begin_redaction(ARRAY[NULL::uuid]); SELECT empty_people(ids, asked_in)';
CREATE FUNCTION public.redact_exports(ids uuid[]) RETURNS bigint LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public
    AS 'SELECT begin_redaction(ARRAY[NULL::uuid]); SELECT empty_exports(ids)';
REVOKE ALL ON FUNCTION public.empty_cases(uuid[], text[]), public.empty_contacts(uuid[]), public.empty_comments(uuid[]),
    public.empty_people(uuid[], uuid), public.empty_exports(uuid[]) FROM @ROLE@;
REVOKE ALL ON FUNCTION public.begin_redaction(uuid[]), public.check_redaction_is_logged(), public.redact_cases(uuid[], text[]),
    public.redact_contacts(uuid[]), public.redact_comments(uuid[]), public.redact_people(uuid[], uuid), public.redact_exports(uuid[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION public.redact_cases(uuid[], text[]), public.redact_contacts(uuid[]), public.redact_comments(uuid[]),
    public.redact_people(uuid[], uuid), public.redact_exports(uuid[]) TO @ROLE@;

CREATE OR REPLACE FUNCTION public.redact_people_of_changes(ids uuid[]) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public AS $$
BEGIN
    PERFORM begin_redaction(ids);
    UPDATE crm_change SET before = NULL WHERE person_id = ANY(ids) AND before IS NOT NULL;
END $$;
"""
NOT_REDACTING = """
DROP FUNCTION public.redact_cases(uuid[], text[]), public.redact_contacts(uuid[]), public.redact_comments(uuid[]),
    public.redact_people(uuid[], uuid), public.redact_exports(uuid[]);
ALTER FUNCTION public.empty_cases(uuid[], text[]) RENAME TO redact_cases;
ALTER FUNCTION public.empty_contacts(uuid[]) RENAME TO redact_contacts;
ALTER FUNCTION public.empty_comments(uuid[]) RENAME TO redact_comments;
ALTER FUNCTION public.empty_people(uuid[], uuid) RENAME TO redact_people;
ALTER FUNCTION public.empty_exports(uuid[]) RENAME TO redact_exports;
GRANT EXECUTE ON FUNCTION public.redact_cases(uuid[], text[]), public.redact_contacts(uuid[]), public.redact_comments(uuid[]),
    public.redact_people(uuid[], uuid), public.redact_exports(uuid[]) TO @ROLE@;
CREATE OR REPLACE FUNCTION public.redact_people_of_changes(ids uuid[]) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public AS $$
BEGIN
    PERFORM set_config('ventanilla.redacting', 'on', true);
    UPDATE crm_change SET before = NULL WHERE person_id = ANY(ids) AND before IS NOT NULL;
END $$;
DROP TABLE public.crm_redacting;
DROP FUNCTION public.begin_redaction(uuid[]), public.check_redaction_is_logged();
ALTER TABLE public.crm_redactionlog DROP COLUMN xact;
"""

# As in 0009, but that a row's values are left out only where it names somebody whom the owner's function redacts in this transaction.
RECORD = """
CREATE OR REPLACE FUNCTION public.record_change() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE old_row jsonb := to_jsonb(OLD); new_row jsonb := CASE WHEN TG_OP = 'UPDATE' THEN to_jsonb(NEW) ELSE '{}' END; earlier jsonb;
BEGIN
    SELECT jsonb_object_agg(o.key, o.value) INTO earlier FROM jsonb_each(old_row) o WHERE new_row -> o.key IS DISTINCT FROM o.value;
    IF earlier IS NULL THEN RETURN NULL; END IF;
    IF EXISTS (SELECT FROM crm_redacting WHERE xact = pg_current_xact_id() AND subject IS NOT NULL
               AND subject::text IN (SELECT value FROM jsonb_each_text(old_row))) THEN
        SELECT jsonb_object_agg(key, NULL) INTO earlier FROM jsonb_object_keys(earlier) key;
    END IF;
    INSERT INTO crm_change (relation, row_id, person_id, event_id, before, before_digest)
    VALUES (TG_TABLE_NAME, coalesce(old_row ->> 'id', old_row ->> TG_ARGV[0]), (old_row ->> TG_ARGV[0])::uuid,
            nullif(current_setting('ventanilla.event', true), '')::uuid, earlier, sha256(convert_to(earlier::text, 'UTF8')));
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER record_change AFTER UPDATE OR DELETE ON public.crm_personblock DEFERRABLE INITIALLY DEFERRED
FOR EACH ROW EXECUTE FUNCTION public.record_change('person_id');
"""
NOT_RECORD = """
DROP TRIGGER record_change ON public.crm_personblock;
CREATE OR REPLACE FUNCTION public.record_change() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
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
"""

# As in 0009, but that no setting of a session moves the moment until which it seals: what is to come is sealed when it has come.
SEAL = """
CREATE OR REPLACE FUNCTION public.seal_audit(kind text, upto timestamptz) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE latest crm_seal; found record;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('seal ' || kind));
    SELECT * INTO latest FROM crm_seal WHERE source = kind ORDER BY until DESC LIMIT 1;
    IF upto <= coalesce(latest.until, '-infinity') OR upto >= clock_timestamp()@SLACK@ THEN RETURN 0; END IF;
    SELECT * INTO found FROM digest_of(kind, coalesce(latest.until, '1900-01-01'), upto, coalesce(latest.digest, ''));
    INSERT INTO crm_seal (source, since, until, row_count, digest)
    VALUES (kind, coalesce(latest.until, '1900-01-01'), upto, found.row_count, found.digest);
    RETURN found.row_count;
END $$;
"""

# What nothing of ours changes or deletes, the application may not. Cases and stages are filed and decided too often for a trigger: their
# history is their events, and nobody deletes one (docs/adr/0009).
RIGHTS = """
REVOKE DELETE ON public.crm_case, public.crm_stage FROM @ROLE@;
REVOKE UPDATE, DELETE ON public.crm_breakglass, public.crm_message, public.crm_placement, public.crm_claimcode, public.crm_personblock FROM @ROLE@;
GRANT UPDATE (attempts, used_at, revoked_at) ON public.crm_claimcode TO @ROLE@;
GRANT UPDATE (person_id, lifted_at, lifted_by_id) ON public.crm_personblock TO @ROLE@;
"""
WIDE_RIGHTS = """
GRANT UPDATE, DELETE ON public.crm_case, public.crm_stage, public.crm_breakglass, public.crm_message, public.crm_placement,
    public.crm_claimcode, public.crm_personblock TO @ROLE@;
"""


class Migration(migrations.Migration):
    dependencies = [("crm", "0014_documents_and_notifications")]
    operations = [
        migrations.RunSQL(REDACTING.replace("@ROLE@", ROLE), NOT_REDACTING.replace("@ROLE@", ROLE)),
        migrations.RunSQL(RECORD, NOT_RECORD),
        migrations.RunSQL(SEAL.replace("@SLACK@", ""), SEAL.replace("@SLACK@", " AND upto >= clock_now()")),
        migrations.RunSQL(RIGHTS.replace("@ROLE@", ROLE), WIDE_RIGHTS.replace("@ROLE@", ROLE)),
    ]

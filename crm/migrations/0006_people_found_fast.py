"""
Names are found by keys instead of by trigrams over every name: each word, and each pair of words, in plain letters.

The words that occur in names are a small table of its own, kept by triggers: on it, not on three million names, a mistyped word is
mended. Nobody waits for anybody there: a word that two contacts enter at one moment may stand twice, which harms nothing.
"""

import django.contrib.postgres.indexes
from django.conf import settings
from django.db import migrations, models

ROLE = settings.DATABASE_APP_ROLE
FUNCTIONS = r"""
-- The words of a name that tell people apart, in plain letters, each once, eight at most, in alphabetical order.
CREATE FUNCTION public.name_words(name text) RETURNS text[] LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE COST 500 AS $$
DECLARE
    parts text[] := string_to_array(pg_catalog.btrim(pg_catalog.regexp_replace(public.plain(name), '[^[:alnum:]]+', ' ', 'g')), ' ');
    kept text[] := '{}';
    part text;
BEGIN
    FOREACH part IN ARRAY parts LOOP
        IF pg_catalog.length(part) > 1 AND part <> ALL (kept) AND part <> ALL ('{de,del,la,las,los,el,y,da,do,dos,van,von}'::text[]) THEN
            kept := kept || part;
        END IF;
    END LOOP;
    IF kept = '{}' THEN
        kept := parts;
    END IF;
    RETURN ARRAY(SELECT word FROM pg_catalog.unnest(kept[1:8]) AS word ORDER BY word);
END $$;

-- The hundredth part of all names to which one belongs; all of its keys are kept once more for that part alone, so that of words that
-- very many carry, some of those people can be read without reading all of them.
CREATE FUNCTION public.name_part(words text[]) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS
$$ SELECT '#' || pg_catalog.get_byte(pg_catalog.sha256(pg_catalog.array_to_string(words, ' ')::bytea), 0) % 100 $$;

-- What a name is found by: each word; each pair of words; and, of a short name, that it has no other words. Its cost keeps the planner
-- from reading everybody; it is no work for several processes at once, for starting those takes longer than any look-up by it.
CREATE FUNCTION public.name_keys(name text) RETURNS text[] LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL RESTRICTED COST 1000 AS $$
DECLARE
    words text[] := public.name_words(name);
    keys text[] := words;
    part text := public.name_part(words);
BEGIN
    FOR one IN 1 .. pg_catalog.cardinality(words) - 1 LOOP
        FOR other IN one + 1 .. pg_catalog.cardinality(words) LOOP
            keys := keys || (words[one] || ' ' || words[other]);
        END LOOP;
    END LOOP;
    keys := keys || ARRAY(SELECT key || part FROM pg_catalog.unnest(keys) AS key);
    IF pg_catalog.cardinality(words) IN (1, 2) THEN
        keys := keys || ('=' || pg_catalog.array_to_string(words, ' '));
    END IF;
    RETURN keys;
END $$;

-- How a Spanish-speaker hears a word: b and v, s, z and soft c, ll and y, soft g and j are one; h is mute.
CREATE FUNCTION public.name_sound(word text) RETURNS text LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE COST 500 AS $$
DECLARE heard text := pg_catalog.replace(word, 'ch', '1');
BEGIN
    heard := pg_catalog.replace(pg_catalog.replace(heard, 'h', ''), 'll', 'y');
    heard := pg_catalog.regexp_replace(pg_catalog.regexp_replace(heard, 'c([ei])', 's\1', 'g'), 'g([ei])', 'j\1', 'g');
    heard := pg_catalog.replace(pg_catalog.replace(heard, 'qu', 'k'), 'c', 'k');
    heard := pg_catalog.translate(heard, 'vzxwy', 'bssui');
    RETURN pg_catalog.regexp_replace(heard, '(.)\1+', '\1', 'g');
END $$;

-- What a word is found by when it is mistyped: itself, itself without each one of its letters, and its sound. Two words that differ by a
-- letter lost, added, mistaken or swapped with its neighbour always have one of these in common.
CREATE FUNCTION public.name_variants(word text) RETURNS text[] LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE COST 1000 AS $$
    SELECT ARRAY[word, '~' || public.name_sound(word)] || ARRAY(
        SELECT pg_catalog.overlay(word, '', place, 1)
        FROM pg_catalog.generate_series(1, least(pg_catalog.length(word), 24)) AS place
        WHERE pg_catalog.length(word) > 2)
$$;
"""
NO_FUNCTIONS = """
DROP FUNCTION public.name_variants(text);
DROP FUNCTION public.name_sound(text);
DROP FUNCTION public.name_keys(text);
DROP FUNCTION public.name_part(text[]);
DROP FUNCTION public.name_words(text);
"""
WORDS = """
CREATE INDEX name_word_variants ON public.crm_nameword USING gin (public.name_variants(word)) WITH (fastupdate = off);
CREATE FUNCTION public.learn_name_words() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
    IF TG_LEVEL = 'ROW' THEN
        INSERT INTO crm_nameword (word) SELECT w FROM unnest(name_words(NEW.name)) AS w
        WHERE NOT EXISTS (SELECT 1 FROM crm_nameword k WHERE k.word = w);
    ELSE
        INSERT INTO crm_nameword (word) SELECT DISTINCT w FROM entered, unnest(name_words(entered.name)) AS w
        WHERE NOT EXISTS (SELECT 1 FROM crm_nameword k WHERE k.word = w);
    END IF;
    RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION public.learn_name_words() FROM PUBLIC;
INSERT INTO public.crm_nameword (word) SELECT DISTINCT w FROM public.crm_person, unnest(public.name_words(name)) AS w;
CREATE TRIGGER person_words_are_learnt AFTER INSERT ON public.crm_person
    REFERENCING NEW TABLE AS entered FOR EACH STATEMENT EXECUTE FUNCTION public.learn_name_words();
CREATE TRIGGER person_words_are_learnt_anew AFTER UPDATE OF name ON public.crm_person
    FOR EACH ROW WHEN (OLD.name IS DISTINCT FROM NEW.name) EXECUTE FUNCTION public.learn_name_words();
REVOKE INSERT, UPDATE, DELETE ON public.crm_nameword FROM @ROLE@;
"""
NO_WORDS = """
DROP TRIGGER person_words_are_learnt_anew ON public.crm_person;
DROP TRIGGER person_words_are_learnt ON public.crm_person;
DROP FUNCTION public.learn_name_words();
DROP INDEX public.name_word_variants;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("crm", "0005_people_in_full"),
    ]

    operations = [
        migrations.RunSQL(FUNCTIONS, NO_FUNCTIONS),
        migrations.RemoveIndex(model_name="person", name="person_name_trigram"),
        migrations.AddIndex(
            model_name="person",
            index=django.contrib.postgres.indexes.GinIndex(
                models.Func("name", function="name_keys"), fastupdate=False, name="person_name_keys"
            ),
        ),
        migrations.RunSQL(  # how common each key is need not be known: long lists of it only make planning slow
            "ALTER INDEX public.person_name_keys ALTER COLUMN 1 SET STATISTICS 10", migrations.RunSQL.noop
        ),
        migrations.CreateModel(
            name="NameWord",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("word", models.TextField()),
            ],
            options={
                "indexes": [
                    models.Index(fields=["word"], name="name_word"),
                    django.contrib.postgres.indexes.GinIndex(
                        fields=["word"], name="name_word_trigram", opclasses=["gin_trgm_ops"]
                    ),
                ],
            },
        ),
        migrations.RunSQL(WORDS.replace("@ROLE@", ROLE), NO_WORDS),
        migrations.AddIndex(
            model_name="personidentifier",
            index=models.Index(
                condition=models.Q(("is_active", True), models.Q(("kind", "run"), _negated=True)),
                fields=["value"],
                name="identifier_other_value",
            ),
        ),
        migrations.AddIndex(
            model_name="personattribute",
            index=models.Index(
                condition=models.Q(("key", "birth_date")), fields=["value"], name="attribute_birth_date"
            ),
        ),
        migrations.RemoveIndex(model_name="duplicatepair", name="pair_waiting"),
        migrations.AddIndex(
            model_name="duplicatepair",
            index=models.Index(
                condition=models.Q(("state", "suspected")), fields=["found_at", "id"], name="pair_waiting"
            ),
        ),
    ]

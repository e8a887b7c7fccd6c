"""Triggers that keep a published survey as it was asked, for every role of the database."""

from django.db import migrations

GUARD = """
CREATE FUNCTION surveys_version_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.status = 'draft' THEN
        RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
    END IF;
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'a published survey version stays' USING ERRCODE = 'restrict_violation';
    END IF;
    IF to_jsonb(NEW) - 'status' - 'retired_at' - 'retired_by' <> to_jsonb(OLD) - 'status' - 'retired_at' - 'retired_by'
       OR (NEW.status <> OLD.status AND NOT (OLD.status = 'published' AND NEW.status = 'retired'))
       OR (OLD.status = 'retired' AND to_jsonb(NEW) <> to_jsonb(OLD)) THEN
        RAISE EXCEPTION 'a published survey version can only be retired' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END;
$$;

CREATE TRIGGER survey_version_frozen BEFORE UPDATE OR DELETE ON surveys_surveyversion
    FOR EACH ROW EXECUTE FUNCTION surveys_version_guard();
"""

WITHOUT = """
DROP TRIGGER survey_version_frozen ON surveys_surveyversion;
DROP FUNCTION surveys_version_guard();
"""


class Migration(migrations.Migration):
    dependencies = [("surveys", "0001_initial")]

    operations = [migrations.RunSQL(GUARD, WITHOUT)]

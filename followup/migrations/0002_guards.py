"""Triggers that keep what patients said, and what was published, as it was."""

from django.db import migrations

GUARDS = """
CREATE FUNCTION followup_answer_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.superseded_at IS NULL AND NEW.superseded_at IS NOT NULL
       AND to_jsonb(NEW) - 'superseded_at' - 'superseded_by_id' = to_jsonb(OLD) - 'superseded_at' - 'superseded_by_id' THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'answers are append-only: a correction supersedes' USING ERRCODE = 'restrict_violation';
END;
$$;

CREATE TRIGGER answer_append_only BEFORE UPDATE OR DELETE ON followup_answer
    FOR EACH ROW EXECUTE FUNCTION followup_answer_guard();

CREATE TRIGGER answer_never_emptied BEFORE TRUNCATE ON followup_answer
    FOR EACH STATEMENT EXECUTE FUNCTION followup_answer_guard();

CREATE FUNCTION followup_signal_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND to_jsonb(NEW) - 'annotations' = to_jsonb(OLD) - 'annotations'
       AND jsonb_array_length(NEW.annotations) >= jsonb_array_length(OLD.annotations) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'signals are annotated, never changed' USING ERRCODE = 'restrict_violation';
END;
$$;

CREATE TRIGGER signal_append_only BEFORE UPDATE OR DELETE ON followup_signal
    FOR EACH ROW EXECUTE FUNCTION followup_signal_guard();

CREATE FUNCTION followup_plan_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.status = 'draft' THEN
        RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
    END IF;
    IF TG_OP = 'UPDATE' AND OLD.status = 'published' AND NEW.status = 'retired'
       AND to_jsonb(NEW) - 'status' - 'retired_at' = to_jsonb(OLD) - 'status' - 'retired_at' THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'a published plan does not change' USING ERRCODE = 'restrict_violation';
END;
$$;

CREATE TRIGGER plan_frozen BEFORE UPDATE OR DELETE ON followup_plan
    FOR EACH ROW EXECUTE FUNCTION followup_plan_guard();

CREATE FUNCTION followup_plan_step_guard() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    plan uuid := CASE WHEN TG_OP = 'DELETE' THEN OLD.plan_id ELSE NEW.plan_id END;
BEGIN
    IF (SELECT status FROM followup_plan WHERE id = plan) = 'draft'
       AND (TG_OP <> 'UPDATE' OR OLD.plan_id = NEW.plan_id) THEN
        RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
    END IF;
    RAISE EXCEPTION 'the steps of a published plan do not change' USING ERRCODE = 'restrict_violation';
END;
$$;

CREATE TRIGGER plan_step_frozen BEFORE INSERT OR UPDATE OR DELETE ON followup_planstep
    FOR EACH ROW EXECUTE FUNCTION followup_plan_step_guard();

CREATE FUNCTION followup_consent_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.ended_at IS NULL
       AND to_jsonb(NEW) - 'ended_at' - 'ended_by' = to_jsonb(OLD) - 'ended_at' - 'ended_by' THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'consent is kept as it was given' USING ERRCODE = 'restrict_violation';
END;
$$;

CREATE TRIGGER consent_kept BEFORE UPDATE OR DELETE ON followup_consent
    FOR EACH ROW EXECUTE FUNCTION followup_consent_guard();
"""

WITHOUT = """
DROP TRIGGER consent_kept ON followup_consent;
DROP FUNCTION followup_consent_guard();
DROP TRIGGER plan_step_frozen ON followup_planstep;
DROP FUNCTION followup_plan_step_guard();
DROP TRIGGER plan_frozen ON followup_plan;
DROP FUNCTION followup_plan_guard();
DROP TRIGGER signal_append_only ON followup_signal;
DROP FUNCTION followup_signal_guard();
DROP TRIGGER answer_never_emptied ON followup_answer;
DROP TRIGGER answer_append_only ON followup_answer;
DROP FUNCTION followup_answer_guard();
"""


class Migration(migrations.Migration):
    dependencies = [("followup", "0001_initial")]

    operations = [migrations.RunSQL(GUARDS, WITHOUT)]

"""Triggers that keep the audit log append-only, for every role of the database."""

from django.db import migrations

GUARD = """
CREATE FUNCTION clinics_audit_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' AND NEW.position IS NULL THEN
        RETURN NEW;
    END IF;
    IF TG_OP = 'UPDATE' AND OLD.position IS NULL AND NEW.position IS NOT NULL
       AND to_jsonb(NEW) - 'position' - 'hash' = to_jsonb(OLD) - 'position' - 'hash' THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'audit events are append-only' USING ERRCODE = 'restrict_violation';
END;
$$;

CREATE TRIGGER audit_append_only BEFORE INSERT OR UPDATE OR DELETE ON clinics_auditevent
    FOR EACH ROW EXECUTE FUNCTION clinics_audit_guard();

CREATE TRIGGER audit_never_emptied BEFORE TRUNCATE ON clinics_auditevent
    FOR EACH STATEMENT EXECUTE FUNCTION clinics_audit_guard();
"""

WITHOUT = """
DROP TRIGGER audit_never_emptied ON clinics_auditevent;
DROP TRIGGER audit_append_only ON clinics_auditevent;
DROP FUNCTION clinics_audit_guard();
"""


class Migration(migrations.Migration):
    dependencies = [("clinics", "0001_initial")]

    operations = [migrations.RunSQL(GUARD, WITHOUT)]

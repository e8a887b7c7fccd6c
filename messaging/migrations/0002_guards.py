"""Triggers: opt-outs and receipts are kept for ever; an opt-out only ever ends."""

from django.db import migrations

GUARD = """
CREATE FUNCTION messaging_optout_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.ended_at IS NULL
       AND to_jsonb(NEW) - 'ended_at' - 'ended_by' = to_jsonb(OLD) - 'ended_at' - 'ended_by' THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'opt-outs are kept: they only end' USING ERRCODE = 'restrict_violation';
END;
$$;

CREATE TRIGGER optout_kept BEFORE UPDATE OR DELETE ON messaging_optout
    FOR EACH ROW EXECUTE FUNCTION messaging_optout_guard();

CREATE FUNCTION messaging_receipt_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.message_id IS NULL
       AND to_jsonb(NEW) - 'message_id' = to_jsonb(OLD) - 'message_id' THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'receipts are kept as they came' USING ERRCODE = 'restrict_violation';
END;
$$;

CREATE TRIGGER receipt_kept BEFORE UPDATE OR DELETE ON messaging_deliveryreceipt
    FOR EACH ROW EXECUTE FUNCTION messaging_receipt_guard();
"""

WITHOUT = """
DROP TRIGGER receipt_kept ON messaging_deliveryreceipt;
DROP FUNCTION messaging_receipt_guard();
DROP TRIGGER optout_kept ON messaging_optout;
DROP FUNCTION messaging_optout_guard();
"""


class Migration(migrations.Migration):
    dependencies = [("messaging", "0001_initial")]

    operations = [migrations.RunSQL(GUARD, WITHOUT)]

-- A hold and its outcome: chained when inserted, tied together by one key, ended by one call.

CREATE FUNCTION billing_chain_hold() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
    UPDATE audit_chainhead h SET seq = h.seq + 1, prev_hash = h.hash, hash = sha256(h.hash || convert_to(concat(
        length((h.seq + 1)::text), ':', h.seq + 1, ',',
        octet_length(NEW.id), ':', NEW.id, ',', octet_length(NEW.workspace_id), ':', NEW.workspace_id, ',',
        octet_length(NEW.reference), ':', NEW.reference, ',', length(NEW.amount::text), ':', NEW.amount, ',',
        octet_length(NEW.transfer_id), ':', NEW.transfer_id, ',', audit_time(NEW.created_at)), 'UTF8'))
    WHERE h.chain = 'hold' AND h.workspace_id = NEW.workspace_id
    RETURNING h.seq, h.prev_hash, h.hash INTO NEW.chain_seq, NEW.prev_hash, NEW.hash;
    RETURN NEW;
END $$;

CREATE TRIGGER billing_chain_hold BEFORE INSERT ON billing_hold
    FOR EACH ROW EXECUTE FUNCTION billing_chain_hold();

CREATE FUNCTION billing_chain_outcome() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
    UPDATE audit_chainhead h SET seq = h.seq + 1, prev_hash = h.hash, hash = sha256(h.hash || convert_to(concat(
        length((h.seq + 1)::text), ':', h.seq + 1, ',',
        octet_length(NEW.hold_id), ':', NEW.hold_id, ',', octet_length(NEW.workspace_id), ':', NEW.workspace_id, ',',
        length(NEW.amount::text), ':', NEW.amount, ',', length(NEW.captured::text), ':', NEW.captured, ',',
        length(NEW.released::text), ':', NEW.released, ',', octet_length(NEW.capture_id), ':', NEW.capture_id, ',',
        octet_length(NEW.release_id), ':', NEW.release_id, ',', length(NEW.expired::text), ':', NEW.expired::text, ',',
        audit_time(NEW.created_at)), 'UTF8'))
    WHERE h.chain = 'outcome' AND h.workspace_id = NEW.workspace_id
    RETURNING h.seq, h.prev_hash, h.hash INTO NEW.chain_seq, NEW.prev_hash, NEW.hash;
    RETURN NEW;
END $$;

CREATE TRIGGER billing_chain_outcome BEFORE INSERT ON billing_holdoutcome
    FOR EACH ROW EXECUTE FUNCTION billing_chain_outcome();

-- An outcome's workspace and amount are its hold's; with outcome_adds_up no more than the hold can be captured.
-- A hold needs no foreign key to its workspace: without the workspace's chain billing_chain_hold leaves the row without
-- a hash, and the row is refused.
ALTER TABLE billing_holdoutcome ADD CONSTRAINT outcome_of_hold
    FOREIGN KEY (hold_id, workspace_id, amount) REFERENCES billing_hold (id, workspace_id, amount);

-- Ends a hold, once. Runs with the caller's rights: row-level security, grants, constraints and triggers apply as to
-- single statements. The books are locked before the outcome is looked for, so of two ends at once the second sees the
-- first.
CREATE FUNCTION billing_end_hold(
    of_reference text, to_capture bigint, is_expired boolean, capture_name text, release_name text,
    OUT hold_name text, OUT hold_workspace text, OUT hold_amount bigint, OUT already_captured bigint
) LANGUAGE plpgsql AS $$
DECLARE
    opened_by text;
    alone boolean;
BEGIN
    SELECT h.id, h.workspace_id, h.amount, t.actor INTO hold_name, hold_workspace, hold_amount, opened_by
    FROM billing_hold h JOIN billing_transfer t ON t.id = h.transfer_id WHERE h.reference = of_reference;
    IF hold_name IS NULL OR to_capture NOT BETWEEN 0 AND hold_amount THEN
        RETURN;
    END IF;
    alone := billing_lock_books(hold_workspace);
    SELECT o.captured INTO already_captured FROM billing_holdoutcome o WHERE o.hold_id = hold_name;
    IF FOUND THEN
        RETURN;
    END IF;
    INSERT INTO billing_transfer
        (id, workspace_id, kind, debit_id, credit_id, amount, reference, note, idempotency_key, actor)
    SELECT part.id, hold_workspace, part.kind, debit.id, credit.id, part.amount, of_reference, '',
        part.kind || ':' || hold_name, opened_by
    FROM (VALUES
        (capture_name, 'capture', 'earned', to_capture), (release_name, 'release', 'available', hold_amount - to_capture)
    ) AS part (id, kind, credited, amount)
    JOIN billing_account debit ON debit.workspace_id = hold_workspace AND debit.kind = 'held'
    JOIN billing_account credit ON credit.workspace_id = hold_workspace AND credit.kind = part.credited
    WHERE part.amount > 0;
    INSERT INTO billing_holdoutcome
        (hold_id, workspace_id, amount, captured, released, capture_id, release_id, expired)
    VALUES (hold_name, hold_workspace, hold_amount, to_capture, hold_amount - to_capture,
        CASE WHEN to_capture > 0 THEN capture_name END,
        CASE WHEN to_capture < hold_amount THEN release_name END, is_expired);
END $$;

-- One lock for the books, one key for an outcome, lines built in one call. Run by 0006_locking.

-- Holds off every other transfer of a workspace until the end of the transaction: for what must read before it books.
-- An advisory lock: it writes nothing, and as an expression it needs no plan. Always true.
DROP FUNCTION billing_lock_books;
CREATE FUNCTION billing_lock_books(of_workspace text) RETURNS boolean LANGUAGE sql AS
$$ SELECT pg_advisory_xact_lock(hashtextextended('books:' || of_workspace, 0)) IS NOT NULL $$;

CREATE OR REPLACE FUNCTION billing_end_hold(
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

-- The lines are those of audit_netstring; each function in a statement is looked up again whenever it begins, so a line
-- is one concat.
CREATE OR REPLACE FUNCTION billing_post_transfer() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
    sides text[];
    moved integer;
    alone boolean;
BEGIN
    alone := billing_lock_books(NEW.workspace_id);
    sides := CASE NEW.kind
        WHEN 'hold' THEN ARRAY['available', 'held']
        WHEN 'capture' THEN ARRAY['held', 'earned']
        WHEN 'release' THEN ARRAY['held', 'available']
        WHEN 'grant' THEN ARRAY['granted', 'available']
        WHEN 'refund' THEN ARRAY['earned', 'available']
        WHEN 'expire' THEN ARRAY['available', 'granted']
        WHEN 'adjust' THEN ARRAY['granted', 'available']
        WHEN 'deduct' THEN ARRAY['available', 'granted']
    END;
    IF NEW.kind IN ('refund', 'adjust', 'deduct') THEN
        PERFORM billing_check_transfer(NEW);
    END IF;
    WITH changed AS (
        UPDATE billing_account a SET version = a.version + 1,
            balance = a.balance + CASE WHEN a.id = NEW.debit_id THEN -NEW.amount ELSE NEW.amount END
        WHERE a.workspace_id = NEW.workspace_id AND (
            a.id = NEW.credit_id AND a.kind = sides[2]
            OR a.id = NEW.debit_id AND a.kind = sides[1] AND (a.kind = 'granted' OR a.balance - NEW.amount >= a.floor))
            AND (NEW.kind <> 'hold' OR NOT EXISTS (SELECT FROM billing_bookcheck WHERE differences <> '{}'))
        RETURNING a.id, a.balance, a.version
    )
    SELECT count(*),
        max(balance) FILTER (WHERE id = NEW.debit_id), max(version) FILTER (WHERE id = NEW.debit_id),
        max(balance) FILTER (WHERE id = NEW.credit_id), max(version) FILTER (WHERE id = NEW.credit_id)
    INTO moved, NEW.debit_balance, NEW.debit_version, NEW.credit_balance, NEW.credit_version FROM changed;
    IF moved <> 2 THEN
        IF NEW.kind = 'hold' THEN
            PERFORM billing_check_transfer(NEW);
        END IF;
        PERFORM billing_refuse_transfer(NEW, sides);
    END IF;
    UPDATE audit_chainhead h SET seq = h.seq + 1, prev_hash = h.hash, hash = sha256(h.hash || convert_to(concat(
        length((h.seq + 1)::text), ':', h.seq + 1, ',',
        octet_length(NEW.id), ':', NEW.id, ',', octet_length(NEW.workspace_id), ':', NEW.workspace_id, ',',
        octet_length(NEW.kind), ':', NEW.kind, ',', length(NEW.debit_id::text), ':', NEW.debit_id, ',',
        length(NEW.credit_id::text), ':', NEW.credit_id, ',', length(NEW.amount::text), ':', NEW.amount, ',',
        length(NEW.debit_balance::text), ':', NEW.debit_balance, ',',
        length(NEW.debit_version::text), ':', NEW.debit_version, ',',
        length(NEW.credit_balance::text), ':', NEW.credit_balance, ',',
        length(NEW.credit_version::text), ':', NEW.credit_version, ',',
        octet_length(NEW.reference), ':', NEW.reference, ',', octet_length(NEW.note), ':', NEW.note, ',',
        octet_length(NEW.idempotency_key), ':', NEW.idempotency_key, ',', octet_length(NEW.actor), ':', NEW.actor, ',',
        audit_time(NEW.expires_at), audit_time(NEW.created_at)), 'UTF8'))
    WHERE h.chain = 'transfer' AND h.workspace_id = NEW.workspace_id
    RETURNING h.seq, h.prev_hash, h.hash INTO NEW.chain_seq, NEW.prev_hash, NEW.hash;
    RETURN NEW;
END $$;

CREATE OR REPLACE FUNCTION billing_chain_hold() RETURNS trigger
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

CREATE OR REPLACE FUNCTION billing_chain_outcome() RETURNS trigger
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

-- The end of a hold, once; accounts that stay; triggers that look at each thing once. Run by 0005_ending.

-- Runs with the caller's rights: row-level security, grants, constraints and triggers judge it like single statements.
-- The books are locked before the outcome is looked for, so of two ends at once the second one sees the first.
CREATE FUNCTION billing_end_hold(
    of_reference text, to_capture bigint, is_expired boolean, capture_name text, release_name text,
    OUT hold_name text, OUT hold_workspace text, OUT hold_amount bigint, OUT already_captured bigint
) LANGUAGE plpgsql AS $$
DECLARE
    held_for text;
    opened_by text;
BEGIN
    SELECT h.id, h.workspace_id, h.amount, h.transfer_id INTO hold_name, hold_workspace, hold_amount, held_for
    FROM billing_hold h WHERE h.reference = of_reference;
    IF hold_name IS NULL OR to_capture NOT BETWEEN 0 AND hold_amount THEN
        RETURN;
    END IF;
    PERFORM billing_lock_books(hold_workspace);
    SELECT o.captured INTO already_captured FROM billing_holdoutcome o WHERE o.hold_id = hold_name;
    IF FOUND THEN
        RETURN;
    END IF;
    SELECT t.actor INTO opened_by FROM billing_transfer t WHERE t.id = held_for;
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

-- An account is there for ever. So a transfer needs no foreign key to it, nor to its workspace: billing_post_transfer
-- changes both accounts, of the transfer's workspace, or refuses. Foreign keys would look the same rows up three times.
CREATE FUNCTION billing_keep_account() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'accounts are never removed' USING ERRCODE = 'insufficient_privilege';
END $$;

CREATE TRIGGER billing_account_stays BEFORE DELETE OR TRUNCATE ON billing_account
    FOR EACH STATEMENT EXECUTE FUNCTION billing_keep_account();

-- The triggers of chains.sql with fewer statements: each call of a function that runs as somebody else costs more than
-- what it does here. The digest is still that of atelier/audit/migrations/chain.sql.
CREATE OR REPLACE FUNCTION audit_digest(before bytea, place bigint, line text) RETURNS bytea LANGUAGE sql STABLE PARALLEL SAFE AS
$$ SELECT sha256(before || convert_to(concat(length(place::text), ':', place, ',', line), 'UTF8')) $$;

CREATE OR REPLACE FUNCTION billing_post_transfer() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
    sides text[];
    moved integer;
BEGIN
    sides := CASE NEW.kind
        WHEN 'grant' THEN ARRAY['granted', 'available']
        WHEN 'hold' THEN ARRAY['available', 'held']
        WHEN 'capture' THEN ARRAY['held', 'earned']
        WHEN 'release' THEN ARRAY['held', 'available']
        WHEN 'refund' THEN ARRAY['earned', 'available']
        WHEN 'expire' THEN ARRAY['available', 'granted']
        WHEN 'adjust' THEN ARRAY['granted', 'available']
        WHEN 'deduct' THEN ARRAY['available', 'granted']
    END;
    PERFORM FROM audit_chainhead WHERE chain = 'transfer' AND workspace_id = NEW.workspace_id FOR UPDATE;
    IF NEW.kind IN ('refund', 'adjust', 'deduct')
       OR NEW.kind = 'hold' AND EXISTS (SELECT FROM billing_bookcheck WHERE differences <> '{}') THEN
        PERFORM billing_check_transfer(NEW);
    END IF;
    WITH changed AS (
        UPDATE billing_account a SET version = a.version + 1,
            balance = a.balance + CASE WHEN a.id = NEW.debit_id THEN -NEW.amount ELSE NEW.amount END
        WHERE a.workspace_id = NEW.workspace_id AND (
            a.id = NEW.credit_id AND a.kind = sides[2]
            OR a.id = NEW.debit_id AND a.kind = sides[1] AND (a.kind = 'granted' OR a.balance - NEW.amount >= a.floor))
        RETURNING a.id, a.balance, a.version
    )
    SELECT count(*),
        max(balance) FILTER (WHERE id = NEW.debit_id), max(version) FILTER (WHERE id = NEW.debit_id),
        max(balance) FILTER (WHERE id = NEW.credit_id), max(version) FILTER (WHERE id = NEW.credit_id)
    INTO moved, NEW.debit_balance, NEW.debit_version, NEW.credit_balance, NEW.credit_version FROM changed;
    IF moved <> 2 THEN
        PERFORM billing_refuse_transfer(NEW, sides);
    END IF;
    UPDATE audit_chainhead h SET seq = h.seq + 1, prev_hash = h.hash, hash = audit_digest(h.hash, h.seq + 1, concat(
        audit_netstring(NEW.id), audit_netstring(NEW.workspace_id), audit_netstring(NEW.kind),
        audit_netstring(NEW.debit_id::text), audit_netstring(NEW.credit_id::text), audit_netstring(NEW.amount::text),
        audit_netstring(NEW.debit_balance::text), audit_netstring(NEW.debit_version::text),
        audit_netstring(NEW.credit_balance::text), audit_netstring(NEW.credit_version::text),
        audit_netstring(NEW.reference), audit_netstring(NEW.note), audit_netstring(NEW.idempotency_key),
        audit_netstring(NEW.actor), audit_time(NEW.expires_at), audit_time(NEW.created_at)))
    WHERE h.chain = 'transfer' AND h.workspace_id = NEW.workspace_id
    RETURNING h.seq, h.prev_hash, h.hash INTO NEW.chain_seq, NEW.prev_hash, NEW.hash;
    RETURN NEW;
END $$;

CREATE OR REPLACE FUNCTION billing_chain_hold() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
    UPDATE audit_chainhead h SET seq = h.seq + 1, prev_hash = h.hash, hash = audit_digest(h.hash, h.seq + 1, concat(
        audit_netstring(NEW.id), audit_netstring(NEW.workspace_id), audit_netstring(NEW.reference),
        audit_netstring(NEW.amount::text), audit_netstring(NEW.transfer_id), audit_time(NEW.created_at)))
    WHERE h.chain = 'hold' AND h.workspace_id = NEW.workspace_id
    RETURNING h.seq, h.prev_hash, h.hash INTO NEW.chain_seq, NEW.prev_hash, NEW.hash;
    RETURN NEW;
END $$;

CREATE OR REPLACE FUNCTION billing_chain_outcome() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
    UPDATE audit_chainhead h SET seq = h.seq + 1, prev_hash = h.hash, hash = audit_digest(h.hash, h.seq + 1, concat(
        audit_netstring(NEW.hold_id), audit_netstring(NEW.workspace_id), audit_netstring(NEW.amount::text),
        audit_netstring(NEW.captured::text), audit_netstring(NEW.released::text), audit_netstring(NEW.capture_id),
        audit_netstring(NEW.release_id), audit_netstring(NEW.expired::text), audit_time(NEW.created_at)))
    WHERE h.chain = 'outcome' AND h.workspace_id = NEW.workspace_id
    RETURNING h.seq, h.prev_hash, h.hash INTO NEW.chain_seq, NEW.prev_hash, NEW.hash;
    RETURN NEW;
END $$;

CREATE OR REPLACE FUNCTION billing_lock_books(of_workspace text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
    PERFORM FROM audit_chainhead WHERE chain = 'transfer' AND workspace_id = of_workspace FOR UPDATE;
END $$;

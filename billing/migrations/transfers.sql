-- A transfer: one lock, two balances, one place in the chain.

-- Holds off every other transfer of a workspace until the end of the transaction, for callers that read before they
-- book. An advisory lock: it writes nothing, and as an expression it needs no plan (docs/adr/0015). Always true.
CREATE FUNCTION billing_lock_books(of_workspace text) RETURNS boolean LANGUAGE sql AS
$$ SELECT pg_advisory_xact_lock(hashtextextended('books:' || of_workspace, 0)) IS NOT NULL $$;

-- Runs with the owner's rights: it is the only way in which a balance changes. The books are locked first, so transfers
-- of one workspace run one after the other and never deadlock.
-- The line is that of audit_netstring (atelier/audit/migrations/chains.sql), written as one concat: every function called
-- in a statement is looked up again each time the statement starts.
CREATE FUNCTION billing_post_transfer() RETURNS trigger
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

CREATE TRIGGER billing_post_transfer BEFORE INSERT ON billing_transfer
    FOR EACH ROW EXECUTE FUNCTION billing_post_transfer();

-- What a kind requires besides its accounts.
CREATE FUNCTION billing_check_transfer(transfer billing_transfer) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
    IF transfer.kind = 'hold' THEN
        IF EXISTS (SELECT 1 FROM billing_bookcheck WHERE differences <> '{}') THEN
            RAISE EXCEPTION 'the books do not agree: nothing is accepted until they do'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_mismatch';
        END IF;
    ELSIF transfer.kind = 'refund' THEN
        IF transfer.amount > coalesce((
            SELECT o.captured FROM billing_holdoutcome o JOIN billing_hold h ON h.id = o.hold_id
            WHERE h.reference = transfer.reference AND h.workspace_id = transfer.workspace_id
        ), 0) - coalesce((
            SELECT sum(r.amount) FROM billing_transfer r
            WHERE r.kind = 'refund' AND r.reference = transfer.reference AND r.workspace_id = transfer.workspace_id
        ), 0) THEN
            RAISE EXCEPTION 'refund % is over what was captured', transfer.id
                USING ERRCODE = 'check_violation', CONSTRAINT = 'refund_within_capture';
        END IF;
    ELSIF NOT EXISTS (
        SELECT 1 FROM billing_adjustment a JOIN billing_adjustmentdecision d ON d.adjustment_id = a.id
        WHERE a.id = transfer.reference AND a.workspace_id = transfer.workspace_id AND d.approved
            AND a.amount = CASE transfer.kind WHEN 'adjust' THEN transfer.amount ELSE -transfer.amount END
    ) THEN
        RAISE EXCEPTION 'transfer % has no approved adjustment', transfer.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'adjustment_approved';
    END IF;
END $$;
REVOKE EXECUTE ON FUNCTION billing_check_transfer FROM PUBLIC;

-- Says why a transfer was not booked; the caller's transaction ends here.
CREATE FUNCTION billing_refuse_transfer(transfer billing_transfer, sides text[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
    spendable bigint;
BEGIN
    SELECT balance - floor INTO spendable FROM billing_account
    WHERE id = transfer.debit_id AND workspace_id = transfer.workspace_id AND kind = sides[1];
    IF spendable IS NULL OR spendable >= transfer.amount THEN
        RAISE EXCEPTION 'transfer % does not fit its accounts', transfer.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'transfer_fits_accounts';
    END IF;
    -- The constraint of this name would refuse too, but could not say what there is.
    RAISE EXCEPTION 'transfer % overdraws account %', transfer.id, transfer.debit_id
        USING ERRCODE = 'check_violation', CONSTRAINT = 'account_not_overdrawn', DETAIL = greatest(spendable, 0);
END $$;
REVOKE EXECUTE ON FUNCTION billing_refuse_transfer FROM PUBLIC;

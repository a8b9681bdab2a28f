-- The ledger's chains, credit lines, refunds and adjustments. Run by 0004_chains; atelier/audit/migrations/chain.sql
-- says what a chain is.

-- One transfer: its side of both balances, its place in the chain. Runs with the owner's rights: it is the only way in
-- which a balance changes. The chain's head is locked first, so all transfers of a workspace are in one line and never
-- wait for each other in a circle.
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
    PERFORM 1 FROM audit_chainhead
    WHERE chain = 'transfer' AND workspace_id = NEW.workspace_id FOR UPDATE;
    PERFORM billing_check_transfer(NEW) WHERE NEW.kind IN ('hold', 'refund', 'adjust', 'deduct');
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
    SELECT place, before, digest INTO NEW.chain_seq, NEW.prev_hash, NEW.hash
    FROM audit_extend_chain('transfer', NEW.workspace_id, concat(
        audit_netstring(NEW.id), audit_netstring(NEW.workspace_id), audit_netstring(NEW.kind),
        audit_netstring(NEW.debit_id::text), audit_netstring(NEW.credit_id::text), audit_netstring(NEW.amount::text),
        audit_netstring(NEW.debit_balance::text), audit_netstring(NEW.debit_version::text),
        audit_netstring(NEW.credit_balance::text), audit_netstring(NEW.credit_version::text),
        audit_netstring(NEW.reference), audit_netstring(NEW.note), audit_netstring(NEW.idempotency_key),
        audit_netstring(NEW.actor), audit_time(NEW.expires_at), audit_time(NEW.created_at)));
    RETURN NEW;
END $$;

-- What a kind asks for besides its accounts.
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

-- Why it was not booked; the caller's transaction ends here.
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

-- Holds off every other transfer of a workspace until the end of the transaction: for what must read before it books.
CREATE FUNCTION billing_lock_books(of_workspace text) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    SELECT 1 FROM audit_chainhead WHERE chain = 'transfer' AND workspace_id = of_workspace FOR UPDATE;
$$;
REVOKE EXECUTE ON FUNCTION billing_lock_books FROM PUBLIC;

CREATE FUNCTION billing_chain_hold() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
    SELECT place, before, digest INTO NEW.chain_seq, NEW.prev_hash, NEW.hash
    FROM audit_extend_chain('hold', NEW.workspace_id, concat(
        audit_netstring(NEW.id), audit_netstring(NEW.workspace_id), audit_netstring(NEW.reference),
        audit_netstring(NEW.amount::text), audit_netstring(NEW.transfer_id), audit_time(NEW.created_at)));
    RETURN NEW;
END $$;

CREATE TRIGGER billing_chain_hold BEFORE INSERT ON billing_hold
    FOR EACH ROW EXECUTE FUNCTION billing_chain_hold();

CREATE FUNCTION billing_chain_outcome() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
    SELECT place, before, digest INTO NEW.chain_seq, NEW.prev_hash, NEW.hash
    FROM audit_extend_chain('outcome', NEW.workspace_id, concat(
        audit_netstring(NEW.hold_id), audit_netstring(NEW.workspace_id), audit_netstring(NEW.amount::text),
        audit_netstring(NEW.captured::text), audit_netstring(NEW.released::text), audit_netstring(NEW.capture_id),
        audit_netstring(NEW.release_id), audit_netstring(NEW.expired::text), audit_time(NEW.created_at)));
    RETURN NEW;
END $$;

CREATE TRIGGER billing_chain_outcome BEFORE INSERT ON billing_holdoutcome
    FOR EACH ROW EXECUTE FUNCTION billing_chain_outcome();

CREATE TRIGGER billing_grantend_immutable BEFORE UPDATE OR DELETE OR TRUNCATE ON billing_grantend
    FOR EACH STATEMENT EXECUTE FUNCTION billing_refuse_change();
CREATE TRIGGER billing_adjustment_immutable BEFORE UPDATE OR DELETE OR TRUNCATE ON billing_adjustment
    FOR EACH STATEMENT EXECUTE FUNCTION billing_refuse_change();
CREATE TRIGGER billing_adjustmentdecision_immutable BEFORE UPDATE OR DELETE OR TRUNCATE ON billing_adjustmentdecision
    FOR EACH STATEMENT EXECUTE FUNCTION billing_refuse_change();
CREATE TRIGGER billing_ratecard_immutable BEFORE UPDATE OR DELETE OR TRUNCATE ON billing_ratecard
    FOR EACH STATEMENT EXECUTE FUNCTION billing_refuse_change();

-- A decision is on the adjustment as it was asked for; with decision_by_four_eyes nobody approves their own large one.
ALTER TABLE billing_adjustmentdecision ADD CONSTRAINT decision_of_adjustment
    FOREIGN KEY (adjustment_id, asked_by, second_needed)
    REFERENCES billing_adjustment (id, asked_by, second_needed);

-- An outcome's workspace is its hold's.
ALTER TABLE billing_hold ADD CONSTRAINT hold_workspace_key UNIQUE (id, workspace_id);
ALTER TABLE billing_holdoutcome ADD CONSTRAINT outcome_in_workspace
    FOREIGN KEY (hold_id, workspace_id) REFERENCES billing_hold (id, workspace_id);

-- How far `available` may go below zero follows the workspace's tier. Where more is owed than a lowered line allows,
-- the line stays at the debt: nothing more is spent, nothing breaks.
CREATE FUNCTION billing_draw_line(of_workspace text, of_tier text) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    UPDATE billing_account SET floor = least(balance, 0, -coalesce(
        (SELECT credits FROM billing_creditline WHERE tier = of_tier), 0))
    WHERE workspace_id = of_workspace AND kind = 'available' AND (floor <> 0 OR EXISTS
        (SELECT 1 FROM billing_creditline WHERE tier = of_tier AND credits > 0));
$$;
REVOKE EXECUTE ON FUNCTION billing_draw_line FROM PUBLIC;

CREATE FUNCTION billing_follow_tier() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
    PERFORM billing_draw_line(NEW.id, NEW.tier);
    RETURN NULL;
END $$;

CREATE TRIGGER billing_follow_tier AFTER UPDATE OF tier ON accounts_workspace
    FOR EACH ROW WHEN (OLD.tier IS DISTINCT FROM NEW.tier) EXECUTE FUNCTION billing_follow_tier();

CREATE FUNCTION billing_follow_line() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
    PERFORM billing_draw_line(id, tier) FROM accounts_workspace WHERE tier = coalesce(NEW.tier, OLD.tier);
    RETURN NULL;
END $$;

CREATE TRIGGER billing_follow_line AFTER INSERT OR UPDATE OR DELETE ON billing_creditline
    FOR EACH ROW EXECUTE FUNCTION billing_follow_line();

-- Every workspace has its four accounts, its line and its chains from its first moment.
CREATE OR REPLACE FUNCTION billing_open_accounts() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
    INSERT INTO billing_account (workspace_id, kind, balance, version)
    SELECT NEW.id, kind, 0, 0 FROM unnest(ARRAY['granted', 'available', 'held', 'earned']) AS kind;
    INSERT INTO audit_chainhead (chain, workspace_id, seq, prev_hash, hash, published_seq)
    SELECT chain, NEW.id, 0, decode(repeat('00', 32), 'hex'), decode(repeat('00', 32), 'hex'), 0
    FROM unnest(ARRAY['transfer', 'hold', 'outcome', 'audit']) AS chain
    ON CONFLICT (chain, workspace_id) DO NOTHING;
    PERFORM billing_draw_line(NEW.id, NEW.tier);
    RETURN NEW;
END $$;

INSERT INTO audit_chainhead (chain, workspace_id, seq, prev_hash, hash, published_seq)
SELECT chain, w.id, 0, decode(repeat('00', 32), 'hex'), decode(repeat('00', 32), 'hex'), 0
FROM accounts_workspace w, unnest(ARRAY['transfer', 'hold', 'outcome', 'audit']) AS chain
ON CONFLICT (chain, workspace_id) DO NOTHING;

-- The document's rate card (spec: Limits), and the fair-use line of the tier without a monthly amount.
INSERT INTO billing_ratecard (effective_from, steps, note) VALUES
    ('2000-01-01T00:00:00Z', '[[2100000, 1], [4200000, 2], [16800000, 4], [33200000, 8]]', 'the first rate card');
INSERT INTO billing_creditline (tier, credits) VALUES ('studio', 10000);

-- The ledger's promises that a column constraint cannot express. Run by 0002_ledger.

-- One transfer, two balances. Runs with the owner's rights: it is the only way in which a balance changes.
-- Accounts are locked in the order of their ids, so that two transfers never wait for each other in a circle.
CREATE FUNCTION billing_post_transfer() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
    account record;
    expected text[];
BEGIN
    expected := CASE NEW.kind
        WHEN 'grant' THEN ARRAY['granted', 'available']
        WHEN 'hold' THEN ARRAY['available', 'held']
        WHEN 'capture' THEN ARRAY['held', 'earned']
        WHEN 'release' THEN ARRAY['held', 'available']
        WHEN 'refund' THEN ARRAY['earned', 'available']
    END;
    FOR account IN
        SELECT id, kind, workspace_id, balance FROM billing_account
        WHERE id IN (NEW.debit_id, NEW.credit_id) ORDER BY id FOR UPDATE
    LOOP
        IF account.workspace_id <> NEW.workspace_id
           OR account.kind <> expected[CASE WHEN account.id = NEW.debit_id THEN 1 ELSE 2 END] THEN
            RAISE EXCEPTION 'transfer % does not fit its accounts', NEW.id
                USING ERRCODE = 'check_violation', CONSTRAINT = 'transfer_fits_accounts';
        END IF;
        IF account.id = NEW.debit_id AND account.kind <> 'granted' AND account.balance < NEW.amount THEN
            -- The constraint of this name would refuse too, but could not say what there is.
            RAISE EXCEPTION 'transfer % overdraws account %', NEW.id, account.id
                USING ERRCODE = 'check_violation', CONSTRAINT = 'account_not_overdrawn', DETAIL = account.balance;
        ELSIF account.id = NEW.debit_id THEN
            UPDATE billing_account SET balance = balance - NEW.amount, version = version + 1
            WHERE id = account.id RETURNING balance, version INTO NEW.debit_balance, NEW.debit_version;
        ELSE
            UPDATE billing_account SET balance = balance + NEW.amount, version = version + 1
            WHERE id = account.id RETURNING balance, version INTO NEW.credit_balance, NEW.credit_version;
        END IF;
    END LOOP;
    RETURN NEW;
END $$;

CREATE TRIGGER billing_post_transfer BEFORE INSERT ON billing_transfer
    FOR EACH ROW EXECUTE FUNCTION billing_post_transfer();

-- Posted rows stay as they are, for every role that is not allowed to switch triggers off.
CREATE FUNCTION billing_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% rows are never changed', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
END $$;

CREATE TRIGGER billing_transfer_immutable BEFORE UPDATE OR DELETE OR TRUNCATE ON billing_transfer
    FOR EACH STATEMENT EXECUTE FUNCTION billing_refuse_change();
CREATE TRIGGER billing_hold_immutable BEFORE UPDATE OR DELETE OR TRUNCATE ON billing_hold
    FOR EACH STATEMENT EXECUTE FUNCTION billing_refuse_change();
CREATE TRIGGER billing_holdoutcome_immutable BEFORE UPDATE OR DELETE OR TRUNCATE ON billing_holdoutcome
    FOR EACH STATEMENT EXECUTE FUNCTION billing_refuse_change();

-- An outcome's amount is its hold's amount; with outcome_adds_up nothing can be captured over the hold.
ALTER TABLE billing_holdoutcome ADD CONSTRAINT outcome_of_hold
    FOREIGN KEY (hold_id, amount) REFERENCES billing_hold (id, amount);

-- Every workspace has its four accounts from its first moment.
CREATE FUNCTION billing_open_accounts() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
    INSERT INTO billing_account (workspace_id, kind, balance, version)
    SELECT NEW.id, kind, 0, 0 FROM unnest(ARRAY['granted', 'available', 'held', 'earned']) AS kind;
    RETURN NEW;
END $$;

CREATE TRIGGER billing_open_accounts AFTER INSERT ON accounts_workspace
    FOR EACH ROW EXECUTE FUNCTION billing_open_accounts();

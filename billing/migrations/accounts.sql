-- The four accounts of a workspace: opened with it, never removed; and its credit line.

-- Accounts, credit line and chains exist from the workspace's first moment.
CREATE FUNCTION billing_open_accounts() RETURNS trigger
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

CREATE TRIGGER billing_open_accounts AFTER INSERT ON accounts_workspace
    FOR EACH ROW EXECUTE FUNCTION billing_open_accounts();

-- An account is never removed. So a transfer needs no foreign key to it, nor to its workspace: billing_post_transfer
-- changes both accounts, of the transfer's workspace, or refuses. Foreign keys would read the same rows three times.
CREATE FUNCTION billing_keep_account() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'accounts are never removed' USING ERRCODE = 'insufficient_privilege';
END $$;

CREATE TRIGGER billing_account_stays BEFORE DELETE OR TRUNCATE ON billing_account
    FOR EACH STATEMENT EXECUTE FUNCTION billing_keep_account();

-- How far `available` may go below zero follows the workspace's tier. Where more is owed than a lowered line allows,
-- the line stays at the debt: nothing more can be spent, and no constraint is violated.
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

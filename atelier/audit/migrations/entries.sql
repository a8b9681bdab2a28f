-- An audit entry gets its place in its chain when it is inserted, and is never changed afterwards.

-- Where the chain exists already, one UPDATE does it: calling a SECURITY DEFINER function costs more than what it does.
CREATE FUNCTION audit_chain_entry() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
    facts text := NEW.facts::text;
BEGIN
    UPDATE audit_chainhead h SET seq = h.seq + 1, prev_hash = h.hash, hash = sha256(h.hash || convert_to(concat(
        length((h.seq + 1)::text), ':', h.seq + 1, ',',
        length(NEW.id::text), ':', NEW.id, ',', octet_length(NEW.workspace_id), ':', NEW.workspace_id, ',',
        octet_length(NEW.actor), ':', NEW.actor, ',', octet_length(NEW.action), ':', NEW.action, ',',
        octet_length(NEW.subject), ':', NEW.subject, ',', octet_length(facts), ':', facts, ',',
        audit_time(NEW.created_at)), 'UTF8'))
    WHERE h.chain = 'audit' AND h.workspace_id = coalesce(NEW.workspace_id, '')
    RETURNING h.seq, h.prev_hash, h.hash INTO NEW.chain_seq, NEW.prev_hash, NEW.hash;
    IF NOT FOUND THEN
        SELECT place, before, digest INTO NEW.chain_seq, NEW.prev_hash, NEW.hash
        FROM audit_extend_chain('audit', coalesce(NEW.workspace_id, ''), concat(
            audit_netstring(NEW.id::text), audit_netstring(NEW.workspace_id), audit_netstring(NEW.actor),
            audit_netstring(NEW.action), audit_netstring(NEW.subject), audit_netstring(facts),
            audit_time(NEW.created_at)));
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER audit_chain_entry BEFORE INSERT ON audit_auditentry
    FOR EACH ROW EXECUTE FUNCTION audit_chain_entry();

-- For every role that may not disable triggers.
CREATE FUNCTION audit_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% rows are never changed', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
END $$;

CREATE TRIGGER audit_entry_immutable BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_auditentry
    FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse_change();

-- Hash chains: every row of a chained table names the row before it. Run by 0002_chain.
--
-- hash = SHA-256(prev_hash || line). A line is the row as netstrings (`<bytes>:<text>,`; NULL is `:,`): its place,
-- then every column in the table's order, times as UTC with microseconds. One chain a workspace and table; the first
-- prev_hash is 32 zero bytes. atelier/audit/chains.py computes the same apart from this.

-- The next place in a chain. The head's row lock puts a workspace's writers in one line until they commit.
CREATE FUNCTION audit_extend_chain(
    of_chain text, of_workspace text, line text, OUT place bigint, OUT before bytea, OUT digest bytea
) LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
    LOOP
        UPDATE audit_chainhead h SET seq = h.seq + 1, prev_hash = h.hash, hash =
            sha256(h.hash || convert_to(concat(length((h.seq + 1)::text), ':', h.seq + 1, ',', line), 'UTF8'))
        WHERE h.chain = of_chain AND h.workspace_id = of_workspace
        RETURNING h.seq, h.prev_hash, h.hash INTO place, before, digest;
        EXIT WHEN FOUND;
        INSERT INTO audit_chainhead (chain, workspace_id, seq, prev_hash, hash, published_seq)
        VALUES (of_chain, of_workspace, 0, decode(repeat('00', 32), 'hex'), decode(repeat('00', 32), 'hex'), 0)
        ON CONFLICT (chain, workspace_id) DO NOTHING;
    END LOOP;
END $$;
REVOKE EXECUTE ON FUNCTION audit_extend_chain FROM PUBLIC;

-- One column of a line.
CREATE FUNCTION audit_netstring(value text) RETURNS text LANGUAGE sql STABLE PARALLEL SAFE AS
$$ SELECT concat(octet_length(value), ':', value, ',') $$;

CREATE FUNCTION audit_time(value timestamptz) RETURNS text LANGUAGE sql STABLE PARALLEL SAFE AS
$$ SELECT audit_netstring(to_char(value AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')) $$;

CREATE FUNCTION audit_chain_entry() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
    SELECT place, before, digest INTO NEW.chain_seq, NEW.prev_hash, NEW.hash
    FROM audit_extend_chain('audit', coalesce(NEW.workspace_id, ''), concat(
        audit_netstring(NEW.id::text), audit_netstring(NEW.workspace_id), audit_netstring(NEW.actor),
        audit_netstring(NEW.action), audit_netstring(NEW.subject), audit_netstring(NEW.facts::text),
        audit_time(NEW.created_at)));
    RETURN NEW;
END $$;

CREATE TRIGGER audit_chain_entry BEFORE INSERT ON audit_auditentry
    FOR EACH ROW EXECUTE FUNCTION audit_chain_entry();

-- Written rows stay as they are, for every role that is not allowed to switch triggers off.
CREATE FUNCTION audit_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% rows are never changed', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
END $$;

CREATE TRIGGER audit_entry_immutable BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_auditentry
    FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse_change();

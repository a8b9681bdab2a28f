-- Hash chains: every row of a chained table names the row before it.
--
-- hash = SHA-256(prev_hash || line). A line is the row as netstrings (`<bytes>:<text>,`; NULL is `:,`): its place,
-- then every column in the table's order, times as UTC with microseconds. One chain per workspace and table; the first
-- prev_hash is 32 zero bytes. atelier/audit/chains.py computes the same independently.

-- The next place in a chain. The row lock on the head serialises a workspace's writers until they commit.
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

-- Made by python -m tests.support.releases
-- A client's key: atl_live_oJYNbaG5_ohfJayNtIwxjHXV9CBYdlItzeJMROzbm0LZvxj
SET statement_timeout = 0;
SET lock_timeout = 0;
SET idle_in_transaction_session_timeout = 0;
SET transaction_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);
SET check_function_bodies = false;
SET xmloption = content;
SET client_min_messages = warning;
SET row_security = off;
CREATE FUNCTION public.audit_chain_entry() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public'
    AS $$
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
ALTER FUNCTION public.audit_chain_entry() OWNER TO atelier_owner;
CREATE FUNCTION public.audit_extend_chain(of_chain text, of_workspace text, line text, OUT place bigint, OUT before bytea, OUT digest bytea) RETURNS record
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public'
    AS $$
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
ALTER FUNCTION public.audit_extend_chain(of_chain text, of_workspace text, line text, OUT place bigint, OUT before bytea, OUT digest bytea) OWNER TO atelier_owner;
CREATE FUNCTION public.audit_netstring(value text) RETURNS text
    LANGUAGE sql STABLE PARALLEL SAFE
    AS $$ SELECT concat(octet_length(value), ':', value, ',') $$;
ALTER FUNCTION public.audit_netstring(value text) OWNER TO atelier_owner;
CREATE FUNCTION public.audit_refuse_change() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    RAISE EXCEPTION '% rows are never changed', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
END $$;
ALTER FUNCTION public.audit_refuse_change() OWNER TO atelier_owner;
CREATE FUNCTION public.audit_time(value timestamp with time zone) RETURNS text
    LANGUAGE sql STABLE PARALLEL SAFE
    AS $$ SELECT audit_netstring(to_char(value AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')) $$;
ALTER FUNCTION public.audit_time(value timestamp with time zone) OWNER TO atelier_owner;
CREATE FUNCTION public.billing_chain_hold() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public'
    AS $$
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
ALTER FUNCTION public.billing_chain_hold() OWNER TO atelier_owner;
CREATE FUNCTION public.billing_chain_outcome() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public'
    AS $$
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
ALTER FUNCTION public.billing_chain_outcome() OWNER TO atelier_owner;
SET default_tablespace = '';
SET default_table_access_method = heap;
CREATE TABLE public.billing_transfer (
    id character varying(32) NOT NULL,
    kind character varying(10) NOT NULL,
    amount bigint NOT NULL,
    debit_balance bigint,
    debit_version bigint,
    credit_balance bigint,
    credit_version bigint,
    reference character varying(60) NOT NULL,
    note character varying(200) NOT NULL,
    idempotency_key character varying(120) NOT NULL,
    created_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    credit_id bigint NOT NULL,
    debit_id bigint NOT NULL,
    workspace_id character varying(32) NOT NULL,
    actor character varying(60) DEFAULT ''::character varying NOT NULL,
    chain_seq bigint DEFAULT 0 NOT NULL,
    expires_at timestamp with time zone,
    hash bytea DEFAULT '\x'::bytea NOT NULL,
    prev_hash bytea DEFAULT '\x'::bytea NOT NULL,
    CONSTRAINT transfer_kind_known CHECK (((kind)::text = ANY ((ARRAY['grant'::character varying, 'hold'::character varying, 'capture'::character varying, 'release'::character varying, 'refund'::character varying, 'expire'::character varying, 'adjust'::character varying, 'deduct'::character varying])::text[]))),
    CONSTRAINT transfer_moves CHECK ((NOT (debit_id = credit_id))),
    CONSTRAINT transfer_only_grants_expire CHECK (((expires_at IS NULL) OR ((kind)::text = 'grant'::text))),
    CONSTRAINT transfer_positive CHECK ((amount > 0))
);
ALTER TABLE ONLY public.billing_transfer FORCE ROW LEVEL SECURITY;
ALTER TABLE public.billing_transfer OWNER TO atelier_owner;
CREATE FUNCTION public.billing_check_transfer(transfer public.billing_transfer) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public'
    AS $$
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
ALTER FUNCTION public.billing_check_transfer(transfer public.billing_transfer) OWNER TO atelier_owner;
CREATE FUNCTION public.billing_draw_line(of_workspace text, of_tier text) RETURNS void
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public'
    AS $$
    UPDATE billing_account SET floor = least(balance, 0, -coalesce(
        (SELECT credits FROM billing_creditline WHERE tier = of_tier), 0))
    WHERE workspace_id = of_workspace AND kind = 'available' AND (floor <> 0 OR EXISTS
        (SELECT 1 FROM billing_creditline WHERE tier = of_tier AND credits > 0));
$$;
ALTER FUNCTION public.billing_draw_line(of_workspace text, of_tier text) OWNER TO atelier_owner;
CREATE FUNCTION public.billing_end_hold(of_reference text, to_capture bigint, is_expired boolean, capture_name text, release_name text, OUT hold_name text, OUT hold_workspace text, OUT hold_amount bigint, OUT already_captured bigint) RETURNS record
    LANGUAGE plpgsql
    AS $$
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
ALTER FUNCTION public.billing_end_hold(of_reference text, to_capture bigint, is_expired boolean, capture_name text, release_name text, OUT hold_name text, OUT hold_workspace text, OUT hold_amount bigint, OUT already_captured bigint) OWNER TO atelier_owner;
CREATE FUNCTION public.billing_follow_line() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public'
    AS $$
BEGIN
    PERFORM billing_draw_line(id, tier) FROM accounts_workspace WHERE tier = coalesce(NEW.tier, OLD.tier);
    RETURN NULL;
END $$;
ALTER FUNCTION public.billing_follow_line() OWNER TO atelier_owner;
CREATE FUNCTION public.billing_follow_tier() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public'
    AS $$
BEGIN
    PERFORM billing_draw_line(NEW.id, NEW.tier);
    RETURN NULL;
END $$;
ALTER FUNCTION public.billing_follow_tier() OWNER TO atelier_owner;
CREATE FUNCTION public.billing_keep_account() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    RAISE EXCEPTION 'accounts are never removed' USING ERRCODE = 'insufficient_privilege';
END $$;
ALTER FUNCTION public.billing_keep_account() OWNER TO atelier_owner;
CREATE FUNCTION public.billing_lock_books(of_workspace text) RETURNS boolean
    LANGUAGE sql
    AS $$ SELECT pg_advisory_xact_lock(hashtextextended('books:' || of_workspace, 0)) IS NOT NULL $$;
ALTER FUNCTION public.billing_lock_books(of_workspace text) OWNER TO atelier_owner;
CREATE FUNCTION public.billing_open_accounts() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public'
    AS $$
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
ALTER FUNCTION public.billing_open_accounts() OWNER TO atelier_owner;
CREATE FUNCTION public.billing_post_transfer() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public'
    AS $$
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
ALTER FUNCTION public.billing_post_transfer() OWNER TO atelier_owner;
CREATE FUNCTION public.billing_refuse_change() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    RAISE EXCEPTION '% rows are never changed', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
END $$;
ALTER FUNCTION public.billing_refuse_change() OWNER TO atelier_owner;
CREATE FUNCTION public.billing_refuse_transfer(transfer public.billing_transfer, sides text[]) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public'
    AS $$
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
ALTER FUNCTION public.billing_refuse_transfer(transfer public.billing_transfer, sides text[]) OWNER TO atelier_owner;
CREATE TABLE public.accounts_apikey (
    id character varying(32) NOT NULL,
    name character varying(100) NOT NULL,
    lookup character varying(8) NOT NULL,
    digest character varying(64) NOT NULL,
    created_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    last_used_at timestamp with time zone,
    expires_at timestamp with time zone,
    revoked_at timestamp with time zone,
    workspace_id character varying(32) NOT NULL,
    networks character varying(50)[] NOT NULL,
    replaced_by character varying(32) NOT NULL,
    scopes character varying(40)[] NOT NULL
);
ALTER TABLE ONLY public.accounts_apikey FORCE ROW LEVEL SECURITY;
ALTER TABLE public.accounts_apikey OWNER TO atelier_owner;
CREATE TABLE public.accounts_membership (
    id bigint NOT NULL,
    created_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    user_id integer NOT NULL,
    workspace_id character varying(32) NOT NULL,
    role character varying(10) NOT NULL,
    CONSTRAINT membership_role_known CHECK (((role)::text = ANY ((ARRAY['owner'::character varying, 'admin'::character varying, 'editor'::character varying, 'viewer'::character varying, 'billing'::character varying])::text[])))
);
ALTER TABLE ONLY public.accounts_membership FORCE ROW LEVEL SECURITY;
ALTER TABLE public.accounts_membership OWNER TO atelier_owner;
ALTER TABLE public.accounts_membership ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.accounts_membership_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.accounts_tierterms (
    name character varying(20) NOT NULL,
    monthly_price integer,
    weight smallint NOT NULL,
    running_at_once smallint NOT NULL,
    jobs_per_hour integer,
    burst integer NOT NULL,
    target_wait_seconds integer NOT NULL,
    queue_cap integer NOT NULL,
    retention_days integer NOT NULL,
    credits_per_month integer,
    largest_side integer NOT NULL,
    CONSTRAINT accounts_tierterms_burst_check CHECK ((burst >= 0)),
    CONSTRAINT accounts_tierterms_credits_per_month_check CHECK ((credits_per_month >= 0)),
    CONSTRAINT accounts_tierterms_jobs_per_hour_check CHECK ((jobs_per_hour >= 0)),
    CONSTRAINT accounts_tierterms_largest_side_check CHECK ((largest_side >= 0)),
    CONSTRAINT accounts_tierterms_monthly_price_check CHECK ((monthly_price >= 0)),
    CONSTRAINT accounts_tierterms_queue_cap_check CHECK ((queue_cap >= 0)),
    CONSTRAINT accounts_tierterms_retention_days_check CHECK ((retention_days >= 0)),
    CONSTRAINT accounts_tierterms_running_at_once_check CHECK ((running_at_once >= 0)),
    CONSTRAINT accounts_tierterms_target_wait_seconds_check CHECK ((target_wait_seconds >= 0)),
    CONSTRAINT accounts_tierterms_weight_check CHECK ((weight >= 0)),
    CONSTRAINT tier_bounds_sensible CHECK (((queue_cap >= 1) AND ((retention_days >= 1) AND (retention_days <= 3650)) AND (target_wait_seconds >= 1) AND ((largest_side >= 64) AND (largest_side <= 8192)))),
    CONSTRAINT tier_known CHECK (((name)::text = ANY ((ARRAY['starter'::character varying, 'professional'::character varying, 'studio'::character varying])::text[]))),
    CONSTRAINT tier_rates_sensible CHECK (((burst >= 1) AND ((running_at_once >= 1) AND (running_at_once <= 1000)) AND ((weight >= 1) AND (weight <= 100)) AND ((jobs_per_hour IS NULL) OR (jobs_per_hour >= 1))))
);
ALTER TABLE public.accounts_tierterms OWNER TO atelier_owner;
CREATE TABLE public.accounts_tokenbucket (
    key character varying(120) NOT NULL,
    tokens double precision NOT NULL,
    updated_at timestamp with time zone NOT NULL
);
ALTER TABLE public.accounts_tokenbucket OWNER TO atelier_owner;
CREATE TABLE public.accounts_workspace (
    id character varying(32) NOT NULL,
    name character varying(100) NOT NULL,
    tier character varying(20) NOT NULL,
    suspended_at timestamp with time zone,
    created_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    CONSTRAINT workspace_tier_known CHECK (((tier)::text = ANY ((ARRAY['starter'::character varying, 'professional'::character varying, 'studio'::character varying])::text[])))
);
ALTER TABLE ONLY public.accounts_workspace FORCE ROW LEVEL SECURITY;
ALTER TABLE public.accounts_workspace OWNER TO atelier_owner;
CREATE TABLE public.audit_auditentry (
    id bigint NOT NULL,
    actor character varying(60) NOT NULL,
    action character varying(60) NOT NULL,
    subject character varying(60) NOT NULL,
    facts jsonb NOT NULL,
    created_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    workspace_id character varying(32),
    chain_seq bigint DEFAULT 0 NOT NULL,
    prev_hash bytea DEFAULT '\x'::bytea NOT NULL,
    hash bytea DEFAULT '\x'::bytea NOT NULL
);
ALTER TABLE ONLY public.audit_auditentry FORCE ROW LEVEL SECURITY;
ALTER TABLE public.audit_auditentry OWNER TO atelier_owner;
ALTER TABLE public.audit_auditentry ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.audit_auditentry_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.audit_chainhead (
    id bigint NOT NULL,
    chain character varying(20) NOT NULL,
    workspace_id character varying(32) NOT NULL,
    seq bigint NOT NULL,
    prev_hash bytea NOT NULL,
    hash bytea NOT NULL,
    published_seq bigint NOT NULL
);
ALTER TABLE ONLY public.audit_chainhead FORCE ROW LEVEL SECURITY;
ALTER TABLE public.audit_chainhead OWNER TO atelier_owner;
ALTER TABLE public.audit_chainhead ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.audit_chainhead_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.auth_group (
    id integer NOT NULL,
    name character varying(150) NOT NULL
);
ALTER TABLE public.auth_group OWNER TO atelier_owner;
ALTER TABLE public.auth_group ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.auth_group_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.auth_group_permissions (
    id bigint NOT NULL,
    group_id integer NOT NULL,
    permission_id integer NOT NULL
);
ALTER TABLE public.auth_group_permissions OWNER TO atelier_owner;
ALTER TABLE public.auth_group_permissions ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.auth_group_permissions_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.auth_permission (
    id integer NOT NULL,
    name character varying(255) NOT NULL,
    content_type_id integer NOT NULL,
    codename character varying(100) NOT NULL
);
ALTER TABLE public.auth_permission OWNER TO atelier_owner;
ALTER TABLE public.auth_permission ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.auth_permission_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.auth_user (
    id integer NOT NULL,
    password character varying(128) NOT NULL,
    last_login timestamp with time zone,
    is_superuser boolean NOT NULL,
    username character varying(150) NOT NULL,
    first_name character varying(150) NOT NULL,
    last_name character varying(150) NOT NULL,
    email character varying(254) NOT NULL,
    is_staff boolean NOT NULL,
    is_active boolean NOT NULL,
    date_joined timestamp with time zone NOT NULL
);
ALTER TABLE public.auth_user OWNER TO atelier_owner;
CREATE TABLE public.auth_user_groups (
    id bigint NOT NULL,
    user_id integer NOT NULL,
    group_id integer NOT NULL
);
ALTER TABLE public.auth_user_groups OWNER TO atelier_owner;
ALTER TABLE public.auth_user_groups ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.auth_user_groups_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
ALTER TABLE public.auth_user ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.auth_user_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.auth_user_user_permissions (
    id bigint NOT NULL,
    user_id integer NOT NULL,
    permission_id integer NOT NULL
);
ALTER TABLE public.auth_user_user_permissions OWNER TO atelier_owner;
ALTER TABLE public.auth_user_user_permissions ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.auth_user_user_permissions_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.axes_accessattempt (
    id integer NOT NULL,
    user_agent character varying(255) NOT NULL,
    ip_address inet,
    username character varying(255),
    http_accept character varying(1025) NOT NULL,
    path_info character varying(255) NOT NULL,
    attempt_time timestamp with time zone NOT NULL,
    get_data text NOT NULL,
    post_data text NOT NULL,
    failures_since_start integer NOT NULL,
    CONSTRAINT axes_accessattempt_failures_since_start_check CHECK ((failures_since_start >= 0))
);
ALTER TABLE public.axes_accessattempt OWNER TO atelier_owner;
ALTER TABLE public.axes_accessattempt ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.axes_accessattempt_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.axes_accessattemptexpiration (
    access_attempt_id integer NOT NULL,
    expires_at timestamp with time zone NOT NULL
);
ALTER TABLE public.axes_accessattemptexpiration OWNER TO atelier_owner;
CREATE TABLE public.axes_accessfailurelog (
    id integer NOT NULL,
    user_agent character varying(255) NOT NULL,
    ip_address inet,
    username character varying(255),
    http_accept character varying(1025) NOT NULL,
    path_info character varying(255) NOT NULL,
    attempt_time timestamp with time zone NOT NULL,
    locked_out boolean NOT NULL
);
ALTER TABLE public.axes_accessfailurelog OWNER TO atelier_owner;
ALTER TABLE public.axes_accessfailurelog ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.axes_accessfailurelog_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.axes_accesslog (
    id integer NOT NULL,
    user_agent character varying(255) NOT NULL,
    ip_address inet,
    username character varying(255),
    http_accept character varying(1025) NOT NULL,
    path_info character varying(255) NOT NULL,
    attempt_time timestamp with time zone NOT NULL,
    logout_time timestamp with time zone,
    session_hash character varying(64) NOT NULL
);
ALTER TABLE public.axes_accesslog OWNER TO atelier_owner;
ALTER TABLE public.axes_accesslog ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.axes_accesslog_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.billing_account (
    id bigint NOT NULL,
    kind character varying(10) NOT NULL,
    balance bigint NOT NULL,
    version bigint NOT NULL,
    workspace_id character varying(32) NOT NULL,
    floor bigint DEFAULT 0 NOT NULL,
    CONSTRAINT account_floor_known CHECK (((floor = 0) OR ((floor < 0) AND ((kind)::text = 'available'::text)))),
    CONSTRAINT account_kind_known CHECK (((kind)::text = ANY ((ARRAY['granted'::character varying, 'available'::character varying, 'held'::character varying, 'earned'::character varying])::text[]))),
    CONSTRAINT account_not_overdrawn CHECK ((((kind)::text = 'granted'::text) OR (balance >= floor)))
);
ALTER TABLE ONLY public.billing_account FORCE ROW LEVEL SECURITY;
ALTER TABLE public.billing_account OWNER TO atelier_owner;
ALTER TABLE public.billing_account ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.billing_account_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.billing_adjustment (
    id character varying(32) NOT NULL,
    amount bigint NOT NULL,
    reason character varying(200) NOT NULL,
    asked_by character varying(60) NOT NULL,
    second_needed boolean NOT NULL,
    created_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    workspace_id character varying(32) NOT NULL,
    CONSTRAINT adjustment_has_reason CHECK ((NOT ((reason)::text = ''::text))),
    CONSTRAINT adjustment_moves CHECK ((NOT (amount = 0)))
);
ALTER TABLE ONLY public.billing_adjustment FORCE ROW LEVEL SECURITY;
ALTER TABLE public.billing_adjustment OWNER TO atelier_owner;
CREATE TABLE public.billing_adjustmentdecision (
    adjustment_id character varying(32) NOT NULL,
    asked_by character varying(60) NOT NULL,
    second_needed boolean NOT NULL,
    decided_by character varying(60) NOT NULL,
    approved boolean NOT NULL,
    created_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    workspace_id character varying(32) NOT NULL,
    CONSTRAINT decision_by_four_eyes CHECK (((NOT second_needed) OR (NOT approved) OR (NOT ((decided_by)::text = (asked_by)::text))))
);
ALTER TABLE ONLY public.billing_adjustmentdecision FORCE ROW LEVEL SECURITY;
ALTER TABLE public.billing_adjustmentdecision OWNER TO atelier_owner;
CREATE TABLE public.billing_bookcheck (
    name character varying(20) NOT NULL,
    ran_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    differences jsonb NOT NULL
);
ALTER TABLE public.billing_bookcheck OWNER TO atelier_owner;
CREATE TABLE public.billing_creditline (
    tier character varying(20) NOT NULL,
    credits bigint NOT NULL,
    CONSTRAINT credit_line_not_negative CHECK ((credits >= 0))
);
ALTER TABLE public.billing_creditline OWNER TO atelier_owner;
CREATE TABLE public.billing_grantend (
    grant_id character varying(32) NOT NULL,
    expired bigint NOT NULL,
    created_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    transfer_id character varying(32),
    workspace_id character varying(32) NOT NULL,
    CONSTRAINT grant_end_booked CHECK ((((expired = 0) AND (transfer_id IS NULL)) OR ((expired > 0) AND (transfer_id IS NOT NULL))))
);
ALTER TABLE ONLY public.billing_grantend FORCE ROW LEVEL SECURITY;
ALTER TABLE public.billing_grantend OWNER TO atelier_owner;
CREATE TABLE public.billing_hold (
    id character varying(32) NOT NULL,
    reference character varying(60) NOT NULL,
    amount bigint NOT NULL,
    created_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    workspace_id character varying(32) NOT NULL,
    transfer_id character varying(32) NOT NULL,
    chain_seq bigint DEFAULT 0 NOT NULL,
    hash bytea DEFAULT '\x'::bytea NOT NULL,
    prev_hash bytea DEFAULT '\x'::bytea NOT NULL,
    CONSTRAINT hold_positive CHECK ((amount > 0))
);
ALTER TABLE ONLY public.billing_hold FORCE ROW LEVEL SECURITY;
ALTER TABLE public.billing_hold OWNER TO atelier_owner;
CREATE TABLE public.billing_holdoutcome (
    hold_id character varying(32) NOT NULL,
    amount bigint NOT NULL,
    captured bigint NOT NULL,
    released bigint NOT NULL,
    created_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    capture_id character varying(32),
    release_id character varying(32),
    chain_seq bigint DEFAULT 0 NOT NULL,
    expired boolean DEFAULT false NOT NULL,
    hash bytea DEFAULT '\x'::bytea NOT NULL,
    prev_hash bytea DEFAULT '\x'::bytea NOT NULL,
    workspace_id character varying(32) NOT NULL,
    CONSTRAINT outcome_adds_up CHECK (((amount = (captured + released)) AND (captured >= 0) AND (released >= 0))),
    CONSTRAINT outcome_capture_booked CHECK ((((capture_id IS NULL) AND (captured = 0)) OR ((capture_id IS NOT NULL) AND (captured > 0)))),
    CONSTRAINT outcome_expired_uncaptured CHECK (((NOT expired) OR (captured = 0))),
    CONSTRAINT outcome_release_booked CHECK ((((release_id IS NULL) AND (released = 0)) OR ((release_id IS NOT NULL) AND (released > 0))))
);
ALTER TABLE ONLY public.billing_holdoutcome FORCE ROW LEVEL SECURITY;
ALTER TABLE public.billing_holdoutcome OWNER TO atelier_owner;
CREATE TABLE public.billing_ratecard (
    id bigint NOT NULL,
    effective_from timestamp with time zone NOT NULL,
    steps jsonb NOT NULL,
    note character varying(200) NOT NULL,
    created_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL
);
ALTER TABLE public.billing_ratecard OWNER TO atelier_owner;
ALTER TABLE public.billing_ratecard ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.billing_ratecard_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.django_admin_log (
    id integer NOT NULL,
    action_time timestamp with time zone NOT NULL,
    object_id text,
    object_repr character varying(200) NOT NULL,
    action_flag smallint NOT NULL,
    change_message text NOT NULL,
    content_type_id integer,
    user_id integer NOT NULL,
    CONSTRAINT django_admin_log_action_flag_check CHECK ((action_flag >= 0))
);
ALTER TABLE public.django_admin_log OWNER TO atelier_owner;
ALTER TABLE public.django_admin_log ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.django_admin_log_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.django_content_type (
    id integer NOT NULL,
    app_label character varying(100) NOT NULL,
    model character varying(100) NOT NULL
);
ALTER TABLE public.django_content_type OWNER TO atelier_owner;
ALTER TABLE public.django_content_type ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.django_content_type_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.django_migrations (
    id bigint NOT NULL,
    app character varying(255) NOT NULL,
    name character varying(255) NOT NULL,
    applied timestamp with time zone NOT NULL
);
ALTER TABLE public.django_migrations OWNER TO atelier_owner;
ALTER TABLE public.django_migrations ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.django_migrations_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.django_session (
    session_key character varying(40) NOT NULL,
    session_data text NOT NULL,
    expire_date timestamp with time zone NOT NULL
);
ALTER TABLE public.django_session OWNER TO atelier_owner;
CREATE TABLE public.generation_generation (
    id character varying(32) NOT NULL,
    actor character varying(60) NOT NULL,
    kind character varying(30) DEFAULT 'image'::character varying NOT NULL,
    status character varying(12) NOT NULL,
    queue character varying(10) NOT NULL,
    dispatch_queue character varying(10) NOT NULL,
    model character varying(100) NOT NULL,
    request jsonb NOT NULL,
    spec jsonb NOT NULL,
    facts jsonb NOT NULL,
    credits_held integer NOT NULL,
    credits_used integer NOT NULL,
    fence integer NOT NULL,
    attempt integer NOT NULL,
    wakes integer NOT NULL,
    stage character varying(20) NOT NULL,
    step integer NOT NULL,
    steps integer NOT NULL,
    worker character varying(100) NOT NULL,
    created_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    target_at timestamp with time zone NOT NULL,
    deadline_at timestamp with time zone NOT NULL,
    not_before timestamp with time zone,
    dispatched_at timestamp with time zone,
    started_at timestamp with time zone,
    lease_expires_at timestamp with time zone,
    waiting_since timestamp with time zone,
    cancel_requested_at timestamp with time zone,
    completed_at timestamp with time zone,
    error_code character varying(60) NOT NULL,
    error_message character varying(500) NOT NULL,
    retry_of_id character varying(32),
    workspace_id character varying(32) NOT NULL,
    webhook jsonb,
    CONSTRAINT generation_completed_when_terminal CHECK ((((completed_at IS NOT NULL) AND ((status)::text = ANY ((ARRAY['completed'::character varying, 'failed'::character varying, 'blocked'::character varying, 'cancelled'::character varying, 'expired'::character varying])::text[]))) OR ((completed_at IS NULL) AND ((status)::text = ANY ((ARRAY['queued'::character varying, 'dispatched'::character varying, 'running'::character varying])::text[]))))),
    CONSTRAINT generation_generation_attempt_check CHECK ((attempt >= 0)),
    CONSTRAINT generation_generation_credits_held_check CHECK ((credits_held >= 0)),
    CONSTRAINT generation_generation_credits_used_check CHECK ((credits_used >= 0)),
    CONSTRAINT generation_generation_fence_check CHECK ((fence >= 0)),
    CONSTRAINT generation_generation_step_check CHECK ((step >= 0)),
    CONSTRAINT generation_generation_steps_check CHECK ((steps >= 0)),
    CONSTRAINT generation_generation_wakes_check CHECK ((wakes >= 0)),
    CONSTRAINT generation_queue_known CHECK (((queue)::text = ANY ((ARRAY['priority'::character varying, 'standard'::character varying, 'basic'::character varying])::text[]))),
    CONSTRAINT generation_status_known CHECK (((status)::text = ANY ((ARRAY['queued'::character varying, 'dispatched'::character varying, 'running'::character varying, 'completed'::character varying, 'failed'::character varying, 'blocked'::character varying, 'cancelled'::character varying, 'expired'::character varying])::text[]))),
    CONSTRAINT generation_used_within_hold CHECK ((credits_used <= credits_held))
);
ALTER TABLE ONLY public.generation_generation FORCE ROW LEVEL SECURITY;
ALTER TABLE public.generation_generation OWNER TO atelier_owner;
CREATE TABLE public.generation_generationevent (
    id bigint NOT NULL,
    type character varying(20) NOT NULL,
    data jsonb NOT NULL,
    created_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    generation_id character varying(32) NOT NULL
);
ALTER TABLE ONLY public.generation_generationevent FORCE ROW LEVEL SECURITY;
ALTER TABLE public.generation_generationevent OWNER TO atelier_owner;
ALTER TABLE public.generation_generationevent ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.generation_generationevent_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.generation_idempotencyrecord (
    id bigint NOT NULL,
    endpoint character varying(60) NOT NULL,
    key character varying(255) NOT NULL,
    body_digest character varying(64) NOT NULL,
    status smallint NOT NULL,
    headers jsonb NOT NULL,
    answer text NOT NULL,
    created_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    workspace_id character varying(32) NOT NULL,
    CONSTRAINT generation_idempotencyrecord_status_check CHECK ((status >= 0))
);
ALTER TABLE ONLY public.generation_idempotencyrecord FORCE ROW LEVEL SECURITY;
ALTER TABLE public.generation_idempotencyrecord OWNER TO atelier_owner;
ALTER TABLE public.generation_idempotencyrecord ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.generation_idempotencyrecord_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.generation_slot (
    generation_id character varying(32) NOT NULL,
    number smallint NOT NULL,
    workspace_id character varying(32) NOT NULL,
    CONSTRAINT generation_slot_number_check CHECK ((number >= 0))
);
ALTER TABLE ONLY public.generation_slot FORCE ROW LEVEL SECURITY;
ALTER TABLE public.generation_slot OWNER TO atelier_owner;
CREATE TABLE public.generation_stageresult (
    id bigint NOT NULL,
    stage character varying(20) NOT NULL,
    fence integer NOT NULL,
    worker character varying(100) NOT NULL,
    artifacts jsonb NOT NULL,
    facts jsonb NOT NULL,
    duration_ms integer NOT NULL,
    created_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    generation_id character varying(32) NOT NULL,
    CONSTRAINT generation_stageresult_duration_ms_check CHECK ((duration_ms >= 0)),
    CONSTRAINT generation_stageresult_fence_check CHECK ((fence >= 0))
);
ALTER TABLE ONLY public.generation_stageresult FORCE ROW LEVEL SECURITY;
ALTER TABLE public.generation_stageresult OWNER TO atelier_owner;
ALTER TABLE public.generation_stageresult ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.generation_stageresult_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.generation_turn (
    name character varying(40) NOT NULL,
    served double precision NOT NULL
);
ALTER TABLE public.generation_turn OWNER TO atelier_owner;
CREATE TABLE public.generation_worker (
    name character varying(100) NOT NULL,
    seen_at timestamp with time zone NOT NULL,
    queues jsonb NOT NULL,
    model_names jsonb NOT NULL
);
ALTER TABLE public.generation_worker OWNER TO atelier_owner;
CREATE TABLE public.otp_totp_totpdevice (
    id integer NOT NULL,
    name character varying(64) NOT NULL,
    confirmed boolean NOT NULL,
    key character varying(80) NOT NULL,
    step smallint NOT NULL,
    t0 bigint NOT NULL,
    digits smallint NOT NULL,
    tolerance smallint NOT NULL,
    drift smallint NOT NULL,
    last_t bigint NOT NULL,
    user_id integer NOT NULL,
    throttling_failure_count integer NOT NULL,
    throttling_failure_timestamp timestamp with time zone,
    created_at timestamp with time zone,
    last_used_at timestamp with time zone,
    CONSTRAINT otp_totp_totpdevice_digits_check CHECK ((digits >= 0)),
    CONSTRAINT otp_totp_totpdevice_step_check CHECK ((step >= 0)),
    CONSTRAINT otp_totp_totpdevice_throttling_failure_count_check CHECK ((throttling_failure_count >= 0)),
    CONSTRAINT otp_totp_totpdevice_tolerance_check CHECK ((tolerance >= 0))
);
ALTER TABLE public.otp_totp_totpdevice OWNER TO atelier_owner;
ALTER TABLE public.otp_totp_totpdevice ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.otp_totp_totpdevice_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.outbox_outboxmessage (
    id bigint NOT NULL,
    event character varying(60) NOT NULL,
    subject character varying(32) NOT NULL,
    queue character varying(20) NOT NULL,
    payload jsonb NOT NULL,
    dedupe_key character varying(120) NOT NULL,
    created_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    published_at timestamp with time zone,
    failures integer NOT NULL,
    CONSTRAINT outbox_outboxmessage_failures_check CHECK ((failures >= 0))
);
ALTER TABLE public.outbox_outboxmessage OWNER TO atelier_owner;
ALTER TABLE public.outbox_outboxmessage ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.outbox_outboxmessage_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.storage_asset (
    id character varying(32) NOT NULL,
    source_id character varying(32) NOT NULL,
    ordinal smallint NOT NULL,
    key character varying(300) NOT NULL,
    sha256 character varying(64) NOT NULL,
    size_bytes bigint NOT NULL,
    width integer NOT NULL,
    height integer NOT NULL,
    format character varying(8) NOT NULL,
    created_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    workspace_id character varying(32) NOT NULL,
    CONSTRAINT asset_expires_later CHECK ((expires_at > created_at)),
    CONSTRAINT asset_is_not_empty CHECK (((height > 0) AND (size_bytes > 0) AND (width > 0))),
    CONSTRAINT asset_sha256_is_hex CHECK (((sha256)::text ~ '^[0-9a-f]{64}$'::text)),
    CONSTRAINT storage_asset_height_check CHECK ((height >= 0)),
    CONSTRAINT storage_asset_ordinal_check CHECK ((ordinal >= 0)),
    CONSTRAINT storage_asset_size_bytes_check CHECK ((size_bytes >= 0)),
    CONSTRAINT storage_asset_width_check CHECK ((width >= 0))
);
ALTER TABLE ONLY public.storage_asset FORCE ROW LEVEL SECURITY;
ALTER TABLE public.storage_asset OWNER TO atelier_owner;
CREATE TABLE public.webhooks_attempt (
    id bigint NOT NULL,
    number integer NOT NULL,
    outcome character varying(20) NOT NULL,
    status smallint NOT NULL,
    detail character varying(300) NOT NULL,
    answer text NOT NULL,
    address character varying(45) NOT NULL,
    duration_ms integer NOT NULL,
    created_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    workspace_id character varying(32) NOT NULL,
    delivery_id character varying(32) NOT NULL,
    CONSTRAINT webhooks_attempt_duration_ms_check CHECK ((duration_ms >= 0)),
    CONSTRAINT webhooks_attempt_number_check CHECK ((number >= 0)),
    CONSTRAINT webhooks_attempt_status_check CHECK ((status >= 0))
);
ALTER TABLE ONLY public.webhooks_attempt FORCE ROW LEVEL SECURITY;
ALTER TABLE public.webhooks_attempt OWNER TO atelier_owner;
ALTER TABLE public.webhooks_attempt ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.webhooks_attempt_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.webhooks_counter (
    workspace_id character varying(32) NOT NULL,
    last bigint NOT NULL
);
ALTER TABLE ONLY public.webhooks_counter FORCE ROW LEVEL SECURITY;
ALTER TABLE public.webhooks_counter OWNER TO atelier_owner;
CREATE TABLE public.webhooks_deadletter (
    delivery_id character varying(32) NOT NULL,
    reason character varying(300) NOT NULL,
    parked_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    alerted_at timestamp with time zone,
    replayed_at timestamp with time zone,
    workspace_id character varying(32) NOT NULL
);
ALTER TABLE ONLY public.webhooks_deadletter FORCE ROW LEVEL SECURITY;
ALTER TABLE public.webhooks_deadletter OWNER TO atelier_owner;
CREATE TABLE public.webhooks_delivery (
    id character varying(32) NOT NULL,
    status character varying(10) NOT NULL,
    attempts integer NOT NULL,
    failures integer NOT NULL,
    fence integer NOT NULL,
    next_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    lease_expires_at timestamp with time zone,
    created_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    ended_at timestamp with time zone,
    workspace_id character varying(32) NOT NULL,
    endpoint_id character varying(32) NOT NULL,
    event_id character varying(32) NOT NULL,
    CONSTRAINT delivery_status_known CHECK (((status)::text = ANY ((ARRAY['pending'::character varying, 'sending'::character varying, 'delivered'::character varying, 'dead'::character varying, 'cancelled'::character varying])::text[]))),
    CONSTRAINT webhooks_delivery_attempts_check CHECK ((attempts >= 0)),
    CONSTRAINT webhooks_delivery_failures_check CHECK ((failures >= 0)),
    CONSTRAINT webhooks_delivery_fence_check CHECK ((fence >= 0))
);
ALTER TABLE ONLY public.webhooks_delivery FORCE ROW LEVEL SECURITY;
ALTER TABLE public.webhooks_delivery OWNER TO atelier_owner;
CREATE TABLE public.webhooks_endpoint (
    id character varying(32) NOT NULL,
    source_id character varying(32) NOT NULL,
    url character varying(2048) NOT NULL,
    description character varying(200) NOT NULL,
    events jsonb NOT NULL,
    header_names jsonb NOT NULL,
    headers bytea NOT NULL,
    keys bytea NOT NULL,
    previous_keys bytea NOT NULL,
    previous_keys_until timestamp with time zone,
    public_key character varying(60) NOT NULL,
    status character varying(10) NOT NULL,
    disabled_reason character varying(300) NOT NULL,
    disabled_at timestamp with time zone,
    failing_since timestamp with time zone,
    last_success_at timestamp with time zone,
    created_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    deleted_at timestamp with time zone,
    workspace_id character varying(32) NOT NULL,
    CONSTRAINT endpoint_disabled_at CHECK ((((disabled_at IS NULL) AND ((status)::text = 'active'::text)) OR ((disabled_at IS NOT NULL) AND ((status)::text = 'disabled'::text)))),
    CONSTRAINT endpoint_status_known CHECK (((status)::text = ANY ((ARRAY['active'::character varying, 'disabled'::character varying])::text[])))
);
ALTER TABLE ONLY public.webhooks_endpoint FORCE ROW LEVEL SECURITY;
ALTER TABLE public.webhooks_endpoint OWNER TO atelier_owner;
CREATE TABLE public.webhooks_event (
    id character varying(32) NOT NULL,
    sequence bigint NOT NULL,
    type character varying(60) NOT NULL,
    subject character varying(60) NOT NULL,
    data jsonb NOT NULL,
    occurred_at timestamp with time zone NOT NULL,
    dedupe_key character varying(160) NOT NULL,
    created_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    workspace_id character varying(32) NOT NULL
);
ALTER TABLE ONLY public.webhooks_event FORCE ROW LEVEL SECURITY;
ALTER TABLE public.webhooks_event OWNER TO atelier_owner;
INSERT INTO public.accounts_apikey VALUES
	('key_q3i4qkp6oziscb3mjprr', 'test', 'oJYNbaG5', '1eec8ad562f343a765e6841b850b2648ebaeb7af4576b83cf95ba8cb7d4b7c3b', '2026-11-29 18:10:54.897873+00', '2026-11-29 18:10:56.735761+00', NULL, NULL, 'wsp_lk3e55jt427xdrdir5j7', '{}', '', '{*}'),
	('key_bc52ll2jowfpiwgoopzc', 'test', 'PMzJFJio', '5f8d03b2fe74f38bb41b72588ef8cd41ef1e09d6f4fa5166855d01349a3e188e', '2026-11-29 18:10:58.798377+00', '2026-11-29 18:10:58.905333+00', NULL, NULL, 'wsp_d237lxvfh4augmtlsfvx', '{}', '', '{*}');
INSERT INTO public.accounts_membership VALUES
	(1, '2026-11-29 18:10:54.839274+00', 1, 'wsp_lk3e55jt427xdrdir5j7', 'owner');
INSERT INTO public.accounts_tierterms VALUES
	('starter', NULL, 1, 2, 20, 5, 300, 100, 7, 100, 2048),
	('professional', NULL, 3, 5, 100, 15, 120, 50, 90, 500, 4096),
	('studio', NULL, 6, 20, NULL, 50, 30, 10, 365, NULL, 8192);
INSERT INTO public.accounts_workspace VALUES
	('wsp_lk3e55jt427xdrdir5j7', 'studio', 'studio', NULL, '2026-11-29 18:10:54.682878+00'),
	('wsp_d237lxvfh4augmtlsfvx', 'starter', 'starter', NULL, '2026-11-29 18:10:54.773896+00');
INSERT INTO public.audit_auditentry VALUES
	(1, 'key_q3i4qkp6oziscb3mjprr', 'generation.queued', 'gen_d6rjiil22fycrf3bj5ff', '{"credits": 2}', '2026-11-29 18:10:56.94887+00', 'wsp_lk3e55jt427xdrdir5j7', 1, '\x0000000000000000000000000000000000000000000000000000000000000000', '\x1b9420ff42b51a5c1f941f96bea63c454cfca5096c21d611c20a8d8cf73ce4b5'),
	(2, 'worker', 'generation.completed', 'gen_d6rjiil22fycrf3bj5ff', '{"creditsUsed": 2}', '2026-11-29 18:10:57.324366+00', 'wsp_lk3e55jt427xdrdir5j7', 2, '\x1b9420ff42b51a5c1f941f96bea63c454cfca5096c21d611c20a8d8cf73ce4b5', '\xff59fad23e6d20f07770308f5b26daabe81725722735d817f784374252d35c0a'),
	(3, 'user:1', 'credits.refunded', 'trf_bcgw4l6kmoapbkl4nond', '{"amount": 1, "reference": "gen_d6rjiil22fycrf3bj5ff"}', '2026-11-29 18:10:57.364013+00', 'wsp_lk3e55jt427xdrdir5j7', 3, '\xff59fad23e6d20f07770308f5b26daabe81725722735d817f784374252d35c0a', '\xa6ec7e170739e876186e7ac3d7b74406687f940db70cc1934a0d30164790b5c1'),
	(4, 'key_q3i4qkp6oziscb3mjprr', 'generation.queued', 'gen_z5uhdibgtpvcgvjnblar', '{"credits": 1}', '2026-11-29 18:10:57.556914+00', 'wsp_lk3e55jt427xdrdir5j7', 4, '\xa6ec7e170739e876186e7ac3d7b74406687f940db70cc1934a0d30164790b5c1', '\xc2b09fcf995a9f4c418e98d13c7642ce8526bddfa7abf68c5d4193fcc23b0af0'),
	(5, 'worker', 'generation.failed', 'gen_z5uhdibgtpvcgvjnblar', '{"code": "model_broken", "creditsUsed": 0}', '2026-11-29 18:10:57.720897+00', 'wsp_lk3e55jt427xdrdir5j7', 5, '\xc2b09fcf995a9f4c418e98d13c7642ce8526bddfa7abf68c5d4193fcc23b0af0', '\x93ef084b64a938136e21fc40aa98b378c4b3f858db92aa423db1fe8447a4d347'),
	(6, 'key_q3i4qkp6oziscb3mjprr', 'generation.queued', 'gen_c3jys3fehaswboferok7', '{"credits": 1}', '2026-11-29 18:10:57.951286+00', 'wsp_lk3e55jt427xdrdir5j7', 6, '\x93ef084b64a938136e21fc40aa98b378c4b3f858db92aa423db1fe8447a4d347', '\x5e512604c1a2ede357fe8ed6b07bcf5ebd9a8669ae5fb8d4966b251dd5d8621c'),
	(7, 'key_q3i4qkp6oziscb3mjprr', 'generation.cancelled', 'gen_c3jys3fehaswboferok7', '{"creditsUsed": 0}', '2026-11-29 18:10:58.455142+00', 'wsp_lk3e55jt427xdrdir5j7', 7, '\x5e512604c1a2ede357fe8ed6b07bcf5ebd9a8669ae5fb8d4966b251dd5d8621c', '\x6f43ec507bc8395948907b324bab68754271e953d4196b4b034cd4598f1b37bd'),
	(8, 'key_q3i4qkp6oziscb3mjprr', 'generation.queued', 'gen_b65ekt3mvudqvuoa5wam', '{"credits": 1}', '2026-11-29 18:10:58.597162+00', 'wsp_lk3e55jt427xdrdir5j7', 8, '\x6f43ec507bc8395948907b324bab68754271e953d4196b4b034cd4598f1b37bd', '\xecaf8797a19eaea0fc4ef7969ff05a5dbb3dd8ac5e5554c23af8bc756189e5e0'),
	(9, 'key_q3i4qkp6oziscb3mjprr', 'generation.queued', 'gen_vnapg3jpgy3xnaavxdpa', '{"credits": 1}', '2026-11-29 18:10:58.78485+00', 'wsp_lk3e55jt427xdrdir5j7', 9, '\xecaf8797a19eaea0fc4ef7969ff05a5dbb3dd8ac5e5554c23af8bc756189e5e0', '\x3d516285dacb3febac4b51167102a800b6e4aae1d348954a0dde309d2e27f344'),
	(10, 'key_bc52ll2jowfpiwgoopzc', 'generation.queued', 'gen_yml6a33mwl7bk3ucp6lw', '{"credits": 1}', '2026-11-29 18:10:58.931023+00', 'wsp_d237lxvfh4augmtlsfvx', 1, '\x0000000000000000000000000000000000000000000000000000000000000000', '\x8540b58099dfe45717453bf4e16498d9fbbbcd55f098b3c9046826a287aa8b53'),
	(11, 'user:1', 'credits.adjustment_asked', 'adj_suijunogwvycemg7cnbl', '{"amount": 5000}', '2026-11-29 18:10:58.980192+00', 'wsp_lk3e55jt427xdrdir5j7', 10, '\x3d516285dacb3febac4b51167102a800b6e4aae1d348954a0dde309d2e27f344', '\x25a7a4e3f890a182c2a687011e6238cd40edaea9c99d3660f5a0b01767d915d8'),
	(12, 'user:2', 'credits.adjusted', 'adj_suijunogwvycemg7cnbl', '{"amount": 5000}', '2026-11-29 18:10:59.016716+00', 'wsp_lk3e55jt427xdrdir5j7', 11, '\x25a7a4e3f890a182c2a687011e6238cd40edaea9c99d3660f5a0b01767d915d8', '\x88dfc9ca3dc7da721e3899a4c63df7d88e4e0e897b7c5cfdb1db43b2a6dd2ae8'),
	(13, 'user:1', 'tier.changed', 'starter', '{"burst": [5, 6]}', '2026-11-29 18:10:59.022513+00', NULL, 1, '\x0000000000000000000000000000000000000000000000000000000000000000', '\xb35aceda8321dba915abafa7e812bc06b095737140213e721cb1bf9eca713597');
INSERT INTO public.audit_chainhead VALUES
	(7, 'outcome', 'wsp_d237lxvfh4augmtlsfvx', 0, '\x0000000000000000000000000000000000000000000000000000000000000000', '\x0000000000000000000000000000000000000000000000000000000000000000', 0),
	(3, 'outcome', 'wsp_lk3e55jt427xdrdir5j7', 3, '\xdba52bda51c9e66a38d68c5561d5f3b21118ab6a87448d8db56bf727ece52293', '\x7edd8d5786952a8e6e499a2446ee123fe32b2e9bac8e0b2f06367408586e064e', 0),
	(2, 'hold', 'wsp_lk3e55jt427xdrdir5j7', 5, '\x8223979919fa613c9536f033335a83a93e7d569602ceddd51316db9a24fc7002', '\x37757a141dd4c4a1909f73b70244a61abca8793f6070705551909a604c8bbb7b', 0),
	(5, 'transfer', 'wsp_d237lxvfh4augmtlsfvx', 2, '\x621e463b6f61fa312f65394deb891ae81ed38afbde02925119452073b72b9b19', '\xeff411874ee38eb1674c3e35c4ae6118d2baa45089dd28ee835044b4dbf20220', 0),
	(6, 'hold', 'wsp_d237lxvfh4augmtlsfvx', 1, '\x0000000000000000000000000000000000000000000000000000000000000000', '\xce6ca0a35d8200b67b8ad42fba6e2b318e525f531a11a1d5bb1f28d75a53857f', 0),
	(8, 'audit', 'wsp_d237lxvfh4augmtlsfvx', 1, '\x0000000000000000000000000000000000000000000000000000000000000000', '\x8540b58099dfe45717453bf4e16498d9fbbbcd55f098b3c9046826a287aa8b53', 0),
	(1, 'transfer', 'wsp_lk3e55jt427xdrdir5j7', 12, '\x0ca74310b9b36b137b95627a0489517d576bc6ddd326cd89930548ae46bbf212', '\xe585d000577d4485874b7af770b863f9f6f1bf81ced06fe443ccb790439457f3', 0),
	(4, 'audit', 'wsp_lk3e55jt427xdrdir5j7', 11, '\x25a7a4e3f890a182c2a687011e6238cd40edaea9c99d3660f5a0b01767d915d8', '\x88dfc9ca3dc7da721e3899a4c63df7d88e4e0e897b7c5cfdb1db43b2a6dd2ae8', 0),
	(9, 'audit', '', 1, '\x0000000000000000000000000000000000000000000000000000000000000000', '\xb35aceda8321dba915abafa7e812bc06b095737140213e721cb1bf9eca713597', 0);
INSERT INTO public.auth_permission VALUES
	(1, 'Can add log entry', 1, 'add_logentry'),
	(2, 'Can change log entry', 1, 'change_logentry'),
	(3, 'Can delete log entry', 1, 'delete_logentry'),
	(4, 'Can view log entry', 1, 'view_logentry'),
	(5, 'Can add permission', 2, 'add_permission'),
	(6, 'Can change permission', 2, 'change_permission'),
	(7, 'Can delete permission', 2, 'delete_permission'),
	(8, 'Can view permission', 2, 'view_permission'),
	(9, 'Can add group', 3, 'add_group'),
	(10, 'Can change group', 3, 'change_group'),
	(11, 'Can delete group', 3, 'delete_group'),
	(12, 'Can view group', 3, 'view_group'),
	(13, 'Can add user', 4, 'add_user'),
	(14, 'Can change user', 4, 'change_user'),
	(15, 'Can delete user', 4, 'delete_user'),
	(16, 'Can view user', 4, 'view_user'),
	(17, 'Can add content type', 5, 'add_contenttype'),
	(18, 'Can change content type', 5, 'change_contenttype'),
	(19, 'Can delete content type', 5, 'delete_contenttype'),
	(20, 'Can view content type', 5, 'view_contenttype'),
	(21, 'Can add session', 6, 'add_session'),
	(22, 'Can change session', 6, 'change_session'),
	(23, 'Can delete session', 6, 'delete_session'),
	(24, 'Can view session', 6, 'view_session'),
	(25, 'Can add access attempt', 7, 'add_accessattempt'),
	(26, 'Can change access attempt', 7, 'change_accessattempt'),
	(27, 'Can delete access attempt', 7, 'delete_accessattempt'),
	(28, 'Can view access attempt', 7, 'view_accessattempt'),
	(29, 'Can add access log', 8, 'add_accesslog'),
	(30, 'Can change access log', 8, 'change_accesslog'),
	(31, 'Can delete access log', 8, 'delete_accesslog'),
	(32, 'Can view access log', 8, 'view_accesslog'),
	(33, 'Can add access failure', 9, 'add_accessfailurelog'),
	(34, 'Can change access failure', 9, 'change_accessfailurelog'),
	(35, 'Can delete access failure', 9, 'delete_accessfailurelog'),
	(36, 'Can view access failure', 9, 'view_accessfailurelog'),
	(37, 'Can add access attempt expiration', 10, 'add_accessattemptexpiration'),
	(38, 'Can change access attempt expiration', 10, 'change_accessattemptexpiration'),
	(39, 'Can delete access attempt expiration', 10, 'delete_accessattemptexpiration'),
	(40, 'Can view access attempt expiration', 10, 'view_accessattemptexpiration'),
	(41, 'Can add TOTP device', 11, 'add_totpdevice'),
	(42, 'Can change TOTP device', 11, 'change_totpdevice'),
	(43, 'Can delete TOTP device', 11, 'delete_totpdevice'),
	(44, 'Can view TOTP device', 11, 'view_totpdevice'),
	(45, 'Can add workspace', 12, 'add_workspace'),
	(46, 'Can change workspace', 12, 'change_workspace'),
	(47, 'Can delete workspace', 12, 'delete_workspace'),
	(48, 'Can view workspace', 12, 'view_workspace'),
	(49, 'Can add tier', 13, 'add_tierterms'),
	(50, 'Can change tier', 13, 'change_tierterms'),
	(51, 'Can delete tier', 13, 'delete_tierterms'),
	(52, 'Can view tier', 13, 'view_tierterms'),
	(53, 'Can add membership', 14, 'add_membership'),
	(54, 'Can change membership', 14, 'change_membership'),
	(55, 'Can delete membership', 14, 'delete_membership'),
	(56, 'Can view membership', 14, 'view_membership'),
	(57, 'Can add API key', 15, 'add_apikey'),
	(58, 'Can change API key', 15, 'change_apikey'),
	(59, 'Can delete API key', 15, 'delete_apikey'),
	(60, 'Can view API key', 15, 'view_apikey'),
	(61, 'Can add token bucket', 16, 'add_tokenbucket'),
	(62, 'Can change token bucket', 16, 'change_tokenbucket'),
	(63, 'Can delete token bucket', 16, 'delete_tokenbucket'),
	(64, 'Can view token bucket', 16, 'view_tokenbucket'),
	(65, 'Can add outbox message', 17, 'add_outboxmessage'),
	(66, 'Can change outbox message', 17, 'change_outboxmessage'),
	(67, 'Can delete outbox message', 17, 'delete_outboxmessage'),
	(68, 'Can view outbox message', 17, 'view_outboxmessage'),
	(69, 'Can add chain head', 18, 'add_chainhead'),
	(70, 'Can change chain head', 18, 'change_chainhead'),
	(71, 'Can delete chain head', 18, 'delete_chainhead'),
	(72, 'Can view chain head', 18, 'view_chainhead'),
	(73, 'Can add audit entry', 19, 'add_auditentry'),
	(74, 'Can change audit entry', 19, 'change_auditentry'),
	(75, 'Can delete audit entry', 19, 'delete_auditentry'),
	(76, 'Can view audit entry', 19, 'view_auditentry'),
	(77, 'Can add account', 20, 'add_account'),
	(78, 'Can change account', 20, 'change_account'),
	(79, 'Can delete account', 20, 'delete_account'),
	(80, 'Can view account', 20, 'view_account'),
	(81, 'Can add transfer', 21, 'add_transfer'),
	(82, 'Can change transfer', 21, 'change_transfer'),
	(83, 'Can delete transfer', 21, 'delete_transfer'),
	(84, 'Can view transfer', 21, 'view_transfer'),
	(85, 'Can add hold', 22, 'add_hold'),
	(86, 'Can change hold', 22, 'change_hold'),
	(87, 'Can delete hold', 22, 'delete_hold'),
	(88, 'Can view hold', 22, 'view_hold'),
	(89, 'Can add hold outcome', 23, 'add_holdoutcome'),
	(90, 'Can change hold outcome', 23, 'change_holdoutcome'),
	(91, 'Can delete hold outcome', 23, 'delete_holdoutcome'),
	(92, 'Can view hold outcome', 23, 'view_holdoutcome'),
	(93, 'Can add grant end', 24, 'add_grantend'),
	(94, 'Can change grant end', 24, 'change_grantend'),
	(95, 'Can delete grant end', 24, 'delete_grantend'),
	(96, 'Can view grant end', 24, 'view_grantend'),
	(97, 'Can add adjustment', 25, 'add_adjustment'),
	(98, 'Can change adjustment', 25, 'change_adjustment'),
	(99, 'Can delete adjustment', 25, 'delete_adjustment'),
	(100, 'Can view adjustment', 25, 'view_adjustment');
INSERT INTO public.auth_permission VALUES
	(101, 'Can add adjustment decision', 26, 'add_adjustmentdecision'),
	(102, 'Can change adjustment decision', 26, 'change_adjustmentdecision'),
	(103, 'Can delete adjustment decision', 26, 'delete_adjustmentdecision'),
	(104, 'Can view adjustment decision', 26, 'view_adjustmentdecision'),
	(105, 'Can add credit line', 27, 'add_creditline'),
	(106, 'Can change credit line', 27, 'change_creditline'),
	(107, 'Can delete credit line', 27, 'delete_creditline'),
	(108, 'Can view credit line', 27, 'view_creditline'),
	(109, 'Can add rate card', 28, 'add_ratecard'),
	(110, 'Can change rate card', 28, 'change_ratecard'),
	(111, 'Can delete rate card', 28, 'delete_ratecard'),
	(112, 'Can view rate card', 28, 'view_ratecard'),
	(113, 'Can add book check', 29, 'add_bookcheck'),
	(114, 'Can change book check', 29, 'change_bookcheck'),
	(115, 'Can delete book check', 29, 'delete_bookcheck'),
	(116, 'Can view book check', 29, 'view_bookcheck'),
	(117, 'Can add asset', 30, 'add_asset'),
	(118, 'Can change asset', 30, 'change_asset'),
	(119, 'Can delete asset', 30, 'delete_asset'),
	(120, 'Can view asset', 30, 'view_asset'),
	(121, 'Can add endpoint', 31, 'add_endpoint'),
	(122, 'Can change endpoint', 31, 'change_endpoint'),
	(123, 'Can delete endpoint', 31, 'delete_endpoint'),
	(124, 'Can view endpoint', 31, 'view_endpoint'),
	(125, 'Can add counter', 32, 'add_counter'),
	(126, 'Can change counter', 32, 'change_counter'),
	(127, 'Can delete counter', 32, 'delete_counter'),
	(128, 'Can view counter', 32, 'view_counter'),
	(129, 'Can add event', 33, 'add_event'),
	(130, 'Can change event', 33, 'change_event'),
	(131, 'Can delete event', 33, 'delete_event'),
	(132, 'Can view event', 33, 'view_event'),
	(133, 'Can add delivery', 34, 'add_delivery'),
	(134, 'Can change delivery', 34, 'change_delivery'),
	(135, 'Can delete delivery', 34, 'delete_delivery'),
	(136, 'Can view delivery', 34, 'view_delivery'),
	(137, 'Can add attempt', 35, 'add_attempt'),
	(138, 'Can change attempt', 35, 'change_attempt'),
	(139, 'Can delete attempt', 35, 'delete_attempt'),
	(140, 'Can view attempt', 35, 'view_attempt'),
	(141, 'Can add dead letter', 36, 'add_deadletter'),
	(142, 'Can change dead letter', 36, 'change_deadletter'),
	(143, 'Can delete dead letter', 36, 'delete_deadletter'),
	(144, 'Can view dead letter', 36, 'view_deadletter'),
	(145, 'Can add generation', 37, 'add_generation'),
	(146, 'Can change generation', 37, 'change_generation'),
	(147, 'Can delete generation', 37, 'delete_generation'),
	(148, 'Can view generation', 37, 'view_generation'),
	(149, 'Can add slot', 38, 'add_slot'),
	(150, 'Can change slot', 38, 'change_slot'),
	(151, 'Can delete slot', 38, 'delete_slot'),
	(152, 'Can view slot', 38, 'view_slot'),
	(153, 'Can add stage result', 39, 'add_stageresult'),
	(154, 'Can change stage result', 39, 'change_stageresult'),
	(155, 'Can delete stage result', 39, 'delete_stageresult'),
	(156, 'Can view stage result', 39, 'view_stageresult'),
	(157, 'Can add generation event', 40, 'add_generationevent'),
	(158, 'Can change generation event', 40, 'change_generationevent'),
	(159, 'Can delete generation event', 40, 'delete_generationevent'),
	(160, 'Can view generation event', 40, 'view_generationevent'),
	(161, 'Can add idempotency record', 41, 'add_idempotencyrecord'),
	(162, 'Can change idempotency record', 41, 'change_idempotencyrecord'),
	(163, 'Can delete idempotency record', 41, 'delete_idempotencyrecord'),
	(164, 'Can view idempotency record', 41, 'view_idempotencyrecord'),
	(165, 'Can add turn', 42, 'add_turn'),
	(166, 'Can change turn', 42, 'change_turn'),
	(167, 'Can delete turn', 42, 'delete_turn'),
	(168, 'Can view turn', 42, 'view_turn'),
	(169, 'Can add worker', 43, 'add_worker'),
	(170, 'Can change worker', 43, 'change_worker'),
	(171, 'Can delete worker', 43, 'delete_worker'),
	(172, 'Can view worker', 43, 'view_worker');
INSERT INTO public.auth_user VALUES
	(1, '!mtZoRFKee9evjvDO03efNdbmnOE8KSXA8Iu8qGMV', NULL, false, 'owner', '', '', '', false, true, '2026-11-29 18:10:54.820231+00');
INSERT INTO public.billing_account VALUES
	(8, 'earned', 0, 0, 'wsp_d237lxvfh4augmtlsfvx', 0),
	(5, 'granted', -50, 1, 'wsp_d237lxvfh4augmtlsfvx', 0),
	(4, 'earned', 1, 2, 'wsp_lk3e55jt427xdrdir5j7', 0),
	(3, 'held', 2, 8, 'wsp_lk3e55jt427xdrdir5j7', 0),
	(6, 'available', 49, 2, 'wsp_d237lxvfh4augmtlsfvx', 0),
	(7, 'held', 1, 1, 'wsp_d237lxvfh4augmtlsfvx', 0),
	(1, 'granted', -6007, 3, 'wsp_lk3e55jt427xdrdir5j7', 0),
	(2, 'available', 6004, 11, 'wsp_lk3e55jt427xdrdir5j7', -10000);
INSERT INTO public.billing_adjustment VALUES
	('adj_suijunogwvycemg7cnbl', 5000, 'a contract', 'user:1', true, '2026-11-29 18:10:58.974818+00', 'wsp_lk3e55jt427xdrdir5j7');
INSERT INTO public.billing_adjustmentdecision VALUES
	('adj_suijunogwvycemg7cnbl', 'user:1', true, 'user:2', true, '2026-11-29 18:10:58.997744+00', 'wsp_lk3e55jt427xdrdir5j7');
INSERT INTO public.billing_creditline VALUES
	('studio', 10000);
INSERT INTO public.billing_hold VALUES
	('hld_opuyabpz4zwiznqogjfv', 'gen_d6rjiil22fycrf3bj5ff', 2, '2026-11-29 18:10:56.895817+00', 'wsp_lk3e55jt427xdrdir5j7', 'trf_dz7cuvi76i5k4wnoixem', 1, '\xf443f9cc693da1260824fcaf5d5f396ecc1c61b501a385d08f7070bd8728b8fe', '\x0000000000000000000000000000000000000000000000000000000000000000'),
	('hld_eiklucxep57o2ytnyad4', 'gen_z5uhdibgtpvcgvjnblar', 1, '2026-11-29 18:10:57.54496+00', 'wsp_lk3e55jt427xdrdir5j7', 'trf_n24bqab4s3r3po2whvj4', 2, '\x97978e4db36158d8fd94dc2b379daf3339b16f715d452ed14a638ae8d621cb81', '\xf443f9cc693da1260824fcaf5d5f396ecc1c61b501a385d08f7070bd8728b8fe'),
	('hld_jjhmft5y5o5nphe7plxa', 'gen_c3jys3fehaswboferok7', 1, '2026-11-29 18:10:57.939969+00', 'wsp_lk3e55jt427xdrdir5j7', 'trf_6wb2eiyi3wpxhjnxinnb', 3, '\x42c9f2da27fa0e82eea6fe5302cd764711d744b1da99fa60c5663eee95010a99', '\x97978e4db36158d8fd94dc2b379daf3339b16f715d452ed14a638ae8d621cb81'),
	('hld_p5p6hamam6iyfbgs34bx', 'gen_b65ekt3mvudqvuoa5wam', 1, '2026-11-29 18:10:58.583174+00', 'wsp_lk3e55jt427xdrdir5j7', 'trf_a65ng2cvbcqy2vas2c5y', 4, '\x8223979919fa613c9536f033335a83a93e7d569602ceddd51316db9a24fc7002', '\x42c9f2da27fa0e82eea6fe5302cd764711d744b1da99fa60c5663eee95010a99'),
	('hld_yqwrxpquizteoyfrqtqc', 'gen_vnapg3jpgy3xnaavxdpa', 1, '2026-11-29 18:10:58.775798+00', 'wsp_lk3e55jt427xdrdir5j7', 'trf_7ivy7qaqkisdpchnnu3a', 5, '\x37757a141dd4c4a1909f73b70244a61abca8793f6070705551909a604c8bbb7b', '\x8223979919fa613c9536f033335a83a93e7d569602ceddd51316db9a24fc7002'),
	('hld_rbcex2r7m2wshoj3xury', 'gen_yml6a33mwl7bk3ucp6lw', 1, '2026-11-29 18:10:58.921829+00', 'wsp_d237lxvfh4augmtlsfvx', 'trf_w2wykenywdchup4fjtfw', 1, '\xce6ca0a35d8200b67b8ad42fba6e2b318e525f531a11a1d5bb1f28d75a53857f', '\x0000000000000000000000000000000000000000000000000000000000000000');
INSERT INTO public.billing_holdoutcome VALUES
	('hld_opuyabpz4zwiznqogjfv', 2, 2, 0, '2026-11-29 18:10:57.293957+00', 'trf_moy3hwgm3rtqay3bdera', NULL, 1, false, '\x3c4b055d513ae64b6a2febae6dcb00c06e2235b66652f3a6b1c302ebac3e13f3', '\x0000000000000000000000000000000000000000000000000000000000000000', 'wsp_lk3e55jt427xdrdir5j7'),
	('hld_eiklucxep57o2ytnyad4', 1, 0, 1, '2026-11-29 18:10:57.710854+00', NULL, 'trf_fmphkqvmrvcvwcqhpbau', 2, false, '\xdba52bda51c9e66a38d68c5561d5f3b21118ab6a87448d8db56bf727ece52293', '\x3c4b055d513ae64b6a2febae6dcb00c06e2235b66652f3a6b1c302ebac3e13f3', 'wsp_lk3e55jt427xdrdir5j7'),
	('hld_jjhmft5y5o5nphe7plxa', 1, 0, 1, '2026-11-29 18:10:58.44961+00', NULL, 'trf_iuqceszpykz353tulxam', 3, false, '\x7edd8d5786952a8e6e499a2446ee123fe32b2e9bac8e0b2f06367408586e064e', '\xdba52bda51c9e66a38d68c5561d5f3b21118ab6a87448d8db56bf727ece52293', 'wsp_lk3e55jt427xdrdir5j7');
INSERT INTO public.billing_ratecard VALUES
	(1, '2000-01-01 00:00:00+00', '[[2100000, 1], [4200000, 2], [16800000, 4], [33200000, 8]]', 'the first rate card', '2026-11-29 18:10:31.88577+00');
INSERT INTO public.billing_transfer VALUES
	('trf_vvjdzqsukswoh4orkxqz', 'grant', 1000, -1000, 1, 1000, 1, 'grant', '', 'grant:start:studio', '2026-11-29 18:10:54.744355+00', 2, 1, 'wsp_lk3e55jt427xdrdir5j7', '', 1, NULL, '\xc525964a96c54bce363462ee0c8b53a3052a963f52609c92e81818792181e6c0', '\x0000000000000000000000000000000000000000000000000000000000000000'),
	('trf_ommp2r7ycrg6cec2pj2m', 'grant', 50, -50, 1, 50, 1, 'grant', '', 'grant:start:starter', '2026-11-29 18:10:54.808235+00', 6, 5, 'wsp_d237lxvfh4augmtlsfvx', '', 1, NULL, '\x621e463b6f61fa312f65394deb891ae81ed38afbde02925119452073b72b9b19', '\x0000000000000000000000000000000000000000000000000000000000000000'),
	('trf_dz7cuvi76i5k4wnoixem', 'hold', 2, 998, 2, 2, 1, 'gen_d6rjiil22fycrf3bj5ff', '', 'hold:gen_d6rjiil22fycrf3bj5ff', '2026-11-29 18:10:56.895817+00', 3, 2, 'wsp_lk3e55jt427xdrdir5j7', 'key_q3i4qkp6oziscb3mjprr', 2, NULL, '\xe2cc37d437ee4797834acad62bf2d2080a026f4e965b0c820e90954e374402fc', '\xc525964a96c54bce363462ee0c8b53a3052a963f52609c92e81818792181e6c0'),
	('trf_moy3hwgm3rtqay3bdera', 'capture', 2, 0, 2, 2, 1, 'gen_d6rjiil22fycrf3bj5ff', '', 'capture:hld_opuyabpz4zwiznqogjfv', '2026-11-29 18:10:57.293957+00', 4, 3, 'wsp_lk3e55jt427xdrdir5j7', 'key_q3i4qkp6oziscb3mjprr', 3, NULL, '\xf4234013813de52e3c29f37439bca1d8f24383d8c5a86728b97230f51412f54f', '\xe2cc37d437ee4797834acad62bf2d2080a026f4e965b0c820e90954e374402fc'),
	('trf_bcgw4l6kmoapbkl4nond', 'refund', 1, 1, 2, 999, 3, 'gen_d6rjiil22fycrf3bj5ff', 'a stain', 'refund:refund-1', '2026-11-29 18:10:57.347405+00', 2, 4, 'wsp_lk3e55jt427xdrdir5j7', 'user:1', 4, NULL, '\x10cc6b88b95d7710ab1f5ca78319a822d61e36e7881cdaf28de31b8156980c71', '\xf4234013813de52e3c29f37439bca1d8f24383d8c5a86728b97230f51412f54f'),
	('trf_n24bqab4s3r3po2whvj4', 'hold', 1, 998, 4, 1, 3, 'gen_z5uhdibgtpvcgvjnblar', '', 'hold:gen_z5uhdibgtpvcgvjnblar', '2026-11-29 18:10:57.54496+00', 3, 2, 'wsp_lk3e55jt427xdrdir5j7', 'key_q3i4qkp6oziscb3mjprr', 5, NULL, '\x7163b86c94d2bbbb59b24012e8c581b79aaf217d36204b1b2d1cc506fab5990d', '\x10cc6b88b95d7710ab1f5ca78319a822d61e36e7881cdaf28de31b8156980c71'),
	('trf_fmphkqvmrvcvwcqhpbau', 'release', 1, 0, 4, 999, 5, 'gen_z5uhdibgtpvcgvjnblar', '', 'release:hld_eiklucxep57o2ytnyad4', '2026-11-29 18:10:57.710854+00', 2, 3, 'wsp_lk3e55jt427xdrdir5j7', 'key_q3i4qkp6oziscb3mjprr', 6, NULL, '\x83f4d1d30b67f076d2ea4ac03b97ae4c03b520003b69d2d7f7101bed675aeed0', '\x7163b86c94d2bbbb59b24012e8c581b79aaf217d36204b1b2d1cc506fab5990d'),
	('trf_6wb2eiyi3wpxhjnxinnb', 'hold', 1, 998, 6, 1, 5, 'gen_c3jys3fehaswboferok7', '', 'hold:gen_c3jys3fehaswboferok7', '2026-11-29 18:10:57.939969+00', 3, 2, 'wsp_lk3e55jt427xdrdir5j7', 'key_q3i4qkp6oziscb3mjprr', 7, NULL, '\x009d5bd92e9b1b4931c3fd2a5f78ffbac46deb506ebe290529ebc9053566c78c', '\x83f4d1d30b67f076d2ea4ac03b97ae4c03b520003b69d2d7f7101bed675aeed0'),
	('trf_iuqceszpykz353tulxam', 'release', 1, 0, 6, 999, 7, 'gen_c3jys3fehaswboferok7', '', 'release:hld_jjhmft5y5o5nphe7plxa', '2026-11-29 18:10:58.44961+00', 2, 3, 'wsp_lk3e55jt427xdrdir5j7', 'key_q3i4qkp6oziscb3mjprr', 8, NULL, '\xb2bbd8909873ddaee6dca1acadc0dcdbb2688a4b483ce7df96414f9a6673281b', '\x009d5bd92e9b1b4931c3fd2a5f78ffbac46deb506ebe290529ebc9053566c78c'),
	('trf_a65ng2cvbcqy2vas2c5y', 'hold', 1, 998, 8, 1, 7, 'gen_b65ekt3mvudqvuoa5wam', '', 'hold:gen_b65ekt3mvudqvuoa5wam', '2026-11-29 18:10:58.583174+00', 3, 2, 'wsp_lk3e55jt427xdrdir5j7', 'key_q3i4qkp6oziscb3mjprr', 9, NULL, '\x040b82e67b8c2d0feacd62184b00060e696eeaf3b47a34beff14e58da6a0f5c5', '\xb2bbd8909873ddaee6dca1acadc0dcdbb2688a4b483ce7df96414f9a6673281b'),
	('trf_7ivy7qaqkisdpchnnu3a', 'hold', 1, 997, 9, 2, 8, 'gen_vnapg3jpgy3xnaavxdpa', '', 'hold:gen_vnapg3jpgy3xnaavxdpa', '2026-11-29 18:10:58.775798+00', 3, 2, 'wsp_lk3e55jt427xdrdir5j7', 'key_q3i4qkp6oziscb3mjprr', 10, NULL, '\x3f9d3fbcff7519a9d68d1ab8a86e0b77c5557e7d2f9ce469b00fc21d2918ea5c', '\x040b82e67b8c2d0feacd62184b00060e696eeaf3b47a34beff14e58da6a0f5c5'),
	('trf_w2wykenywdchup4fjtfw', 'hold', 1, 49, 2, 1, 1, 'gen_yml6a33mwl7bk3ucp6lw', '', 'hold:gen_yml6a33mwl7bk3ucp6lw', '2026-11-29 18:10:58.921829+00', 7, 6, 'wsp_d237lxvfh4augmtlsfvx', 'key_bc52ll2jowfpiwgoopzc', 2, NULL, '\xeff411874ee38eb1674c3e35c4ae6118d2baa45089dd28ee835044b4dbf20220', '\x621e463b6f61fa312f65394deb891ae81ed38afbde02925119452073b72b9b19'),
	('trf_tfwlti6sdpx6arbkpwnn', 'grant', 7, -1007, 2, 1004, 10, 'top_up', 'a top-up', 'grant:top-up-1', '2026-11-29 18:10:58.952822+00', 2, 1, 'wsp_lk3e55jt427xdrdir5j7', '', 11, NULL, '\x0ca74310b9b36b137b95627a0489517d576bc6ddd326cd89930548ae46bbf212', '\x3f9d3fbcff7519a9d68d1ab8a86e0b77c5557e7d2f9ce469b00fc21d2918ea5c'),
	('trf_br5ejaejcqcknwogoq7a', 'adjust', 5000, -6007, 3, 6004, 11, 'adj_suijunogwvycemg7cnbl', 'a contract', 'adjust:adj_suijunogwvycemg7cnbl', '2026-11-29 18:10:59.002921+00', 2, 1, 'wsp_lk3e55jt427xdrdir5j7', 'user:2', 12, NULL, '\xe585d000577d4485874b7af770b863f9f6f1bf81ced06fe443ccb790439457f3', '\x0ca74310b9b36b137b95627a0489517d576bc6ddd326cd89930548ae46bbf212');
INSERT INTO public.django_content_type VALUES
	(1, 'admin', 'logentry'),
	(2, 'auth', 'permission'),
	(3, 'auth', 'group'),
	(4, 'auth', 'user'),
	(5, 'contenttypes', 'contenttype'),
	(6, 'sessions', 'session'),
	(7, 'axes', 'accessattempt'),
	(8, 'axes', 'accesslog'),
	(9, 'axes', 'accessfailurelog'),
	(10, 'axes', 'accessattemptexpiration'),
	(11, 'otp_totp', 'totpdevice'),
	(12, 'accounts', 'workspace'),
	(13, 'accounts', 'tierterms'),
	(14, 'accounts', 'membership'),
	(15, 'accounts', 'apikey'),
	(16, 'accounts', 'tokenbucket'),
	(17, 'outbox', 'outboxmessage'),
	(18, 'audit', 'chainhead'),
	(19, 'audit', 'auditentry'),
	(20, 'billing', 'account'),
	(21, 'billing', 'transfer'),
	(22, 'billing', 'hold'),
	(23, 'billing', 'holdoutcome'),
	(24, 'billing', 'grantend'),
	(25, 'billing', 'adjustment'),
	(26, 'billing', 'adjustmentdecision'),
	(27, 'billing', 'creditline'),
	(28, 'billing', 'ratecard'),
	(29, 'billing', 'bookcheck'),
	(30, 'storage', 'asset'),
	(31, 'webhooks', 'endpoint'),
	(32, 'webhooks', 'counter'),
	(33, 'webhooks', 'event'),
	(34, 'webhooks', 'delivery'),
	(35, 'webhooks', 'attempt'),
	(36, 'webhooks', 'deadletter'),
	(37, 'generation', 'generation'),
	(38, 'generation', 'slot'),
	(39, 'generation', 'stageresult'),
	(40, 'generation', 'generationevent'),
	(41, 'generation', 'idempotencyrecord'),
	(42, 'generation', 'turn'),
	(43, 'generation', 'worker');
INSERT INTO public.django_migrations VALUES
	(1, 'contenttypes', '0001_initial', '2026-11-29 18:10:28.444669+00'),
	(2, 'auth', '0001_initial', '2026-11-29 18:10:28.61376+00'),
	(3, 'accounts', '0001_initial', '2026-11-29 18:10:28.7821+00'),
	(4, 'accounts', '0002_policies_and_tiers', '2026-11-29 18:10:28.835336+00'),
	(5, 'admin', '0001_initial', '2026-11-29 18:10:28.932413+00'),
	(6, 'admin', '0002_logentry_remove_auto_add', '2026-11-29 18:10:28.973671+00'),
	(7, 'admin', '0003_logentry_add_action_flag_choices', '2026-11-29 18:10:29.015793+00'),
	(8, 'audit', '0001_initial', '2026-11-29 18:10:29.144145+00'),
	(9, 'audit', '0002_policies_and_triggers', '2026-11-29 18:10:29.16356+00'),
	(10, 'contenttypes', '0002_remove_content_type_name', '2026-11-29 18:10:29.256267+00'),
	(11, 'auth', '0002_alter_permission_name_max_length', '2026-11-29 18:10:29.303909+00'),
	(12, 'auth', '0003_alter_user_email_max_length', '2026-11-29 18:10:29.349198+00'),
	(13, 'auth', '0004_alter_user_username_opts', '2026-11-29 18:10:29.381763+00'),
	(14, 'auth', '0005_alter_user_last_login_null', '2026-11-29 18:10:29.431991+00'),
	(15, 'auth', '0006_require_contenttypes_0002', '2026-11-29 18:10:29.446153+00'),
	(16, 'auth', '0007_alter_validators_add_error_messages', '2026-11-29 18:10:29.495391+00'),
	(17, 'auth', '0008_alter_user_username_max_length', '2026-11-29 18:10:29.548048+00'),
	(18, 'auth', '0009_alter_user_last_name_max_length', '2026-11-29 18:10:29.585396+00'),
	(19, 'auth', '0010_alter_group_name_max_length', '2026-11-29 18:10:29.643447+00'),
	(20, 'auth', '0011_update_proxy_permissions', '2026-11-29 18:10:29.702962+00'),
	(21, 'auth', '0012_alter_user_first_name_max_length', '2026-11-29 18:10:29.743468+00'),
	(22, 'axes', '0001_initial', '2026-11-29 18:10:29.788623+00'),
	(23, 'axes', '0002_auto_20151217_2044', '2026-11-29 18:10:29.908769+00'),
	(24, 'axes', '0003_auto_20160322_0929', '2026-11-29 18:10:30.318402+00'),
	(25, 'axes', '0004_auto_20181024_1538', '2026-11-29 18:10:30.410151+00'),
	(26, 'axes', '0005_remove_accessattempt_trusted', '2026-11-29 18:10:30.439032+00'),
	(27, 'axes', '0006_remove_accesslog_trusted', '2026-11-29 18:10:30.460037+00'),
	(28, 'axes', '0007_alter_accessattempt_unique_together', '2026-11-29 18:10:30.564434+00'),
	(29, 'axes', '0008_accessfailurelog', '2026-11-29 18:10:30.644895+00'),
	(30, 'axes', '0009_add_session_hash', '2026-11-29 18:10:30.6695+00'),
	(31, 'axes', '0010_accessattemptexpiration', '2026-11-29 18:10:30.708724+00'),
	(32, 'billing', '0001_initial', '2026-11-29 18:10:31.800538+00'),
	(33, 'billing', '0002_policies_and_triggers', '2026-11-29 18:10:31.948054+00'),
	(34, 'generation', '0001_initial', '2026-11-29 18:10:32.901397+00'),
	(35, 'generation', '0002_policies', '2026-11-29 18:10:32.93801+00'),
	(36, 'otp_totp', '0001_initial', '2026-11-29 18:10:33.031663+00'),
	(37, 'otp_totp', '0002_auto_20190420_0723', '2026-11-29 18:10:33.103521+00'),
	(38, 'otp_totp', '0003_add_timestamps', '2026-11-29 18:10:33.18513+00'),
	(39, 'outbox', '0001_initial', '2026-11-29 18:10:33.234029+00'),
	(40, 'sessions', '0001_initial', '2026-11-29 18:10:33.272233+00'),
	(41, 'storage', '0001_initial', '2026-11-29 18:10:33.433021+00'),
	(42, 'storage', '0002_policies', '2026-11-29 18:10:33.440803+00'),
	(43, 'webhooks', '0001_initial', '2026-11-29 18:10:34.508725+00'),
	(44, 'webhooks', '0002_policies', '2026-11-29 18:10:34.538147+00');
INSERT INTO public.generation_generation VALUES
	('gen_d6rjiil22fycrf3bj5ff', 'key_q3i4qkp6oziscb3mjprr', 'image', 'completed', 'priority', 'priority', 'quick', '{"seed": null, "count": 2, "model": null, "style": null, "format": "png", "prompt": "a red apple", "quality": "standard", "webhook": null, "metadata": {}, "dimensions": {"width": 64, "height": 64}, "guidanceScale": null, "faceCorrection": "auto", "generationType": null, "negativePrompt": "", "deadlineSeconds": 600}', '{"seed": 2055975207, "count": 2, "model": "quick", "steps": 20, "style": null, "width": 64, "format": "png", "height": 64, "prompt": "a red apple", "quality": "standard", "native_width": 64, "generation_id": "gen_d6rjiil22fycrf3bj5ff", "native_height": 64, "guidance_scale": null, "model_revision": "1", "face_correction": "auto", "generation_type": "standard", "negative_prompt": ""}', '{}', 2, 2, 1, 1, 1, 'upload', 0, 0, 'worker-1', '2026-11-29 18:10:56.93653+00', '2026-11-29 18:11:26.93653+00', '2026-11-29 18:20:56.93653+00', NULL, '2026-11-29 18:10:57.031236+00', '2026-11-29 18:10:57.080032+00', NULL, NULL, NULL, '2026-11-29 18:10:57.323922+00', '', '', NULL, 'wsp_lk3e55jt427xdrdir5j7', NULL),
	('gen_z5uhdibgtpvcgvjnblar', 'key_q3i4qkp6oziscb3mjprr', 'image', 'failed', 'priority', 'priority', 'quick', '{"seed": null, "count": 1, "model": null, "style": null, "format": "png", "prompt": "a red apple", "quality": "standard", "webhook": {"url": "https://hooks.example/hook", "events": ["generation.completed"]}, "metadata": {}, "dimensions": {"width": 64, "height": 64}, "guidanceScale": null, "faceCorrection": "auto", "generationType": null, "negativePrompt": "", "deadlineSeconds": 600}', '{"seed": 2236444246, "count": 1, "model": "quick", "steps": 20, "style": null, "width": 64, "format": "png", "height": 64, "prompt": "a red apple", "quality": "standard", "native_width": 64, "generation_id": "gen_z5uhdibgtpvcgvjnblar", "native_height": 64, "guidance_scale": null, "model_revision": "1", "face_correction": "auto", "generation_type": "standard", "negative_prompt": ""}', '{}', 1, 0, 1, 1, 1, 'upload', 0, 0, 'worker-1', '2026-11-29 18:10:57.55592+00', '2026-11-29 18:11:27.55592+00', '2026-11-29 18:20:57.55592+00', NULL, '2026-11-29 18:10:57.599009+00', '2026-11-29 18:10:57.635937+00', NULL, NULL, NULL, '2026-11-29 18:10:57.717759+00', 'model_broken', 'Broken.', NULL, 'wsp_lk3e55jt427xdrdir5j7', '{"url": "https://hooks.example/hook", "events": ["generation.completed"], "secret": "AaFm7v43NxRfDNNPMHNbhnTlcM43G2+157THtyZ8whtPK0KAfi38F5e1OAwViibwgGNKlK7gBRQOwVjQUhoA61MfGSvCVys0ALhPg3usrw=="}'),
	('gen_c3jys3fehaswboferok7', 'key_q3i4qkp6oziscb3mjprr', 'image', 'cancelled', 'priority', '', 'quick', '{"seed": null, "count": 1, "model": null, "style": null, "format": "png", "prompt": "a red apple", "quality": "standard", "webhook": null, "metadata": {}, "dimensions": {"width": 64, "height": 64}, "guidanceScale": null, "faceCorrection": "auto", "generationType": null, "negativePrompt": "", "deadlineSeconds": 600}', '{"seed": 2253018307, "count": 1, "model": "quick", "steps": 20, "style": null, "width": 64, "format": "png", "height": 64, "prompt": "a red apple", "quality": "standard", "native_width": 64, "generation_id": "gen_c3jys3fehaswboferok7", "native_height": 64, "guidance_scale": null, "model_revision": "1", "face_correction": "auto", "generation_type": "standard", "negative_prompt": ""}', '{}', 1, 0, 0, 0, 0, '', 0, 0, '', '2026-11-29 18:10:57.950341+00', '2026-11-29 18:11:27.950341+00', '2026-11-29 18:20:57.950341+00', NULL, NULL, NULL, NULL, NULL, NULL, '2026-11-29 18:10:58.45483+00', '', '', NULL, 'wsp_lk3e55jt427xdrdir5j7', NULL),
	('gen_b65ekt3mvudqvuoa5wam', 'key_q3i4qkp6oziscb3mjprr', 'image', 'running', 'priority', 'priority', 'quick', '{"seed": null, "count": 1, "model": null, "style": null, "format": "png", "prompt": "one that runs", "quality": "standard", "webhook": null, "metadata": {}, "dimensions": {"width": 64, "height": 64}, "guidanceScale": null, "faceCorrection": "auto", "generationType": null, "negativePrompt": "", "deadlineSeconds": 600}', '{"seed": 3484850385, "count": 1, "model": "quick", "steps": 20, "style": null, "width": 64, "format": "png", "height": 64, "prompt": "one that runs", "quality": "standard", "native_width": 64, "generation_id": "gen_b65ekt3mvudqvuoa5wam", "native_height": 64, "guidance_scale": null, "model_revision": "1", "face_correction": "auto", "generation_type": "standard", "negative_prompt": ""}', '{}', 1, 0, 1, 1, 1, 'prompt', 0, 0, 'worker-1', '2026-11-29 18:10:58.596192+00', '2026-11-29 18:11:28.596192+00', '2026-11-29 18:20:58.596192+00', NULL, '2026-11-29 18:10:58.614894+00', '2026-11-29 18:10:58.645388+00', '2026-11-29 18:11:58.649093+00', NULL, NULL, NULL, '', '', NULL, 'wsp_lk3e55jt427xdrdir5j7', NULL),
	('gen_vnapg3jpgy3xnaavxdpa', 'key_q3i4qkp6oziscb3mjprr', 'image', 'queued', 'priority', '', 'quick', '{"seed": null, "count": 1, "model": null, "style": null, "format": "png", "prompt": "one that waits", "quality": "standard", "webhook": null, "metadata": {}, "dimensions": {"width": 64, "height": 64}, "guidanceScale": null, "faceCorrection": "auto", "generationType": null, "negativePrompt": "", "deadlineSeconds": 600}', '{"seed": 415471562, "count": 1, "model": "quick", "steps": 20, "style": null, "width": 64, "format": "png", "height": 64, "prompt": "one that waits", "quality": "standard", "native_width": 64, "generation_id": "gen_vnapg3jpgy3xnaavxdpa", "native_height": 64, "guidance_scale": null, "model_revision": "1", "face_correction": "auto", "generation_type": "standard", "negative_prompt": ""}', '{}', 1, 0, 0, 0, 0, '', 0, 0, '', '2026-11-29 18:10:58.78394+00', '2026-11-29 18:11:28.78394+00', '2026-11-29 18:20:58.78394+00', NULL, NULL, NULL, NULL, NULL, NULL, NULL, '', '', NULL, 'wsp_lk3e55jt427xdrdir5j7', NULL),
	('gen_yml6a33mwl7bk3ucp6lw', 'key_bc52ll2jowfpiwgoopzc', 'image', 'queued', 'basic', '', 'quick', '{"seed": null, "count": 1, "model": null, "style": null, "format": "png", "prompt": "a red apple", "quality": "standard", "webhook": null, "metadata": {}, "dimensions": {"width": 64, "height": 64}, "guidanceScale": null, "faceCorrection": "auto", "generationType": null, "negativePrompt": "", "deadlineSeconds": 600}', '{"seed": 3506230544, "count": 1, "model": "quick", "steps": 20, "style": null, "width": 64, "format": "png", "height": 64, "prompt": "a red apple", "quality": "standard", "native_width": 64, "generation_id": "gen_yml6a33mwl7bk3ucp6lw", "native_height": 64, "guidance_scale": null, "model_revision": "1", "face_correction": "auto", "generation_type": "standard", "negative_prompt": ""}', '{}', 1, 0, 0, 0, 0, '', 0, 0, '', '2026-11-29 18:10:58.930083+00', '2026-11-29 18:15:58.930083+00', '2026-11-29 18:20:58.930083+00', NULL, NULL, NULL, NULL, NULL, NULL, NULL, '', '', NULL, 'wsp_d237lxvfh4augmtlsfvx', NULL);
INSERT INTO public.generation_generationevent VALUES
	(1, 'queued', '{"creditsHeld": 2}', '2026-11-29 18:10:56.938066+00', 'gen_d6rjiil22fycrf3bj5ff'),
	(2, 'stage', '{"stage": "prompt"}', '2026-11-29 18:10:57.095686+00', 'gen_d6rjiil22fycrf3bj5ff'),
	(3, 'stage', '{"stage": "diffusion"}', '2026-11-29 18:10:57.132374+00', 'gen_d6rjiil22fycrf3bj5ff'),
	(4, 'stage', '{"stage": "face_restore"}', '2026-11-29 18:10:57.145622+00', 'gen_d6rjiil22fycrf3bj5ff'),
	(5, 'stage', '{"stage": "encode"}', '2026-11-29 18:10:57.172006+00', 'gen_d6rjiil22fycrf3bj5ff'),
	(6, 'stage', '{"stage": "upload"}', '2026-11-29 18:10:57.185735+00', 'gen_d6rjiil22fycrf3bj5ff'),
	(7, 'terminal', '{"status": "completed", "creditsUsed": 2}', '2026-11-29 18:10:57.322197+00', 'gen_d6rjiil22fycrf3bj5ff'),
	(8, 'queued', '{"creditsHeld": 1}', '2026-11-29 18:10:57.556523+00', 'gen_z5uhdibgtpvcgvjnblar'),
	(9, 'stage', '{"stage": "prompt"}', '2026-11-29 18:10:57.65071+00', 'gen_z5uhdibgtpvcgvjnblar'),
	(10, 'stage', '{"stage": "diffusion"}', '2026-11-29 18:10:57.6622+00', 'gen_z5uhdibgtpvcgvjnblar'),
	(11, 'stage', '{"stage": "face_restore"}', '2026-11-29 18:10:57.669042+00', 'gen_z5uhdibgtpvcgvjnblar'),
	(12, 'stage', '{"stage": "encode"}', '2026-11-29 18:10:57.691553+00', 'gen_z5uhdibgtpvcgvjnblar'),
	(13, 'stage', '{"stage": "upload"}', '2026-11-29 18:10:57.6966+00', 'gen_z5uhdibgtpvcgvjnblar'),
	(14, 'terminal', '{"code": "model_broken", "status": "failed", "creditsUsed": 0}', '2026-11-29 18:10:57.717599+00', 'gen_z5uhdibgtpvcgvjnblar'),
	(15, 'queued', '{"creditsHeld": 1}', '2026-11-29 18:10:57.950986+00', 'gen_c3jys3fehaswboferok7'),
	(16, 'terminal', '{"status": "cancelled", "creditsUsed": 0}', '2026-11-29 18:10:58.454695+00', 'gen_c3jys3fehaswboferok7'),
	(17, 'queued', '{"creditsHeld": 1}', '2026-11-29 18:10:58.596946+00', 'gen_b65ekt3mvudqvuoa5wam'),
	(18, 'stage', '{"stage": "prompt"}', '2026-11-29 18:10:58.648988+00', 'gen_b65ekt3mvudqvuoa5wam'),
	(19, 'queued', '{"creditsHeld": 1}', '2026-11-29 18:10:58.7846+00', 'gen_vnapg3jpgy3xnaavxdpa'),
	(20, 'queued', '{"creditsHeld": 1}', '2026-11-29 18:10:58.930623+00', 'gen_yml6a33mwl7bk3ucp6lw');
INSERT INTO public.generation_idempotencyrecord VALUES
	(1, 'POST /generate', 'asked-before-the-upgrade', '7a12c4905c96cdd92ce5d6d6284c676c507a2e9b5e69409ad467320b3b197372', 202, '{"Location": "http://127.0.0.1:8000/api/v1/atelier/projects/gen_d6rjiil22fycrf3bj5ff", "RateLimit": "\"generate\";r=10;t=0", "Content-Type": "application/json", "RateLimit-Policy": "\"generate\";q=10;w=60"}', '{"generationId":"gen_d6rjiil22fycrf3bj5ff","status":"queued","isTerminal":false,"estimatedTimeSeconds":1,"queuePosition":1,"creditsHeld":2,"creditsUsed":0,"images":[],"links":{"self":"http://127.0.0.1:8000/api/v1/atelier/projects/gen_d6rjiil22fycrf3bj5ff","events":"http://127.0.0.1:8000/api/v1/atelier/projects/gen_d6rjiil22fycrf3bj5ff/events","cancel":"http://127.0.0.1:8000/api/v1/atelier/projects/gen_d6rjiil22fycrf3bj5ff","retry":null}}', '2026-11-29 18:10:56.923959+00', 'wsp_lk3e55jt427xdrdir5j7');
INSERT INTO public.generation_slot VALUES
	('gen_b65ekt3mvudqvuoa5wam', 1, 'wsp_lk3e55jt427xdrdir5j7');
INSERT INTO public.generation_stageresult VALUES
	(1, 'prompt', 1, 'worker-1', '[]', '{}', 5, '2026-11-29 18:10:57.110745+00', 'gen_d6rjiil22fycrf3bj5ff'),
	(2, 'diffusion', 1, 'worker-1', '[]', '{}', 5, '2026-11-29 18:10:57.145622+00', 'gen_d6rjiil22fycrf3bj5ff'),
	(3, 'face_restore', 1, 'worker-1', '[]', '{}', 5, '2026-11-29 18:10:57.154414+00', 'gen_d6rjiil22fycrf3bj5ff'),
	(4, 'encode', 1, 'worker-1', '[]', '{}', 5, '2026-11-29 18:10:57.185735+00', 'gen_d6rjiil22fycrf3bj5ff'),
	(5, 'upload', 1, 'worker-1', '[]', '{}', 1, '2026-11-29 18:10:57.287762+00', 'gen_d6rjiil22fycrf3bj5ff'),
	(6, 'prompt', 1, 'worker-1', '[]', '{}', 5, '2026-11-29 18:10:57.656214+00', 'gen_z5uhdibgtpvcgvjnblar'),
	(7, 'diffusion', 1, 'worker-1', '[]', '{}', 5, '2026-11-29 18:10:57.669042+00', 'gen_z5uhdibgtpvcgvjnblar'),
	(8, 'face_restore', 1, 'worker-1', '[]', '{}', 5, '2026-11-29 18:10:57.681277+00', 'gen_z5uhdibgtpvcgvjnblar'),
	(9, 'encode', 1, 'worker-1', '[]', '{}', 5, '2026-11-29 18:10:57.6966+00', 'gen_z5uhdibgtpvcgvjnblar');
INSERT INTO public.generation_turn VALUES
	('clock', 0.3333333333333333),
	('priority', 0.5),
	('wsp_lk3e55jt427xdrdir5j7', 1795975858.617149);
INSERT INTO public.generation_worker VALUES
	('gpu-1', '2026-11-29 18:10:54.857355+00', '["gpu.priority", "gpu.standard", "gpu.basic"]', '["quick"]');
INSERT INTO public.outbox_outboxmessage VALUES
	(1, 'generation.queued', 'gen_d6rjiil22fycrf3bj5ff', 'priority', '{}', 'gen_d6rjiil22fycrf3bj5ff:queued', '2026-11-29 18:10:56.94802+00', NULL, 0),
	(2, 'generation.dispatched', 'gen_d6rjiil22fycrf3bj5ff', 'priority', '{}', 'gen_d6rjiil22fycrf3bj5ff:wake:1', '2026-11-29 18:10:57.046534+00', NULL, 0),
	(3, 'generation.started', 'gen_d6rjiil22fycrf3bj5ff', 'priority', '{}', 'gen_d6rjiil22fycrf3bj5ff:started', '2026-11-29 18:10:57.08022+00', NULL, 0),
	(4, 'generation.completed', 'gen_d6rjiil22fycrf3bj5ff', 'priority', '{}', 'gen_d6rjiil22fycrf3bj5ff:terminal', '2026-11-29 18:10:57.324258+00', NULL, 0),
	(5, 'generation.queued', 'gen_z5uhdibgtpvcgvjnblar', 'priority', '{}', 'gen_z5uhdibgtpvcgvjnblar:queued', '2026-11-29 18:10:57.556718+00', NULL, 0),
	(6, 'generation.dispatched', 'gen_z5uhdibgtpvcgvjnblar', 'priority', '{}', 'gen_z5uhdibgtpvcgvjnblar:wake:1', '2026-11-29 18:10:57.604857+00', NULL, 0),
	(7, 'generation.started', 'gen_z5uhdibgtpvcgvjnblar', 'priority', '{}', 'gen_z5uhdibgtpvcgvjnblar:started', '2026-11-29 18:10:57.636245+00', NULL, 0),
	(8, 'generation.failed', 'gen_z5uhdibgtpvcgvjnblar', 'priority', '{}', 'gen_z5uhdibgtpvcgvjnblar:terminal', '2026-11-29 18:10:57.720751+00', NULL, 0),
	(9, 'generation.queued', 'gen_c3jys3fehaswboferok7', 'priority', '{}', 'gen_c3jys3fehaswboferok7:queued', '2026-11-29 18:10:57.951132+00', NULL, 0),
	(10, 'generation.cancelled', 'gen_c3jys3fehaswboferok7', 'priority', '{}', 'gen_c3jys3fehaswboferok7:terminal', '2026-11-29 18:10:58.455058+00', NULL, 0),
	(11, 'generation.queued', 'gen_b65ekt3mvudqvuoa5wam', 'priority', '{}', 'gen_b65ekt3mvudqvuoa5wam:queued', '2026-11-29 18:10:58.59707+00', NULL, 0),
	(12, 'generation.dispatched', 'gen_b65ekt3mvudqvuoa5wam', 'priority', '{}', 'gen_b65ekt3mvudqvuoa5wam:wake:1', '2026-11-29 18:10:58.617255+00', NULL, 0),
	(13, 'generation.started', 'gen_b65ekt3mvudqvuoa5wam', 'priority', '{}', 'gen_b65ekt3mvudqvuoa5wam:started', '2026-11-29 18:10:58.645573+00', NULL, 0),
	(14, 'generation.queued', 'gen_vnapg3jpgy3xnaavxdpa', 'priority', '{}', 'gen_vnapg3jpgy3xnaavxdpa:queued', '2026-11-29 18:10:58.784741+00', NULL, 0),
	(15, 'generation.queued', 'gen_yml6a33mwl7bk3ucp6lw', 'basic', '{}', 'gen_yml6a33mwl7bk3ucp6lw:queued', '2026-11-29 18:10:58.930747+00', NULL, 0);
INSERT INTO public.storage_asset VALUES
	('img_z4q33rnyaslxdq5c2p7p', 'gen_d6rjiil22fycrf3bj5ff', 0, 'assets/wsp_lk3e55jt427xdrdir5j7/gen_d6rjiil22fycrf3bj5ff/0-301bb5d5be573561c2a54e274f100ee3f292bcd38640ef59609e9ef72fde4a8b.png', '301bb5d5be573561c2a54e274f100ee3f292bcd38640ef59609e9ef72fde4a8b', 26, 256, 256, 'png', '2026-11-29 18:10:57.276307+00', '2026-12-06 18:10:57.276307+00', 'wsp_lk3e55jt427xdrdir5j7'),
	('img_mba7j5e47xl3settdb75', 'gen_d6rjiil22fycrf3bj5ff', 1, 'assets/wsp_lk3e55jt427xdrdir5j7/gen_d6rjiil22fycrf3bj5ff/1-7be1dd30bef4793f08b1a8baf488735b801db29ac5ab9494a1724c5598eecc6e.png', '7be1dd30bef4793f08b1a8baf488735b801db29ac5ab9494a1724c5598eecc6e', 26, 256, 256, 'png', '2026-11-29 18:10:57.276307+00', '2026-12-06 18:10:57.276307+00', 'wsp_lk3e55jt427xdrdir5j7');
SELECT pg_catalog.setval('public.accounts_membership_id_seq', 1, true);
SELECT pg_catalog.setval('public.audit_auditentry_id_seq', 13, true);
SELECT pg_catalog.setval('public.audit_chainhead_id_seq', 9, true);
SELECT pg_catalog.setval('public.auth_group_id_seq', 1, false);
SELECT pg_catalog.setval('public.auth_group_permissions_id_seq', 1, false);
SELECT pg_catalog.setval('public.auth_permission_id_seq', 172, true);
SELECT pg_catalog.setval('public.auth_user_groups_id_seq', 1, false);
SELECT pg_catalog.setval('public.auth_user_id_seq', 1, true);
SELECT pg_catalog.setval('public.auth_user_user_permissions_id_seq', 1, false);
SELECT pg_catalog.setval('public.axes_accessattempt_id_seq', 1, false);
SELECT pg_catalog.setval('public.axes_accessfailurelog_id_seq', 1, false);
SELECT pg_catalog.setval('public.axes_accesslog_id_seq', 1, false);
SELECT pg_catalog.setval('public.billing_account_id_seq', 8, true);
SELECT pg_catalog.setval('public.billing_ratecard_id_seq', 1, true);
SELECT pg_catalog.setval('public.django_admin_log_id_seq', 1, false);
SELECT pg_catalog.setval('public.django_content_type_id_seq', 43, true);
SELECT pg_catalog.setval('public.django_migrations_id_seq', 44, true);
SELECT pg_catalog.setval('public.generation_generationevent_id_seq', 20, true);
SELECT pg_catalog.setval('public.generation_idempotencyrecord_id_seq', 1, true);
SELECT pg_catalog.setval('public.generation_stageresult_id_seq', 9, true);
SELECT pg_catalog.setval('public.otp_totp_totpdevice_id_seq', 1, false);
SELECT pg_catalog.setval('public.outbox_outboxmessage_id_seq', 15, true);
SELECT pg_catalog.setval('public.webhooks_attempt_id_seq', 1, false);
ALTER TABLE ONLY public.billing_account
    ADD CONSTRAINT account_once UNIQUE (workspace_id, kind);
ALTER TABLE ONLY public.accounts_apikey
    ADD CONSTRAINT accounts_apikey_lookup_key UNIQUE (lookup);
ALTER TABLE ONLY public.accounts_apikey
    ADD CONSTRAINT accounts_apikey_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.accounts_membership
    ADD CONSTRAINT accounts_membership_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.accounts_tierterms
    ADD CONSTRAINT accounts_tierterms_pkey PRIMARY KEY (name);
ALTER TABLE ONLY public.accounts_tokenbucket
    ADD CONSTRAINT accounts_tokenbucket_pkey PRIMARY KEY (key);
ALTER TABLE ONLY public.accounts_workspace
    ADD CONSTRAINT accounts_workspace_name_key UNIQUE (name);
ALTER TABLE ONLY public.accounts_workspace
    ADD CONSTRAINT accounts_workspace_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.billing_adjustment
    ADD CONSTRAINT adjustment_asked_key UNIQUE (id, asked_by, second_needed);
ALTER TABLE ONLY public.storage_asset
    ADD CONSTRAINT asset_once UNIQUE (source_id, ordinal);
ALTER TABLE ONLY public.webhooks_attempt
    ADD CONSTRAINT attempt_once UNIQUE (delivery_id, number);
ALTER TABLE ONLY public.audit_auditentry
    ADD CONSTRAINT audit_auditentry_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.audit_auditentry
    ADD CONSTRAINT audit_chain_prev UNIQUE NULLS NOT DISTINCT (workspace_id, prev_hash);
ALTER TABLE ONLY public.audit_auditentry
    ADD CONSTRAINT audit_chain_seq UNIQUE NULLS NOT DISTINCT (workspace_id, chain_seq);
ALTER TABLE ONLY public.audit_chainhead
    ADD CONSTRAINT audit_chainhead_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.auth_group
    ADD CONSTRAINT auth_group_name_key UNIQUE (name);
ALTER TABLE ONLY public.auth_group_permissions
    ADD CONSTRAINT auth_group_permissions_group_id_permission_id_0cd325b0_uniq UNIQUE (group_id, permission_id);
ALTER TABLE ONLY public.auth_group_permissions
    ADD CONSTRAINT auth_group_permissions_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.auth_group
    ADD CONSTRAINT auth_group_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.auth_permission
    ADD CONSTRAINT auth_permission_content_type_id_codename_01ab375a_uniq UNIQUE (content_type_id, codename);
ALTER TABLE ONLY public.auth_permission
    ADD CONSTRAINT auth_permission_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.auth_user_groups
    ADD CONSTRAINT auth_user_groups_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.auth_user_groups
    ADD CONSTRAINT auth_user_groups_user_id_group_id_94350c0c_uniq UNIQUE (user_id, group_id);
ALTER TABLE ONLY public.auth_user
    ADD CONSTRAINT auth_user_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.auth_user_user_permissions
    ADD CONSTRAINT auth_user_user_permissions_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.auth_user_user_permissions
    ADD CONSTRAINT auth_user_user_permissions_user_id_permission_id_14a6b632_uniq UNIQUE (user_id, permission_id);
ALTER TABLE ONLY public.auth_user
    ADD CONSTRAINT auth_user_username_key UNIQUE (username);
ALTER TABLE ONLY public.axes_accessattempt
    ADD CONSTRAINT axes_accessattempt_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.axes_accessattempt
    ADD CONSTRAINT axes_accessattempt_username_ip_address_user_agent_8ea22282_uniq UNIQUE (username, ip_address, user_agent);
ALTER TABLE ONLY public.axes_accessattemptexpiration
    ADD CONSTRAINT axes_accessattemptexpiration_pkey PRIMARY KEY (access_attempt_id);
ALTER TABLE ONLY public.axes_accessfailurelog
    ADD CONSTRAINT axes_accessfailurelog_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.axes_accesslog
    ADD CONSTRAINT axes_accesslog_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.billing_account
    ADD CONSTRAINT billing_account_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.billing_adjustment
    ADD CONSTRAINT billing_adjustment_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.billing_adjustmentdecision
    ADD CONSTRAINT billing_adjustmentdecision_pkey PRIMARY KEY (adjustment_id);
ALTER TABLE ONLY public.billing_bookcheck
    ADD CONSTRAINT billing_bookcheck_pkey PRIMARY KEY (name);
ALTER TABLE ONLY public.billing_creditline
    ADD CONSTRAINT billing_creditline_pkey PRIMARY KEY (tier);
ALTER TABLE ONLY public.billing_grantend
    ADD CONSTRAINT billing_grantend_pkey PRIMARY KEY (grant_id);
ALTER TABLE ONLY public.billing_grantend
    ADD CONSTRAINT billing_grantend_transfer_id_key UNIQUE (transfer_id);
ALTER TABLE ONLY public.billing_hold
    ADD CONSTRAINT billing_hold_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.billing_hold
    ADD CONSTRAINT billing_hold_reference_key UNIQUE (reference);
ALTER TABLE ONLY public.billing_hold
    ADD CONSTRAINT billing_hold_transfer_id_key UNIQUE (transfer_id);
ALTER TABLE ONLY public.billing_holdoutcome
    ADD CONSTRAINT billing_holdoutcome_capture_id_key UNIQUE (capture_id);
ALTER TABLE ONLY public.billing_holdoutcome
    ADD CONSTRAINT billing_holdoutcome_pkey PRIMARY KEY (hold_id);
ALTER TABLE ONLY public.billing_holdoutcome
    ADD CONSTRAINT billing_holdoutcome_release_id_key UNIQUE (release_id);
ALTER TABLE ONLY public.billing_ratecard
    ADD CONSTRAINT billing_ratecard_effective_from_key UNIQUE (effective_from);
ALTER TABLE ONLY public.billing_ratecard
    ADD CONSTRAINT billing_ratecard_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.billing_transfer
    ADD CONSTRAINT billing_transfer_idempotency_key_key UNIQUE (idempotency_key);
ALTER TABLE ONLY public.billing_transfer
    ADD CONSTRAINT billing_transfer_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.audit_chainhead
    ADD CONSTRAINT chain_head_once UNIQUE (chain, workspace_id);
ALTER TABLE ONLY public.webhooks_delivery
    ADD CONSTRAINT delivery_once UNIQUE (event_id, endpoint_id);
ALTER TABLE ONLY public.django_admin_log
    ADD CONSTRAINT django_admin_log_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.django_content_type
    ADD CONSTRAINT django_content_type_app_label_model_76bd3d3b_uniq UNIQUE (app_label, model);
ALTER TABLE ONLY public.django_content_type
    ADD CONSTRAINT django_content_type_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.django_migrations
    ADD CONSTRAINT django_migrations_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.django_session
    ADD CONSTRAINT django_session_pkey PRIMARY KEY (session_key);
ALTER TABLE ONLY public.webhooks_event
    ADD CONSTRAINT event_sequence_once UNIQUE (workspace_id, sequence);
ALTER TABLE ONLY public.generation_generation
    ADD CONSTRAINT generation_generation_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.generation_generationevent
    ADD CONSTRAINT generation_generationevent_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.generation_idempotencyrecord
    ADD CONSTRAINT generation_idempotencyrecord_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.generation_slot
    ADD CONSTRAINT generation_slot_pkey PRIMARY KEY (generation_id);
ALTER TABLE ONLY public.generation_stageresult
    ADD CONSTRAINT generation_stageresult_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.generation_turn
    ADD CONSTRAINT generation_turn_pkey PRIMARY KEY (name);
ALTER TABLE ONLY public.generation_worker
    ADD CONSTRAINT generation_worker_pkey PRIMARY KEY (name);
ALTER TABLE ONLY public.billing_hold
    ADD CONSTRAINT hold_chain_prev UNIQUE NULLS NOT DISTINCT (workspace_id, prev_hash);
ALTER TABLE ONLY public.billing_hold
    ADD CONSTRAINT hold_chain_seq UNIQUE NULLS NOT DISTINCT (workspace_id, chain_seq);
ALTER TABLE ONLY public.billing_hold
    ADD CONSTRAINT hold_facts_key UNIQUE (id, workspace_id, amount);
ALTER TABLE ONLY public.generation_idempotencyrecord
    ADD CONSTRAINT idempotency_once UNIQUE (workspace_id, endpoint, key);
ALTER TABLE ONLY public.accounts_membership
    ADD CONSTRAINT membership_once UNIQUE (workspace_id, user_id);
ALTER TABLE ONLY public.otp_totp_totpdevice
    ADD CONSTRAINT otp_totp_totpdevice_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.outbox_outboxmessage
    ADD CONSTRAINT outbox_outboxmessage_dedupe_key_key UNIQUE (dedupe_key);
ALTER TABLE ONLY public.outbox_outboxmessage
    ADD CONSTRAINT outbox_outboxmessage_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.billing_holdoutcome
    ADD CONSTRAINT outcome_chain_prev UNIQUE NULLS NOT DISTINCT (workspace_id, prev_hash);
ALTER TABLE ONLY public.billing_holdoutcome
    ADD CONSTRAINT outcome_chain_seq UNIQUE NULLS NOT DISTINCT (workspace_id, chain_seq);
ALTER TABLE ONLY public.generation_slot
    ADD CONSTRAINT slot_once UNIQUE (workspace_id, number);
ALTER TABLE ONLY public.generation_stageresult
    ADD CONSTRAINT stage_once UNIQUE (generation_id, stage);
ALTER TABLE ONLY public.storage_asset
    ADD CONSTRAINT storage_asset_key_key UNIQUE (key);
ALTER TABLE ONLY public.storage_asset
    ADD CONSTRAINT storage_asset_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.billing_transfer
    ADD CONSTRAINT transfer_chain_prev UNIQUE NULLS NOT DISTINCT (workspace_id, prev_hash);
ALTER TABLE ONLY public.billing_transfer
    ADD CONSTRAINT transfer_chain_seq UNIQUE NULLS NOT DISTINCT (workspace_id, chain_seq);
ALTER TABLE ONLY public.billing_transfer
    ADD CONSTRAINT transfer_credit_version UNIQUE (credit_id, credit_version);
ALTER TABLE ONLY public.billing_transfer
    ADD CONSTRAINT transfer_debit_version UNIQUE (debit_id, debit_version);
ALTER TABLE ONLY public.webhooks_attempt
    ADD CONSTRAINT webhooks_attempt_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.webhooks_counter
    ADD CONSTRAINT webhooks_counter_pkey PRIMARY KEY (workspace_id);
ALTER TABLE ONLY public.webhooks_deadletter
    ADD CONSTRAINT webhooks_deadletter_pkey PRIMARY KEY (delivery_id);
ALTER TABLE ONLY public.webhooks_delivery
    ADD CONSTRAINT webhooks_delivery_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.webhooks_endpoint
    ADD CONSTRAINT webhooks_endpoint_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.webhooks_event
    ADD CONSTRAINT webhooks_event_dedupe_key_key UNIQUE (dedupe_key);
ALTER TABLE ONLY public.webhooks_event
    ADD CONSTRAINT webhooks_event_pkey PRIMARY KEY (id);
CREATE INDEX accounts_apikey_id_84666a2a_like ON public.accounts_apikey USING btree (id varchar_pattern_ops);
CREATE INDEX accounts_apikey_lookup_52bb82c1_like ON public.accounts_apikey USING btree (lookup varchar_pattern_ops);
CREATE INDEX accounts_apikey_workspace_id_29bdbd99 ON public.accounts_apikey USING btree (workspace_id);
CREATE INDEX accounts_apikey_workspace_id_29bdbd99_like ON public.accounts_apikey USING btree (workspace_id varchar_pattern_ops);
CREATE INDEX accounts_membership_user_id_487fb39e ON public.accounts_membership USING btree (user_id);
CREATE INDEX accounts_membership_workspace_id_3a7fb173 ON public.accounts_membership USING btree (workspace_id);
CREATE INDEX accounts_membership_workspace_id_3a7fb173_like ON public.accounts_membership USING btree (workspace_id varchar_pattern_ops);
CREATE INDEX accounts_tierterms_name_f544017d_like ON public.accounts_tierterms USING btree (name varchar_pattern_ops);
CREATE INDEX accounts_tokenbucket_key_619757b9_like ON public.accounts_tokenbucket USING btree (key varchar_pattern_ops);
CREATE INDEX accounts_workspace_id_5ea9cc85_like ON public.accounts_workspace USING btree (id varchar_pattern_ops);
CREATE INDEX accounts_workspace_name_dcab1f4a_like ON public.accounts_workspace USING btree (name varchar_pattern_ops);
CREATE INDEX asset_by_time ON public.storage_asset USING btree (created_at);
CREATE INDEX asset_by_workspace ON public.storage_asset USING btree (workspace_id, created_at DESC);
CREATE INDEX audit_auditentry_workspace_id_cd37da5d ON public.audit_auditentry USING btree (workspace_id);
CREATE INDEX audit_auditentry_workspace_id_cd37da5d_like ON public.audit_auditentry USING btree (workspace_id varchar_pattern_ops);
CREATE INDEX audit_by_actor ON public.audit_auditentry USING btree (actor, id DESC);
CREATE INDEX audit_by_subject ON public.audit_auditentry USING btree (subject);
CREATE INDEX audit_by_time ON public.audit_auditentry USING btree (created_at, id);
CREATE INDEX audit_by_workspace ON public.audit_auditentry USING btree (workspace_id, id DESC);
CREATE INDEX auth_group_name_a6ea08ec_like ON public.auth_group USING btree (name varchar_pattern_ops);
CREATE INDEX auth_group_permissions_group_id_b120cbf9 ON public.auth_group_permissions USING btree (group_id);
CREATE INDEX auth_group_permissions_permission_id_84c5c92e ON public.auth_group_permissions USING btree (permission_id);
CREATE INDEX auth_permission_content_type_id_2f476e4b ON public.auth_permission USING btree (content_type_id);
CREATE INDEX auth_user_groups_group_id_97559544 ON public.auth_user_groups USING btree (group_id);
CREATE INDEX auth_user_groups_user_id_6a12ed8b ON public.auth_user_groups USING btree (user_id);
CREATE INDEX auth_user_user_permissions_permission_id_1fbb5f2c ON public.auth_user_user_permissions USING btree (permission_id);
CREATE INDEX auth_user_user_permissions_user_id_a95ead1b ON public.auth_user_user_permissions USING btree (user_id);
CREATE INDEX auth_user_username_6821ab7c_like ON public.auth_user USING btree (username varchar_pattern_ops);
CREATE INDEX axes_accessattempt_ip_address_10922d9c ON public.axes_accessattempt USING btree (ip_address);
CREATE INDEX axes_accessattempt_user_agent_ad89678b ON public.axes_accessattempt USING btree (user_agent);
CREATE INDEX axes_accessattempt_user_agent_ad89678b_like ON public.axes_accessattempt USING btree (user_agent varchar_pattern_ops);
CREATE INDEX axes_accessattempt_username_3f2d4ca0 ON public.axes_accessattempt USING btree (username);
CREATE INDEX axes_accessattempt_username_3f2d4ca0_like ON public.axes_accessattempt USING btree (username varchar_pattern_ops);
CREATE INDEX axes_accessfailurelog_ip_address_2e9f5a7f ON public.axes_accessfailurelog USING btree (ip_address);
CREATE INDEX axes_accessfailurelog_user_agent_ea145dda ON public.axes_accessfailurelog USING btree (user_agent);
CREATE INDEX axes_accessfailurelog_user_agent_ea145dda_like ON public.axes_accessfailurelog USING btree (user_agent varchar_pattern_ops);
CREATE INDEX axes_accessfailurelog_username_a8b7e8a4 ON public.axes_accessfailurelog USING btree (username);
CREATE INDEX axes_accessfailurelog_username_a8b7e8a4_like ON public.axes_accessfailurelog USING btree (username varchar_pattern_ops);
CREATE INDEX axes_accesslog_ip_address_86b417e5 ON public.axes_accesslog USING btree (ip_address);
CREATE INDEX axes_accesslog_user_agent_0e659004 ON public.axes_accesslog USING btree (user_agent);
CREATE INDEX axes_accesslog_user_agent_0e659004_like ON public.axes_accesslog USING btree (user_agent varchar_pattern_ops);
CREATE INDEX axes_accesslog_username_df93064b ON public.axes_accesslog USING btree (username);
CREATE INDEX axes_accesslog_username_df93064b_like ON public.axes_accesslog USING btree (username varchar_pattern_ops);
CREATE INDEX billing_account_workspace_id_68d906a9 ON public.billing_account USING btree (workspace_id);
CREATE INDEX billing_account_workspace_id_68d906a9_like ON public.billing_account USING btree (workspace_id varchar_pattern_ops);
CREATE INDEX billing_adjustment_id_ba6e15e3_like ON public.billing_adjustment USING btree (id varchar_pattern_ops);
CREATE INDEX billing_adjustment_workspace_id_9836ebf9 ON public.billing_adjustment USING btree (workspace_id);
CREATE INDEX billing_adjustment_workspace_id_9836ebf9_like ON public.billing_adjustment USING btree (workspace_id varchar_pattern_ops);
CREATE INDEX billing_adjustmentdecision_adjustment_id_9970f025_like ON public.billing_adjustmentdecision USING btree (adjustment_id varchar_pattern_ops);
CREATE INDEX billing_adjustmentdecision_workspace_id_7573097d ON public.billing_adjustmentdecision USING btree (workspace_id);
CREATE INDEX billing_adjustmentdecision_workspace_id_7573097d_like ON public.billing_adjustmentdecision USING btree (workspace_id varchar_pattern_ops);
CREATE INDEX billing_bookcheck_name_cfbec5b5_like ON public.billing_bookcheck USING btree (name varchar_pattern_ops);
CREATE INDEX billing_creditline_tier_05a2cece_like ON public.billing_creditline USING btree (tier varchar_pattern_ops);
CREATE INDEX billing_grantend_grant_id_75cf7cc4_like ON public.billing_grantend USING btree (grant_id varchar_pattern_ops);
CREATE INDEX billing_grantend_transfer_id_a55e6f61_like ON public.billing_grantend USING btree (transfer_id varchar_pattern_ops);
CREATE INDEX billing_grantend_workspace_id_c3a22a6d ON public.billing_grantend USING btree (workspace_id);
CREATE INDEX billing_grantend_workspace_id_c3a22a6d_like ON public.billing_grantend USING btree (workspace_id varchar_pattern_ops);
CREATE INDEX deadletter_newest ON public.webhooks_deadletter USING btree (parked_at DESC);
CREATE INDEX deadletter_untold ON public.webhooks_deadletter USING btree (parked_at) WHERE (alerted_at IS NULL);
CREATE INDEX delivery_by_endpoint ON public.webhooks_delivery USING btree (endpoint_id, created_at DESC, id DESC);
CREATE INDEX delivery_due ON public.webhooks_delivery USING btree (endpoint_id, next_at) WHERE ((status)::text = 'pending'::text);
CREATE INDEX delivery_newest ON public.webhooks_delivery USING btree (created_at DESC);
CREATE INDEX delivery_sending ON public.webhooks_delivery USING btree (endpoint_id) WHERE ((status)::text = 'sending'::text);
CREATE INDEX django_admin_log_content_type_id_c4bce8eb ON public.django_admin_log USING btree (content_type_id);
CREATE INDEX django_admin_log_user_id_c564eba6 ON public.django_admin_log USING btree (user_id);
CREATE INDEX django_session_expire_date_a5c62663 ON public.django_session USING btree (expire_date);
CREATE INDEX django_session_session_key_c0390e0f_like ON public.django_session USING btree (session_key varchar_pattern_ops);
CREATE INDEX endpoint_by_workspace ON public.webhooks_endpoint USING btree (workspace_id, created_at) WHERE ((deleted_at IS NULL) AND ((source_id)::text = ''::text));
CREATE INDEX endpoint_failing ON public.webhooks_endpoint USING btree (failing_since) WHERE ((status)::text = 'active'::text);
CREATE INDEX endpoint_newest ON public.webhooks_endpoint USING btree (created_at DESC);
CREATE UNIQUE INDEX endpoint_of_generation ON public.webhooks_endpoint USING btree (source_id) WHERE (NOT ((source_id)::text = ''::text));
CREATE INDEX event_age ON public.webhooks_event USING btree (created_at);
CREATE INDEX event_by_generation ON public.generation_generationevent USING btree (generation_id, id);
CREATE INDEX event_by_time ON public.webhooks_event USING btree (workspace_id, occurred_at);
CREATE INDEX generation_by_workspace ON public.generation_generation USING btree (workspace_id, created_at DESC, id DESC);
CREATE INDEX generation_deadline ON public.generation_generation USING btree (deadline_at) WHERE (completed_at IS NULL);
CREATE INDEX generation_ended ON public.generation_generation USING btree (status, created_at DESC) WHERE ((status)::text = ANY ((ARRAY['completed'::character varying, 'failed'::character varying, 'blocked'::character varying, 'cancelled'::character varying, 'expired'::character varying])::text[]));
CREATE INDEX generation_flight ON public.generation_generation USING btree (status, lease_expires_at) WHERE ((status)::text = ANY ((ARRAY['dispatched'::character varying, 'running'::character varying])::text[]));
CREATE INDEX generation_generation_id_e15ea2fb_like ON public.generation_generation USING btree (id varchar_pattern_ops);
CREATE INDEX generation_generation_retry_of_id_2f5a535c ON public.generation_generation USING btree (retry_of_id);
CREATE INDEX generation_generation_retry_of_id_2f5a535c_like ON public.generation_generation USING btree (retry_of_id varchar_pattern_ops);
CREATE INDEX generation_generation_workspace_id_7322b08e ON public.generation_generation USING btree (workspace_id);
CREATE INDEX generation_generation_workspace_id_7322b08e_like ON public.generation_generation USING btree (workspace_id varchar_pattern_ops);
CREATE INDEX generation_generationevent_generation_id_da402841 ON public.generation_generationevent USING btree (generation_id);
CREATE INDEX generation_generationevent_generation_id_da402841_like ON public.generation_generationevent USING btree (generation_id varchar_pattern_ops);
CREATE INDEX generation_idempotencyrecord_workspace_id_a05a7d38 ON public.generation_idempotencyrecord USING btree (workspace_id);
CREATE INDEX generation_idempotencyrecord_workspace_id_a05a7d38_like ON public.generation_idempotencyrecord USING btree (workspace_id varchar_pattern_ops);
CREATE INDEX generation_newest ON public.generation_generation USING btree (created_at DESC);
CREATE INDEX generation_queue ON public.generation_generation USING btree (queue, workspace_id, created_at) WHERE ((status)::text = 'queued'::text);
CREATE INDEX generation_slot_generation_id_9f686e99_like ON public.generation_slot USING btree (generation_id varchar_pattern_ops);
CREATE INDEX generation_slot_workspace_id_d55678f9 ON public.generation_slot USING btree (workspace_id);
CREATE INDEX generation_slot_workspace_id_d55678f9_like ON public.generation_slot USING btree (workspace_id varchar_pattern_ops);
CREATE INDEX generation_stageresult_generation_id_79435ac8 ON public.generation_stageresult USING btree (generation_id);
CREATE INDEX generation_stageresult_generation_id_79435ac8_like ON public.generation_stageresult USING btree (generation_id varchar_pattern_ops);
CREATE INDEX generation_turn_name_3230c367_like ON public.generation_turn USING btree (name varchar_pattern_ops);
CREATE INDEX generation_worker_name_0f198645_like ON public.generation_worker USING btree (name varchar_pattern_ops);
CREATE INDEX hold_newest ON public.billing_hold USING btree (created_at DESC);
CREATE INDEX idempotency_age ON public.generation_idempotencyrecord USING btree (created_at);
CREATE UNIQUE INDEX one_terminal_event ON public.generation_generationevent USING btree (generation_id) WHERE ((type)::text = 'terminal'::text);
CREATE INDEX otp_totp_totpdevice_user_id_0fb18292 ON public.otp_totp_totpdevice USING btree (user_id);
CREATE INDEX outbox_outboxmessage_dedupe_key_7d5e80bd_like ON public.outbox_outboxmessage USING btree (dedupe_key varchar_pattern_ops);
CREATE INDEX outbox_unpublished ON public.outbox_outboxmessage USING btree (id) WHERE (published_at IS NULL);
CREATE INDEX storage_asset_expires_at_3e46c656 ON public.storage_asset USING btree (expires_at);
CREATE INDEX storage_asset_id_2e598dbb_like ON public.storage_asset USING btree (id varchar_pattern_ops);
CREATE INDEX storage_asset_key_6e343fb0_like ON public.storage_asset USING btree (key varchar_pattern_ops);
CREATE INDEX storage_asset_workspace_id_ef60a7ed ON public.storage_asset USING btree (workspace_id);
CREATE INDEX storage_asset_workspace_id_ef60a7ed_like ON public.storage_asset USING btree (workspace_id varchar_pattern_ops);
CREATE INDEX told_by_time ON public.generation_generationevent USING brin (created_at) WITH (autosummarize='on');
CREATE INDEX transfer_by_workspace ON public.billing_transfer USING btree (workspace_id, created_at DESC);
CREATE INDEX transfer_expiring ON public.billing_transfer USING btree (expires_at) WHERE (expires_at IS NOT NULL);
CREATE INDEX transfer_newest ON public.billing_transfer USING btree (created_at DESC);
CREATE INDEX transfer_refunds ON public.billing_transfer USING btree (reference) WHERE ((kind)::text = 'refund'::text);
CREATE INDEX webhooks_attempt_delivery_id_bb1708b1 ON public.webhooks_attempt USING btree (delivery_id);
CREATE INDEX webhooks_attempt_delivery_id_bb1708b1_like ON public.webhooks_attempt USING btree (delivery_id varchar_pattern_ops);
CREATE INDEX webhooks_attempt_workspace_id_4abf58cf ON public.webhooks_attempt USING btree (workspace_id);
CREATE INDEX webhooks_attempt_workspace_id_4abf58cf_like ON public.webhooks_attempt USING btree (workspace_id varchar_pattern_ops);
CREATE INDEX webhooks_counter_workspace_id_af6a7d95_like ON public.webhooks_counter USING btree (workspace_id varchar_pattern_ops);
CREATE INDEX webhooks_deadletter_delivery_id_75f9d3b8_like ON public.webhooks_deadletter USING btree (delivery_id varchar_pattern_ops);
CREATE INDEX webhooks_deadletter_workspace_id_ef285c53 ON public.webhooks_deadletter USING btree (workspace_id);
CREATE INDEX webhooks_deadletter_workspace_id_ef285c53_like ON public.webhooks_deadletter USING btree (workspace_id varchar_pattern_ops);
CREATE INDEX webhooks_delivery_endpoint_id_6cbee67d ON public.webhooks_delivery USING btree (endpoint_id);
CREATE INDEX webhooks_delivery_endpoint_id_6cbee67d_like ON public.webhooks_delivery USING btree (endpoint_id varchar_pattern_ops);
CREATE INDEX webhooks_delivery_event_id_b6f5af91 ON public.webhooks_delivery USING btree (event_id);
CREATE INDEX webhooks_delivery_event_id_b6f5af91_like ON public.webhooks_delivery USING btree (event_id varchar_pattern_ops);
CREATE INDEX webhooks_delivery_id_b47d672f_like ON public.webhooks_delivery USING btree (id varchar_pattern_ops);
CREATE INDEX webhooks_delivery_workspace_id_7d763746 ON public.webhooks_delivery USING btree (workspace_id);
CREATE INDEX webhooks_delivery_workspace_id_7d763746_like ON public.webhooks_delivery USING btree (workspace_id varchar_pattern_ops);
CREATE INDEX webhooks_endpoint_id_44a055d0_like ON public.webhooks_endpoint USING btree (id varchar_pattern_ops);
CREATE INDEX webhooks_endpoint_workspace_id_7f5fbe8f ON public.webhooks_endpoint USING btree (workspace_id);
CREATE INDEX webhooks_endpoint_workspace_id_7f5fbe8f_like ON public.webhooks_endpoint USING btree (workspace_id varchar_pattern_ops);
CREATE INDEX webhooks_event_dedupe_key_99ed3b3e_like ON public.webhooks_event USING btree (dedupe_key varchar_pattern_ops);
CREATE INDEX webhooks_event_id_136b0861_like ON public.webhooks_event USING btree (id varchar_pattern_ops);
CREATE INDEX webhooks_event_workspace_id_be348ac1 ON public.webhooks_event USING btree (workspace_id);
CREATE INDEX webhooks_event_workspace_id_be348ac1_like ON public.webhooks_event USING btree (workspace_id varchar_pattern_ops);
CREATE TRIGGER audit_chain_entry BEFORE INSERT ON public.audit_auditentry FOR EACH ROW EXECUTE FUNCTION public.audit_chain_entry();
CREATE TRIGGER audit_entry_immutable BEFORE DELETE OR UPDATE OR TRUNCATE ON public.audit_auditentry FOR EACH STATEMENT EXECUTE FUNCTION public.audit_refuse_change();
CREATE TRIGGER billing_account_stays BEFORE DELETE OR TRUNCATE ON public.billing_account FOR EACH STATEMENT EXECUTE FUNCTION public.billing_keep_account();
CREATE TRIGGER billing_adjustment_immutable BEFORE DELETE OR UPDATE OR TRUNCATE ON public.billing_adjustment FOR EACH STATEMENT EXECUTE FUNCTION public.billing_refuse_change();
CREATE TRIGGER billing_adjustmentdecision_immutable BEFORE DELETE OR UPDATE OR TRUNCATE ON public.billing_adjustmentdecision FOR EACH STATEMENT EXECUTE FUNCTION public.billing_refuse_change();
CREATE TRIGGER billing_chain_hold BEFORE INSERT ON public.billing_hold FOR EACH ROW EXECUTE FUNCTION public.billing_chain_hold();
CREATE TRIGGER billing_chain_outcome BEFORE INSERT ON public.billing_holdoutcome FOR EACH ROW EXECUTE FUNCTION public.billing_chain_outcome();
CREATE TRIGGER billing_follow_line AFTER INSERT OR DELETE OR UPDATE ON public.billing_creditline FOR EACH ROW EXECUTE FUNCTION public.billing_follow_line();
CREATE TRIGGER billing_follow_tier AFTER UPDATE OF tier ON public.accounts_workspace FOR EACH ROW WHEN (((old.tier)::text IS DISTINCT FROM (new.tier)::text)) EXECUTE FUNCTION public.billing_follow_tier();
CREATE TRIGGER billing_grantend_immutable BEFORE DELETE OR UPDATE OR TRUNCATE ON public.billing_grantend FOR EACH STATEMENT EXECUTE FUNCTION public.billing_refuse_change();
CREATE TRIGGER billing_hold_immutable BEFORE DELETE OR UPDATE OR TRUNCATE ON public.billing_hold FOR EACH STATEMENT EXECUTE FUNCTION public.billing_refuse_change();
CREATE TRIGGER billing_holdoutcome_immutable BEFORE DELETE OR UPDATE OR TRUNCATE ON public.billing_holdoutcome FOR EACH STATEMENT EXECUTE FUNCTION public.billing_refuse_change();
CREATE TRIGGER billing_open_accounts AFTER INSERT ON public.accounts_workspace FOR EACH ROW EXECUTE FUNCTION public.billing_open_accounts();
CREATE TRIGGER billing_post_transfer BEFORE INSERT ON public.billing_transfer FOR EACH ROW EXECUTE FUNCTION public.billing_post_transfer();
CREATE TRIGGER billing_ratecard_immutable BEFORE DELETE OR UPDATE OR TRUNCATE ON public.billing_ratecard FOR EACH STATEMENT EXECUTE FUNCTION public.billing_refuse_change();
CREATE TRIGGER billing_transfer_immutable BEFORE DELETE OR UPDATE OR TRUNCATE ON public.billing_transfer FOR EACH STATEMENT EXECUTE FUNCTION public.billing_refuse_change();
ALTER TABLE ONLY public.accounts_apikey
    ADD CONSTRAINT accounts_apikey_workspace_id_29bdbd99_fk_accounts_workspace_id FOREIGN KEY (workspace_id) REFERENCES public.accounts_workspace(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.accounts_membership
    ADD CONSTRAINT accounts_membership_user_id_487fb39e_fk_auth_user_id FOREIGN KEY (user_id) REFERENCES public.auth_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.accounts_membership
    ADD CONSTRAINT accounts_membership_workspace_id_3a7fb173_fk_accounts_ FOREIGN KEY (workspace_id) REFERENCES public.accounts_workspace(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.audit_auditentry
    ADD CONSTRAINT audit_auditentry_workspace_id_cd37da5d_fk_accounts_workspace_id FOREIGN KEY (workspace_id) REFERENCES public.accounts_workspace(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.auth_group_permissions
    ADD CONSTRAINT auth_group_permissio_permission_id_84c5c92e_fk_auth_perm FOREIGN KEY (permission_id) REFERENCES public.auth_permission(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.auth_group_permissions
    ADD CONSTRAINT auth_group_permissions_group_id_b120cbf9_fk_auth_group_id FOREIGN KEY (group_id) REFERENCES public.auth_group(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.auth_permission
    ADD CONSTRAINT auth_permission_content_type_id_2f476e4b_fk_django_co FOREIGN KEY (content_type_id) REFERENCES public.django_content_type(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.auth_user_groups
    ADD CONSTRAINT auth_user_groups_group_id_97559544_fk_auth_group_id FOREIGN KEY (group_id) REFERENCES public.auth_group(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.auth_user_groups
    ADD CONSTRAINT auth_user_groups_user_id_6a12ed8b_fk_auth_user_id FOREIGN KEY (user_id) REFERENCES public.auth_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.auth_user_user_permissions
    ADD CONSTRAINT auth_user_user_permi_permission_id_1fbb5f2c_fk_auth_perm FOREIGN KEY (permission_id) REFERENCES public.auth_permission(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.auth_user_user_permissions
    ADD CONSTRAINT auth_user_user_permissions_user_id_a95ead1b_fk_auth_user_id FOREIGN KEY (user_id) REFERENCES public.auth_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.axes_accessattemptexpiration
    ADD CONSTRAINT axes_accessattemptex_access_attempt_id_6b73a47a_fk_axes_acce FOREIGN KEY (access_attempt_id) REFERENCES public.axes_accessattempt(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.billing_account
    ADD CONSTRAINT billing_account_workspace_id_68d906a9_fk_accounts_workspace_id FOREIGN KEY (workspace_id) REFERENCES public.accounts_workspace(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.billing_adjustment
    ADD CONSTRAINT billing_adjustment_workspace_id_9836ebf9_fk_accounts_ FOREIGN KEY (workspace_id) REFERENCES public.accounts_workspace(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.billing_adjustmentdecision
    ADD CONSTRAINT billing_adjustmentde_adjustment_id_9970f025_fk_billing_a FOREIGN KEY (adjustment_id) REFERENCES public.billing_adjustment(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.billing_adjustmentdecision
    ADD CONSTRAINT billing_adjustmentde_workspace_id_7573097d_fk_accounts_ FOREIGN KEY (workspace_id) REFERENCES public.accounts_workspace(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.billing_grantend
    ADD CONSTRAINT billing_grantend_grant_id_75cf7cc4_fk_billing_transfer_id FOREIGN KEY (grant_id) REFERENCES public.billing_transfer(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.billing_grantend
    ADD CONSTRAINT billing_grantend_transfer_id_a55e6f61_fk_billing_transfer_id FOREIGN KEY (transfer_id) REFERENCES public.billing_transfer(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.billing_grantend
    ADD CONSTRAINT billing_grantend_workspace_id_c3a22a6d_fk_accounts_workspace_id FOREIGN KEY (workspace_id) REFERENCES public.accounts_workspace(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.billing_hold
    ADD CONSTRAINT billing_hold_transfer_id_38386286_fk_billing_transfer_id FOREIGN KEY (transfer_id) REFERENCES public.billing_transfer(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.billing_holdoutcome
    ADD CONSTRAINT billing_holdoutcome_capture_id_8b182efe_fk_billing_transfer_id FOREIGN KEY (capture_id) REFERENCES public.billing_transfer(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.billing_holdoutcome
    ADD CONSTRAINT billing_holdoutcome_release_id_34790091_fk_billing_transfer_id FOREIGN KEY (release_id) REFERENCES public.billing_transfer(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.billing_adjustmentdecision
    ADD CONSTRAINT decision_of_adjustment FOREIGN KEY (adjustment_id, asked_by, second_needed) REFERENCES public.billing_adjustment(id, asked_by, second_needed);
ALTER TABLE ONLY public.django_admin_log
    ADD CONSTRAINT django_admin_log_content_type_id_c4bce8eb_fk_django_co FOREIGN KEY (content_type_id) REFERENCES public.django_content_type(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.django_admin_log
    ADD CONSTRAINT django_admin_log_user_id_c564eba6_fk_auth_user_id FOREIGN KEY (user_id) REFERENCES public.auth_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.generation_generationevent
    ADD CONSTRAINT generation_generatio_generation_id_da402841_fk_generatio FOREIGN KEY (generation_id) REFERENCES public.generation_generation(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.generation_generation
    ADD CONSTRAINT generation_generatio_retry_of_id_2f5a535c_fk_generatio FOREIGN KEY (retry_of_id) REFERENCES public.generation_generation(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.generation_generation
    ADD CONSTRAINT generation_generatio_workspace_id_7322b08e_fk_accounts_ FOREIGN KEY (workspace_id) REFERENCES public.accounts_workspace(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.generation_idempotencyrecord
    ADD CONSTRAINT generation_idempoten_workspace_id_a05a7d38_fk_accounts_ FOREIGN KEY (workspace_id) REFERENCES public.accounts_workspace(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.generation_slot
    ADD CONSTRAINT generation_slot_generation_id_9f686e99_fk_generatio FOREIGN KEY (generation_id) REFERENCES public.generation_generation(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.generation_slot
    ADD CONSTRAINT generation_slot_workspace_id_d55678f9_fk_accounts_workspace_id FOREIGN KEY (workspace_id) REFERENCES public.accounts_workspace(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.generation_stageresult
    ADD CONSTRAINT generation_stageresu_generation_id_79435ac8_fk_generatio FOREIGN KEY (generation_id) REFERENCES public.generation_generation(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.otp_totp_totpdevice
    ADD CONSTRAINT otp_totp_totpdevice_user_id_0fb18292_fk_auth_user_id FOREIGN KEY (user_id) REFERENCES public.auth_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.billing_holdoutcome
    ADD CONSTRAINT outcome_of_hold FOREIGN KEY (hold_id, workspace_id, amount) REFERENCES public.billing_hold(id, workspace_id, amount);
ALTER TABLE ONLY public.storage_asset
    ADD CONSTRAINT storage_asset_workspace_id_ef60a7ed_fk_accounts_workspace_id FOREIGN KEY (workspace_id) REFERENCES public.accounts_workspace(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.webhooks_attempt
    ADD CONSTRAINT webhooks_attempt_delivery_id_bb1708b1_fk_webhooks_delivery_id FOREIGN KEY (delivery_id) REFERENCES public.webhooks_delivery(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.webhooks_attempt
    ADD CONSTRAINT webhooks_attempt_workspace_id_4abf58cf_fk_accounts_workspace_id FOREIGN KEY (workspace_id) REFERENCES public.accounts_workspace(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.webhooks_counter
    ADD CONSTRAINT webhooks_counter_workspace_id_af6a7d95_fk_accounts_workspace_id FOREIGN KEY (workspace_id) REFERENCES public.accounts_workspace(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.webhooks_deadletter
    ADD CONSTRAINT webhooks_deadletter_delivery_id_75f9d3b8_fk_webhooks_ FOREIGN KEY (delivery_id) REFERENCES public.webhooks_delivery(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.webhooks_deadletter
    ADD CONSTRAINT webhooks_deadletter_workspace_id_ef285c53_fk_accounts_ FOREIGN KEY (workspace_id) REFERENCES public.accounts_workspace(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.webhooks_delivery
    ADD CONSTRAINT webhooks_delivery_endpoint_id_6cbee67d_fk_webhooks_endpoint_id FOREIGN KEY (endpoint_id) REFERENCES public.webhooks_endpoint(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.webhooks_delivery
    ADD CONSTRAINT webhooks_delivery_event_id_b6f5af91_fk_webhooks_event_id FOREIGN KEY (event_id) REFERENCES public.webhooks_event(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.webhooks_delivery
    ADD CONSTRAINT webhooks_delivery_workspace_id_7d763746_fk_accounts_ FOREIGN KEY (workspace_id) REFERENCES public.accounts_workspace(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.webhooks_endpoint
    ADD CONSTRAINT webhooks_endpoint_workspace_id_7f5fbe8f_fk_accounts_ FOREIGN KEY (workspace_id) REFERENCES public.accounts_workspace(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.webhooks_event
    ADD CONSTRAINT webhooks_event_workspace_id_be348ac1_fk_accounts_workspace_id FOREIGN KEY (workspace_id) REFERENCES public.accounts_workspace(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE public.accounts_apikey ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.accounts_membership ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.accounts_workspace ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.audit_auditentry ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.audit_chainhead ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.billing_account ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.billing_adjustment ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.billing_adjustmentdecision ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.billing_grantend ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.billing_hold ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.billing_holdoutcome ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.billing_transfer ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.generation_generation ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.generation_generationevent ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.generation_idempotencyrecord ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.generation_slot ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.generation_stageresult ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_workspace ON public.accounts_apikey USING (((NULLIF(current_setting('atelier.workspace'::text, true), ''::text) = '*'::text) OR ((workspace_id)::text = NULLIF(current_setting('atelier.workspace'::text, true), ''::text)))) WITH CHECK (((NULLIF(current_setting('atelier.workspace'::text, true), ''::text) = '*'::text) OR ((workspace_id)::text = NULLIF(current_setting('atelier.workspace'::text, true), ''::text))));
CREATE POLICY own_workspace ON public.accounts_membership USING (((NULLIF(current_setting('atelier.workspace'::text, true), ''::text) = '*'::text) OR ((workspace_id)::text = NULLIF(current_setting('atelier.workspace'::text, true), ''::text)))) WITH CHECK (((NULLIF(current_setting('atelier.workspace'::text, true), ''::text) = '*'::text) OR ((workspace_id)::text = NULLIF(current_setting('atelier.workspace'::text, true), ''::text))));
CREATE POLICY own_workspace ON public.accounts_workspace USING (((NULLIF(current_setting('atelier.workspace'::text, true), ''::text) = '*'::text) OR ((id)::text = NULLIF(current_setting('atelier.workspace'::text, true), ''::text)))) WITH CHECK (((NULLIF(current_setting('atelier.workspace'::text, true), ''::text) = '*'::text) OR ((id)::text = NULLIF(current_setting('atelier.workspace'::text, true), ''::text))));
CREATE POLICY own_workspace ON public.audit_auditentry USING (((NULLIF(current_setting('atelier.workspace'::text, true), ''::text) = '*'::text) OR ((workspace_id)::text = NULLIF(current_setting('atelier.workspace'::text, true), ''::text)))) WITH CHECK (((NULLIF(current_setting('atelier.workspace'::text, true), ''::text) = '*'::text) OR ((workspace_id)::text = NULLIF(current_setting('atelier.workspace'::text, true), ''::text))));
CREATE POLICY own_workspace ON public.audit_chainhead USING (((NULLIF(current_setting('atelier.workspace'::text, true), ''::text) = '*'::text) OR ((workspace_id)::text = NULLIF(current_setting('atelier.workspace'::text, true), ''::text)))) WITH CHECK (((NULLIF(current_setting('atelier.workspace'::text, true), ''::text) = '*'::text) OR ((workspace_id)::text = NULLIF(current_setting('atelier.workspace'::text, true), ''::text))));
CREATE POLICY own_workspace ON public.billing_account USING (((NULLIF(current_setting('atelier.workspace'::text, true), ''::text) = '*'::text) OR ((workspace_id)::text = NULLIF(current_setting('atelier.workspace'::text, true), ''::text)))) WITH CHECK (((NULLIF(current_setting('atelier.workspace'::text, true), ''::text) = '*'::text) OR ((workspace_id)::text = NULLIF(current_setting('atelier.workspace'::text, true), ''::text))));
CREATE POLICY own_workspace ON public.billing_adjustment USING (((NULLIF(current_setting('atelier.workspace'::text, true), ''::text) = '*'::text) OR ((workspace_id)::text = NULLIF(current_setting('atelier.workspace'::text, true), ''::text)))) WITH CHECK (((NULLIF(current_setting('atelier.workspace'::text, true), ''::text) = '*'::text) OR ((workspace_id)::text = NULLIF(current_setting('atelier.workspace'::text, true), ''::text))));
CREATE POLICY own_workspace ON public.billing_adjustmentdecision USING (((NULLIF(current_setting('atelier.workspace'::text, true), ''::text) = '*'::text) OR ((workspace_id)::text = NULLIF(current_setting('atelier.workspace'::text, true), ''::text)))) WITH CHECK (((NULLIF(current_setting('atelier.workspace'::text, true), ''::text) = '*'::text) OR ((workspace_id)::text = NULLIF(current_setting('atelier.workspace'::text, true), ''::text))));
CREATE POLICY own_workspace ON public.billing_grantend USING (((NULLIF(current_setting('atelier.workspace'::text, true), ''::text) = '*'::text) OR ((workspace_id)::text = NULLIF(current_setting('atelier.workspace'::text, true), ''::text)))) WITH CHECK (((NULLIF(current_setting('atelier.workspace'::text, true), ''::text) = '*'::text) OR ((workspace_id)::text = NULLIF(current_setting('atelier.workspace'::text, true), ''::text))));
CREATE POLICY own_workspace ON public.billing_hold USING (((NULLIF(current_setting('atelier.workspace'::text, true), ''::text) = '*'::text) OR ((workspace_id)::text = NULLIF(current_setting('atelier.workspace'::text, true), ''::text)))) WITH CHECK (((NULLIF(current_setting('atelier.workspace'::text, true), ''::text) = '*'::text) OR ((workspace_id)::text = NULLIF(current_setting('atelier.workspace'::text, true), ''::text))));
CREATE POLICY own_workspace ON public.billing_holdoutcome USING (((NULLIF(current_setting('atelier.workspace'::text, true), ''::text) = '*'::text) OR ((workspace_id)::text = NULLIF(current_setting('atelier.workspace'::text, true), ''::text)))) WITH CHECK (((NULLIF(current_setting('atelier.workspace'::text, true), ''::text) = '*'::text) OR ((workspace_id)::text = NULLIF(current_setting('atelier.workspace'::text, true), ''::text))));
CREATE POLICY own_workspace ON public.billing_transfer USING (((NULLIF(current_setting('atelier.workspace'::text, true), ''::text) = '*'::text) OR ((workspace_id)::text = NULLIF(current_setting('atelier.workspace'::text, true), ''::text)))) WITH CHECK (((NULLIF(current_setting('atelier.workspace'::text, true), ''::text) = '*'::text) OR ((workspace_id)::text = NULLIF(current_setting('atelier.workspace'::text, true), ''::text))));
CREATE POLICY own_workspace ON public.generation_generation USING (((NULLIF(current_setting('atelier.workspace'::text, true), ''::text) = '*'::text) OR ((workspace_id)::text = NULLIF(current_setting('atelier.workspace'::text, true), ''::text)))) WITH CHECK (((NULLIF(current_setting('atelier.workspace'::text, true), ''::text) = '*'::text) OR ((workspace_id)::text = NULLIF(current_setting('atelier.workspace'::text, true), ''::text))));
CREATE POLICY own_workspace ON public.generation_generationevent USING (((NULLIF(current_setting('atelier.workspace'::text, true), ''::text) = '*'::text) OR (EXISTS ( SELECT
   FROM public.generation_generation p
  WHERE (((p.id)::text = (generation_generationevent.generation_id)::text) AND ((p.workspace_id)::text = NULLIF(current_setting('atelier.workspace'::text, true), ''::text))))))) WITH CHECK (((NULLIF(current_setting('atelier.workspace'::text, true), ''::text) = '*'::text) OR (EXISTS ( SELECT
   FROM public.generation_generation p
  WHERE (((p.id)::text = (generation_generationevent.generation_id)::text) AND ((p.workspace_id)::text = NULLIF(current_setting('atelier.workspace'::text, true), ''::text)))))));
CREATE POLICY own_workspace ON public.generation_idempotencyrecord USING (((NULLIF(current_setting('atelier.workspace'::text, true), ''::text) = '*'::text) OR ((workspace_id)::text = NULLIF(current_setting('atelier.workspace'::text, true), ''::text)))) WITH CHECK (((NULLIF(current_setting('atelier.workspace'::text, true), ''::text) = '*'::text) OR ((workspace_id)::text = NULLIF(current_setting('atelier.workspace'::text, true), ''::text))));
CREATE POLICY own_workspace ON public.generation_slot USING (((NULLIF(current_setting('atelier.workspace'::text, true), ''::text) = '*'::text) OR ((workspace_id)::text = NULLIF(current_setting('atelier.workspace'::text, true), ''::text)))) WITH CHECK (((NULLIF(current_setting('atelier.workspace'::text, true), ''::text) = '*'::text) OR ((workspace_id)::text = NULLIF(current_setting('atelier.workspace'::text, true), ''::text))));
CREATE POLICY own_workspace ON public.generation_stageresult USING (((NULLIF(current_setting('atelier.workspace'::text, true), ''::text) = '*'::text) OR (EXISTS ( SELECT
   FROM public.generation_generation p
  WHERE (((p.id)::text = (generation_stageresult.generation_id)::text) AND ((p.workspace_id)::text = NULLIF(current_setting('atelier.workspace'::text, true), ''::text))))))) WITH CHECK (((NULLIF(current_setting('atelier.workspace'::text, true), ''::text) = '*'::text) OR (EXISTS ( SELECT
   FROM public.generation_generation p
  WHERE (((p.id)::text = (generation_stageresult.generation_id)::text) AND ((p.workspace_id)::text = NULLIF(current_setting('atelier.workspace'::text, true), ''::text)))))));
CREATE POLICY own_workspace ON public.storage_asset USING (((NULLIF(current_setting('atelier.workspace'::text, true), ''::text) = '*'::text) OR ((workspace_id)::text = NULLIF(current_setting('atelier.workspace'::text, true), ''::text)))) WITH CHECK (((NULLIF(current_setting('atelier.workspace'::text, true), ''::text) = '*'::text) OR ((workspace_id)::text = NULLIF(current_setting('atelier.workspace'::text, true), ''::text))));
CREATE POLICY own_workspace ON public.webhooks_attempt USING (((NULLIF(current_setting('atelier.workspace'::text, true), ''::text) = '*'::text) OR ((workspace_id)::text = NULLIF(current_setting('atelier.workspace'::text, true), ''::text)))) WITH CHECK (((NULLIF(current_setting('atelier.workspace'::text, true), ''::text) = '*'::text) OR ((workspace_id)::text = NULLIF(current_setting('atelier.workspace'::text, true), ''::text))));
CREATE POLICY own_workspace ON public.webhooks_counter USING (((NULLIF(current_setting('atelier.workspace'::text, true), ''::text) = '*'::text) OR ((workspace_id)::text = NULLIF(current_setting('atelier.workspace'::text, true), ''::text)))) WITH CHECK (((NULLIF(current_setting('atelier.workspace'::text, true), ''::text) = '*'::text) OR ((workspace_id)::text = NULLIF(current_setting('atelier.workspace'::text, true), ''::text))));
CREATE POLICY own_workspace ON public.webhooks_deadletter USING (((NULLIF(current_setting('atelier.workspace'::text, true), ''::text) = '*'::text) OR ((workspace_id)::text = NULLIF(current_setting('atelier.workspace'::text, true), ''::text)))) WITH CHECK (((NULLIF(current_setting('atelier.workspace'::text, true), ''::text) = '*'::text) OR ((workspace_id)::text = NULLIF(current_setting('atelier.workspace'::text, true), ''::text))));
CREATE POLICY own_workspace ON public.webhooks_delivery USING (((NULLIF(current_setting('atelier.workspace'::text, true), ''::text) = '*'::text) OR ((workspace_id)::text = NULLIF(current_setting('atelier.workspace'::text, true), ''::text)))) WITH CHECK (((NULLIF(current_setting('atelier.workspace'::text, true), ''::text) = '*'::text) OR ((workspace_id)::text = NULLIF(current_setting('atelier.workspace'::text, true), ''::text))));
CREATE POLICY own_workspace ON public.webhooks_endpoint USING (((NULLIF(current_setting('atelier.workspace'::text, true), ''::text) = '*'::text) OR ((workspace_id)::text = NULLIF(current_setting('atelier.workspace'::text, true), ''::text)))) WITH CHECK (((NULLIF(current_setting('atelier.workspace'::text, true), ''::text) = '*'::text) OR ((workspace_id)::text = NULLIF(current_setting('atelier.workspace'::text, true), ''::text))));
CREATE POLICY own_workspace ON public.webhooks_event USING (((NULLIF(current_setting('atelier.workspace'::text, true), ''::text) = '*'::text) OR ((workspace_id)::text = NULLIF(current_setting('atelier.workspace'::text, true), ''::text)))) WITH CHECK (((NULLIF(current_setting('atelier.workspace'::text, true), ''::text) = '*'::text) OR ((workspace_id)::text = NULLIF(current_setting('atelier.workspace'::text, true), ''::text))));
ALTER TABLE public.storage_asset ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.webhooks_attempt ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.webhooks_counter ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.webhooks_deadletter ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.webhooks_delivery ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.webhooks_endpoint ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.webhooks_event ENABLE ROW LEVEL SECURITY;
GRANT USAGE ON SCHEMA public TO atelier_service;
GRANT USAGE ON SCHEMA public TO atelier_auditor;
REVOKE ALL ON FUNCTION public.audit_extend_chain(of_chain text, of_workspace text, line text, OUT place bigint, OUT before bytea, OUT digest bytea) FROM PUBLIC;
GRANT SELECT,INSERT ON TABLE public.billing_transfer TO atelier_service;
GRANT SELECT ON TABLE public.billing_transfer TO atelier_auditor;
REVOKE ALL ON FUNCTION public.billing_check_transfer(transfer public.billing_transfer) FROM PUBLIC;
REVOKE ALL ON FUNCTION public.billing_draw_line(of_workspace text, of_tier text) FROM PUBLIC;
GRANT ALL ON FUNCTION public.billing_lock_books(of_workspace text) TO atelier_service;
REVOKE ALL ON FUNCTION public.billing_refuse_transfer(transfer public.billing_transfer, sides text[]) FROM PUBLIC;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.accounts_apikey TO atelier_service;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.accounts_membership TO atelier_service;
GRANT USAGE ON SEQUENCE public.accounts_membership_id_seq TO atelier_service;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.accounts_tierterms TO atelier_service;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.accounts_tokenbucket TO atelier_service;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.accounts_workspace TO atelier_service;
GRANT SELECT ON TABLE public.accounts_workspace TO atelier_auditor;
GRANT SELECT,INSERT ON TABLE public.audit_auditentry TO atelier_service;
GRANT SELECT ON TABLE public.audit_auditentry TO atelier_auditor;
GRANT USAGE ON SEQUENCE public.audit_auditentry_id_seq TO atelier_service;
GRANT SELECT ON TABLE public.audit_chainhead TO atelier_service;
GRANT SELECT ON TABLE public.audit_chainhead TO atelier_auditor;
GRANT UPDATE(published_seq) ON TABLE public.audit_chainhead TO atelier_service;
GRANT USAGE ON SEQUENCE public.audit_chainhead_id_seq TO atelier_service;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.auth_group TO atelier_service;
GRANT USAGE ON SEQUENCE public.auth_group_id_seq TO atelier_service;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.auth_group_permissions TO atelier_service;
GRANT USAGE ON SEQUENCE public.auth_group_permissions_id_seq TO atelier_service;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.auth_permission TO atelier_service;
GRANT USAGE ON SEQUENCE public.auth_permission_id_seq TO atelier_service;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.auth_user TO atelier_service;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.auth_user_groups TO atelier_service;
GRANT USAGE ON SEQUENCE public.auth_user_groups_id_seq TO atelier_service;
GRANT USAGE ON SEQUENCE public.auth_user_id_seq TO atelier_service;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.auth_user_user_permissions TO atelier_service;
GRANT USAGE ON SEQUENCE public.auth_user_user_permissions_id_seq TO atelier_service;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.axes_accessattempt TO atelier_service;
GRANT USAGE ON SEQUENCE public.axes_accessattempt_id_seq TO atelier_service;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.axes_accessattemptexpiration TO atelier_service;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.axes_accessfailurelog TO atelier_service;
GRANT USAGE ON SEQUENCE public.axes_accessfailurelog_id_seq TO atelier_service;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.axes_accesslog TO atelier_service;
GRANT USAGE ON SEQUENCE public.axes_accesslog_id_seq TO atelier_service;
GRANT SELECT ON TABLE public.billing_account TO atelier_service;
GRANT SELECT ON TABLE public.billing_account TO atelier_auditor;
GRANT USAGE ON SEQUENCE public.billing_account_id_seq TO atelier_service;
GRANT SELECT,INSERT ON TABLE public.billing_adjustment TO atelier_service;
GRANT SELECT ON TABLE public.billing_adjustment TO atelier_auditor;
GRANT SELECT,INSERT ON TABLE public.billing_adjustmentdecision TO atelier_service;
GRANT SELECT ON TABLE public.billing_adjustmentdecision TO atelier_auditor;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.billing_bookcheck TO atelier_service;
GRANT SELECT ON TABLE public.billing_bookcheck TO atelier_auditor;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.billing_creditline TO atelier_service;
GRANT SELECT ON TABLE public.billing_creditline TO atelier_auditor;
GRANT SELECT,INSERT ON TABLE public.billing_grantend TO atelier_service;
GRANT SELECT ON TABLE public.billing_grantend TO atelier_auditor;
GRANT SELECT,INSERT ON TABLE public.billing_hold TO atelier_service;
GRANT SELECT ON TABLE public.billing_hold TO atelier_auditor;
GRANT SELECT,INSERT ON TABLE public.billing_holdoutcome TO atelier_service;
GRANT SELECT ON TABLE public.billing_holdoutcome TO atelier_auditor;
GRANT SELECT,INSERT ON TABLE public.billing_ratecard TO atelier_service;
GRANT SELECT ON TABLE public.billing_ratecard TO atelier_auditor;
GRANT USAGE ON SEQUENCE public.billing_ratecard_id_seq TO atelier_service;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.django_admin_log TO atelier_service;
GRANT USAGE ON SEQUENCE public.django_admin_log_id_seq TO atelier_service;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.django_content_type TO atelier_service;
GRANT USAGE ON SEQUENCE public.django_content_type_id_seq TO atelier_service;
GRANT SELECT ON TABLE public.django_migrations TO atelier_service;
GRANT SELECT ON TABLE public.django_migrations TO atelier_auditor;
GRANT USAGE ON SEQUENCE public.django_migrations_id_seq TO atelier_service;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.django_session TO atelier_service;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.generation_generation TO atelier_service;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.generation_generationevent TO atelier_service;
GRANT USAGE ON SEQUENCE public.generation_generationevent_id_seq TO atelier_service;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.generation_idempotencyrecord TO atelier_service;
GRANT USAGE ON SEQUENCE public.generation_idempotencyrecord_id_seq TO atelier_service;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.generation_slot TO atelier_service;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.generation_stageresult TO atelier_service;
GRANT USAGE ON SEQUENCE public.generation_stageresult_id_seq TO atelier_service;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.generation_turn TO atelier_service;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.generation_worker TO atelier_service;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.otp_totp_totpdevice TO atelier_service;
GRANT USAGE ON SEQUENCE public.otp_totp_totpdevice_id_seq TO atelier_service;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.outbox_outboxmessage TO atelier_service;
GRANT USAGE ON SEQUENCE public.outbox_outboxmessage_id_seq TO atelier_service;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.storage_asset TO atelier_service;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.webhooks_attempt TO atelier_service;
GRANT USAGE ON SEQUENCE public.webhooks_attempt_id_seq TO atelier_service;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.webhooks_counter TO atelier_service;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.webhooks_deadletter TO atelier_service;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.webhooks_delivery TO atelier_service;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.webhooks_endpoint TO atelier_service;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.webhooks_event TO atelier_service;

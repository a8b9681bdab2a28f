-- Rows of the ledger are never changed, by any role that may not disable triggers.

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
CREATE TRIGGER billing_grantend_immutable BEFORE UPDATE OR DELETE OR TRUNCATE ON billing_grantend
    FOR EACH STATEMENT EXECUTE FUNCTION billing_refuse_change();
CREATE TRIGGER billing_adjustment_immutable BEFORE UPDATE OR DELETE OR TRUNCATE ON billing_adjustment
    FOR EACH STATEMENT EXECUTE FUNCTION billing_refuse_change();
CREATE TRIGGER billing_adjustmentdecision_immutable BEFORE UPDATE OR DELETE OR TRUNCATE ON billing_adjustmentdecision
    FOR EACH STATEMENT EXECUTE FUNCTION billing_refuse_change();
CREATE TRIGGER billing_ratecard_immutable BEFORE UPDATE OR DELETE OR TRUNCATE ON billing_ratecard
    FOR EACH STATEMENT EXECUTE FUNCTION billing_refuse_change();

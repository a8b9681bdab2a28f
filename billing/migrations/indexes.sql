-- Django makes a second index on every text key, for LIKE, which no statement of the ledger uses. Each would be one more
-- write per row. Their names end in a hash of table and column.
DROP INDEX billing_transfer_id_4b66344d_like;
DROP INDEX billing_transfer_idempotency_key_455cbcdc_like;
DROP INDEX billing_hold_id_665f0a72_like;
DROP INDEX billing_hold_reference_efde3da1_like;
DROP INDEX billing_hold_transfer_id_38386286_like;
DROP INDEX billing_holdoutcome_capture_id_8b182efe_like;
DROP INDEX billing_holdoutcome_hold_id_0a968104_like;
DROP INDEX billing_holdoutcome_release_id_34790091_like;

-- A workspace with one completed and one failed generation of two pictures each, as the product would leave them.
INSERT INTO accounts_workspace (id, name, tier, created_at)
VALUES ('wsp_1', 'one', 'studio', now()), ('wsp_2', 'two', 'studio', now());

CREATE TEMPORARY TABLE side ON COMMIT DROP AS
    SELECT kind, id FROM billing_account WHERE workspace_id = 'wsp_1';

INSERT INTO generation_generation (
    id, workspace_id, actor, status, queue, dispatch_queue, model, request, spec, facts, credits_held, credits_used, fence,
    attempt, wakes, stage, step, steps, worker, target_at, deadline_at, completed_at, error_code, error_message
)
SELECT id, 'wsp_1', 'key_1', status, 'priority', 'priority', 'stub', '{}', '$SPEC', '{}', 2, used, 1,
    1, 1, 'upload', 2, 2, 'gpu', now(), now(), now(), '', ''
FROM (VALUES ('gen_done', 'completed', 2), ('gen_failed', 'failed', 0)) AS made (id, status, used);

INSERT INTO generation_stageresult (generation_id, stage, fence, worker, artifacts, facts, duration_ms)
SELECT 'gen_done', stage, 1, 'gpu', '[]', '{}', 1
FROM unnest(ARRAY['prompt', 'diffusion', 'face_restore', 'encode']) AS stage;

INSERT INTO storage_asset (
    id, workspace_id, source_id, ordinal, key, sha256, size_bytes, width, height, format, created_at, expires_at
)
SELECT 'img_' || n, 'wsp_1', 'gen_done', n, 'assets/' || n, repeat('0', 64), 1, 64, 64, 'png', now(), now() + interval '1 day'
FROM generate_series(0, 1) AS n;

INSERT INTO generation_generationevent (generation_id, type, data)
SELECT id, 'queued', '{}' FROM generation_generation;
INSERT INTO generation_generationevent (generation_id, type, data)
SELECT id, 'terminal', jsonb_build_object('status', status) FROM generation_generation;

INSERT INTO outbox_outboxmessage (event, subject, queue, payload, dedupe_key, failures, published_at)
SELECT 'generation.' || what, id, 'priority', '{}', id || ':' || what, 0, now()
FROM generation_generation CROSS JOIN LATERAL unnest(ARRAY['dispatched', status]) AS what;

INSERT INTO audit_auditentry (workspace_id, actor, action, subject, facts)
SELECT 'wsp_1', 'key_1', 'generation.queued', id, '{}' FROM generation_generation;
INSERT INTO audit_auditentry (workspace_id, actor, action, subject, facts)
SELECT 'wsp_1', 'worker', 'generation.' || status, id, '{}' FROM generation_generation;

INSERT INTO billing_transfer (id, workspace_id, kind, debit_id, credit_id, amount, reference, note, idempotency_key)
SELECT 'trf_' || booked.kind || '_' || reference, 'wsp_1', booked.kind, debit.id, credit.id, amount, reference, '',
    booked.kind || reference
FROM (VALUES
    (1, 'grant', 'granted', 'available', 10, 'grant'),
    (2, 'hold', 'available', 'held', 2, 'gen_done'),
    (3, 'hold', 'available', 'held', 2, 'gen_failed'),
    (4, 'capture', 'held', 'earned', 2, 'gen_done'),
    (5, 'release', 'held', 'available', 2, 'gen_failed')
) AS booked (place, kind, debit, credit, amount, reference)
JOIN side AS debit ON debit.kind = booked.debit
JOIN side AS credit ON credit.kind = booked.credit
ORDER BY place;

INSERT INTO billing_hold (id, workspace_id, reference, amount, transfer_id)
SELECT 'hld_' || reference, 'wsp_1', reference, 2, id FROM billing_transfer WHERE kind = 'hold';

INSERT INTO billing_holdoutcome (hold_id, workspace_id, amount, captured, released, capture_id, release_id)
VALUES
    ('hld_gen_done', 'wsp_1', 2, 2, 0, 'trf_capture_gen_done', NULL),
    ('hld_gen_failed', 'wsp_1', 2, 0, 2, NULL, 'trf_release_gen_failed');

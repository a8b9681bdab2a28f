-- The first rate card (docs/ledger.md), and the fair-use line of the tier without a monthly amount.
INSERT INTO billing_ratecard (effective_from, steps, note) VALUES
    ('2000-01-01T00:00:00Z', '[[2100000, 1], [4200000, 2], [16800000, 4], [33200000, 8]]', 'the first rate card');
INSERT INTO billing_creditline (tier, credits) VALUES ('studio', 10000);

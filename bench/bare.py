"""Where the bare view is and the table it writes to."""

PATH = "/bench/bare"
TABLE = """
DROP TABLE IF EXISTS bench_row;
CREATE TABLE bench_row (id bigserial PRIMARY KEY, body jsonb NOT NULL);
GRANT SELECT, INSERT ON bench_row TO atelier_service;
GRANT USAGE ON bench_row_id_seq TO atelier_service
"""

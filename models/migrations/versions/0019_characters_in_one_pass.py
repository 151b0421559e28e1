"""characters in one pass"""

from alembic import op

revision = '0019'
down_revision = '0018'
branch_labels = None
depends_on = None

HEAD = 'CREATE OR REPLACE FUNCTION task_grams(number text, title text) RETURNS text[]'
# Each character, and each two: the same ones as before, but that one may stand twice in the array.
# The index keeps each once, so that what it has indexed already stays right.
IN_ONE_PASS = f"""
    {HEAD}
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
    DECLARE
        grams text[] := string_to_array(lower(number || ' ' || title), NULL);
        length integer := cardinality(grams);
    BEGIN
        FOR i IN 2 .. length LOOP
            grams := grams || (grams[i - 1] || grams[i]);
        END LOOP;
        RETURN grams;
    END $$
"""
AS_A_QUERY = f"""
    {HEAD}
    LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
        SELECT array_agg(DISTINCT substr(words, i, size))
        FROM (SELECT lower(number || ' ' || title) AS words) AS said,
            generate_series(1, length(words)) AS i, generate_series(1, 2) AS size
    $$
"""


def upgrade() -> None:
    if op.get_bind().dialect.name == 'postgresql':
        op.execute(IN_ONE_PASS)


def downgrade() -> None:
    if op.get_bind().dialect.name == 'postgresql':
        op.execute(AS_A_QUERY)

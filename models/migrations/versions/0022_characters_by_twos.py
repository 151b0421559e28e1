"""characters by twos"""

from alembic import op

revision = '0022'
down_revision = '0021'
branch_labels = None
depends_on = None

# Each character with the next one, the last alone: whoever looks for one character finds what
# begins with it. Half as many words as with each character beside them, and compared by their
# bytes, not as a language sorts them.
BY_TWOS = """
    CREATE FUNCTION task_grams(number text, title text) RETURNS tsvector
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
    DECLARE
        grams text[] := string_to_array(lower(number || ' ' || title), NULL);
    BEGIN
        FOR i IN 2 .. cardinality(grams) LOOP
            grams[i - 1] := grams[i - 1] || grams[i];
        END LOOP;
        RETURN array_to_tsvector(grams);
    END $$
"""
SINGLY_AND_BY_TWOS = """
    CREATE FUNCTION task_grams(number text, title text) RETURNS text[]
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


def upgrade() -> None:
    _index_anew(BY_TWOS)


def downgrade() -> None:
    _index_anew(SINGLY_AND_BY_TWOS)


def _index_anew(function: str) -> None:
    if op.get_bind().dialect.name == 'postgresql':
        op.execute('DROP FUNCTION task_grams CASCADE')
        op.execute(function)
        op.execute('CREATE INDEX task_grams ON task USING gin (task_grams(number, title))')

"""pages at a million tasks"""

import sqlalchemy as sa
from alembic import op

revision = '0017'
down_revision = '0016'
branch_labels = None
depends_on = None

OPEN = (
    "'assigned', 'objected', 'in_progress', 'under_review', 'suspended', 'long_term'"
)
COLOURS = "colour IN ('green', 'blue', 'yellow', 'orange', 'red')"
COUNTED = "machine IN ('warning', 'sign-off')"
COLUMNS = 'unit_id, policy_id, colour, restricted'


def upgrade() -> None:
    _counts()
    _indexes()
    bind = op.get_bind()
    op.execute(
        f'INSERT INTO open_count ({COLUMNS}, slot, n) SELECT {COLUMNS}, 0, count(*) '
        f'FROM task WHERE state IN ({OPEN}) GROUP BY {COLUMNS}'
    )
    both = (*POSTGRESQL, *GRAMS) if bind.dialect.name == 'postgresql' else (*SQLITE, *WORDS)
    for statement in both:
        op.execute(statement)


def _counts() -> None:
    op.create_table(
        'open_count',
        sa.Column('unit_id', sa.Integer(), nullable=False),
        sa.Column('policy_id', sa.Integer(), nullable=False),
        sa.Column('colour', sa.String(length=32), nullable=False),
        sa.Column('restricted', sa.Boolean(), nullable=False),
        sa.Column('slot', sa.Integer(), autoincrement=False, nullable=False),
        sa.Column('n', sa.Integer(), nullable=False),
        sa.CheckConstraint(COLOURS, name='open_count_colour'),
        sa.PrimaryKeyConstraint('unit_id', 'policy_id', 'colour', 'restricted', 'slot'),
    )
    op.create_table(
        'day_count',
        sa.Column('on', sa.Date(), nullable=False),
        sa.Column('colour', sa.String(length=32), nullable=False),
        sa.Column('n', sa.Integer(), nullable=False),
        sa.CheckConstraint(COLOURS, name='day_count_colour'),
        sa.PrimaryKeyConstraint('on', 'colour'),
    )


def _indexes() -> None:
    op.create_index('task_unit', 'task', ['unit_id', 'colour'])
    op.drop_index('ix_task_unit_id', 'task')
    op.create_index('ix_task_supervising_leader_id', 'task', ['supervising_leader_id'])
    worst_first = ['colour', sa.text('(due_on IS NULL)'), 'due_on', 'number']
    _partial('task_worst_first', 'task', worst_first, f'state IN ({OPEN})')
    op.create_index(
        'task_restricted', 'task', ['id'],
        sqlite_where=sa.text('restricted = 1'), postgresql_where=sa.text('restricted'),
    )
    _partial('transition_counted', 'transition', ['on'], COUNTED)
    _partial('deadline_change_opened', 'deadline_change', ['on'], "kind = 'opened'")


def _partial(name: str, table: str, columns: list[object], where: str) -> None:
    condition = sa.text(where)
    op.create_index(
        name, table, columns, sqlite_where=condition, postgresql_where=condition
    )


def _one_less(row: str) -> str:
    return (
        f'UPDATE open_count SET n = n - 1 WHERE unit_id = {row}.unit_id '
        f'AND policy_id = {row}.policy_id '
        f'AND colour = {row}.colour AND restricted = {row}.restricted AND slot = 0;'
    )


ONE_MORE = (
    f'INSERT INTO open_count ({COLUMNS}, slot, n) '
    'VALUES (NEW.unit_id, NEW.policy_id, NEW.colour, NEW.restricted, 0, 1) '
    f'ON CONFLICT ({COLUMNS}, slot) DO UPDATE SET n = n + 1;'
)
CHANGED = (
    '(OLD.unit_id, OLD.policy_id, OLD.colour, OLD.restricted, OLD.state IN ({0})) IS NOT '
    '(NEW.unit_id, NEW.policy_id, NEW.colour, NEW.restricted, NEW.state IN ({0}))'
).format(OPEN)
MOVED = 'AFTER UPDATE OF unit_id, policy_id, colour, restricted, state ON task'
SQLITE = (
    f'CREATE TRIGGER open_count_new AFTER INSERT ON task WHEN NEW.state IN ({OPEN}) '
    f'BEGIN {ONE_MORE} END',
    f'CREATE TRIGGER open_count_from {MOVED} WHEN OLD.state IN ({OPEN}) AND {CHANGED} '
    f'BEGIN {_one_less("OLD")} END',
    f'CREATE TRIGGER open_count_to {MOVED} WHEN NEW.state IN ({OPEN}) AND {CHANGED} '
    f'BEGIN {ONE_MORE} END',
    f'CREATE TRIGGER open_count_gone AFTER DELETE ON task WHEN OLD.state IN ({OPEN}) '
    f'BEGIN {_one_less("OLD")} END',
)


def _counting(name: str, changes: str) -> str:
    """A function that adds what one statement changed, in the slot of this connection."""
    return f"""
        CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            INSERT INTO open_count ({COLUMNS}, slot, n)
            SELECT {COLUMNS}, pg_backend_pid(), sum(one) FROM ({changes}) AS changes
            GROUP BY {COLUMNS} HAVING sum(one) <> 0 ORDER BY {COLUMNS}
            ON CONFLICT ({COLUMNS}, slot) DO UPDATE SET n = open_count.n + excluded.n;
            RETURN NULL;
        END $$
    """


def _on_statement(name: str, event: str, tables: str) -> str:
    return (
        f'CREATE TRIGGER {name} AFTER {event} ON task REFERENCING {tables} '
        f'FOR EACH STATEMENT EXECUTE FUNCTION {name}()'
    )


IS = f'SELECT {COLUMNS}, 1 AS one FROM is_now WHERE state IN ({OPEN})'
WAS = f'SELECT {COLUMNS}, -1 AS one FROM was WHERE state IN ({OPEN})'
POSTGRESQL = (
    _counting('open_count_new', IS),
    _counting('open_count_moved', f'{WAS} UNION ALL {IS}'),
    _counting('open_count_gone', WAS),
    _on_statement('open_count_new', 'INSERT', 'NEW TABLE AS is_now'),
    _on_statement('open_count_moved', 'UPDATE', 'OLD TABLE AS was NEW TABLE AS is_now'),
    _on_statement('open_count_gone', 'DELETE', 'OLD TABLE AS was'),
)


# What is searched for, with two blanks behind it: its last characters begin a term too.
def _words(row: str) -> str:
    return f"{row}.number || ' ' || {row}.title || '  '"


RENAMED = (
    'AFTER UPDATE OF number, title ON task '
    'WHEN OLD.number <> NEW.number OR OLD.title <> NEW.title'
)
ADD = f'INSERT INTO task_words (rowid, words) VALUES (NEW.id, {_words("NEW")});'
TAKE = (
    'INSERT INTO task_words (task_words, rowid, words) '
    f"VALUES ('delete', OLD.id, {_words('OLD')});"
)
WORDS = (
    'CREATE VIRTUAL TABLE task_words USING fts5'
    "(words, content='', tokenize='trigram', detail=none, columnsize=0)",
    'CREATE VIRTUAL TABLE task_terms USING fts5vocab(task_words, instance)',
    f'INSERT INTO task_words (rowid, words) SELECT id, {_words("task")} FROM task',
    f'CREATE TRIGGER task_words_new AFTER INSERT ON task BEGIN {ADD} END',
    f'CREATE TRIGGER task_words_renamed {RENAMED} BEGIN {TAKE} {ADD} END',
    f'CREATE TRIGGER task_words_gone AFTER DELETE ON task BEGIN {TAKE} END',
)
# PostgreSQL has an index for arrays, and no need of an extension: each character, and each two.
GRAMS = (
    """
    CREATE FUNCTION task_grams(number text, title text) RETURNS text[]
    LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
        SELECT array_agg(DISTINCT substr(words, i, size))
        FROM (SELECT lower(number || ' ' || title) AS words) AS said,
            generate_series(1, length(words)) AS i, generate_series(1, 2) AS size
    $$
    """,
    'CREATE INDEX task_grams ON task USING gin (task_grams(number, title))',
)


def downgrade() -> None:
    if op.get_bind().dialect.name == 'sqlite':
        for name in ('new', 'renamed', 'gone'):
            op.execute(f'DROP TRIGGER task_words_{name}')
        op.execute('DROP TABLE task_terms')
        op.execute('DROP TABLE task_words')
    else:
        op.execute('DROP FUNCTION task_grams CASCADE')
    for name in ('new', 'moved', 'gone', 'from', 'to'):
        if op.get_bind().dialect.name == 'sqlite':
            op.execute(f'DROP TRIGGER IF EXISTS open_count_{name}')
        else:
            op.execute(f'DROP FUNCTION IF EXISTS open_count_{name} CASCADE')
    for name, table in (
        ('deadline_change_opened', 'deadline_change'),
        ('transition_counted', 'transition'),
        ('task_restricted', 'task'),
        ('task_worst_first', 'task'),
        ('ix_task_supervising_leader_id', 'task'),
        ('task_unit', 'task'),
    ):
        op.drop_index(name, table)
    op.create_index('ix_task_unit_id', 'task', ['unit_id'])
    op.drop_table('day_count')
    op.drop_table('open_count')

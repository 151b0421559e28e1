"""a move is counted by one trigger"""

from alembic import op

revision = '0021'
down_revision = '0020'
branch_labels = None
depends_on = None

OPEN = ('assigned', 'objected', 'in_progress', 'under_review', 'suspended', 'long_term')
COLUMNS = 'unit_id, policy_id, colour, restricted'


def upgrade() -> None:
    _instead_of(BEFORE, NOW)


def downgrade() -> None:
    _instead_of(NOW, BEFORE)


def _instead_of(old: dict[str, str], new: dict[str, str]) -> None:
    if op.get_bind().dialect.name == 'sqlite':  # PostgreSQL counts once for a statement
        for name in old:
            op.execute(f'DROP TRIGGER open_count_{name}')
        for name, said in new.items():
            op.execute(f'CREATE TRIGGER open_count_{name} {said} END')


def _open(row: str) -> str:
    """Not IN: for a list SQLite makes a table each time that the trigger looks, which took longer
    than all else that a move costs."""
    return '(' + ' OR '.join(f"{row}.state = '{state}'" for state in OPEN) + ')'


ONE_LESS = (
    'UPDATE open_count SET n = n - 1 WHERE unit_id = OLD.unit_id '
    'AND policy_id = OLD.policy_id AND colour = OLD.colour '
    'AND restricted = OLD.restricted AND slot = 0;'
)
ONE_MORE = (
    f'INSERT INTO open_count ({COLUMNS}, slot, n) '
    'VALUES (NEW.unit_id, NEW.policy_id, NEW.colour, NEW.restricted, 0, 1) '
    f'ON CONFLICT ({COLUMNS}, slot) DO UPDATE SET n = n + 1;'
)
OTHER = (
    '(OLD.unit_id, OLD.policy_id, OLD.colour, OLD.restricted) IS NOT '
    '(NEW.unit_id, NEW.policy_id, NEW.colour, NEW.restricted)'
)
WAS, IS = _open('OLD'), _open('NEW')
NOW = {  # of the three of a change one fires: whatever stays open, is opened, is closed
    'new': f'AFTER INSERT ON task WHEN {IS} BEGIN {ONE_MORE}',
    'moved': (
        f'AFTER UPDATE OF {COLUMNS} ON task WHEN {WAS} AND {IS} AND {OTHER} '
        f'BEGIN {ONE_LESS} {ONE_MORE}'
    ),
    'opened': f'AFTER UPDATE OF state ON task WHEN {IS} AND NOT {WAS} BEGIN {ONE_MORE}',
    'closed': f'AFTER UPDATE OF state ON task WHEN {WAS} AND NOT {IS} BEGIN {ONE_LESS}',
    'gone': f'AFTER DELETE ON task WHEN {WAS} BEGIN {ONE_LESS}',
}
LISTED = ', '.join(f"'{state}'" for state in OPEN)
WAS_LISTED, IS_LISTED = f'OLD.state IN ({LISTED})', f'NEW.state IN ({LISTED})'
MOVED = f'AFTER UPDATE OF {COLUMNS}, state ON task'
CHANGED = (
    f'(OLD.unit_id, OLD.policy_id, OLD.colour, OLD.restricted, {WAS_LISTED}) IS NOT '
    f'(NEW.unit_id, NEW.policy_id, NEW.colour, NEW.restricted, {IS_LISTED})'
)
BEFORE = {  # as migration 0017 made them
    'new': f'AFTER INSERT ON task WHEN {IS_LISTED} BEGIN {ONE_MORE}',
    'from': f'{MOVED} WHEN {WAS_LISTED} AND {CHANGED} BEGIN {ONE_LESS}',
    'to': f'{MOVED} WHEN {IS_LISTED} AND {CHANGED} BEGIN {ONE_MORE}',
    'gone': f'AFTER DELETE ON task WHEN {WAS_LISTED} BEGIN {ONE_LESS}',
}

"""stages, transfers and feedback"""

import sqlalchemy as sa
from alembic import op

from models.columns import Instant

revision = '0021'
down_revision = '0009'
branch_labels = None
depends_on = None

CHECKS = {  # table: the check's name, what it said until now, what it says now
    'transition': (
        'transition_machine',
        "machine IN ('warning', 'notice', 'sign-off', 'request')",
        "machine IN ('warning', 'notice', 'sign-off', 'request', 'stage')",
    ),
    'deadline_change': (
        'deadline_change_kind',
        "'end_long_term', 'reopened', 'reassigned')",
        "'end_long_term', 'reopened', 'reassigned', 'stage')",
    ),
}
KINDS = (
    "kind IN ('opened', 'imported', 'extension', 'suspension', 'return', 'review', "
    "'end_long_term', 'reopened', 'reassigned', 'stage')"
)


def upgrade() -> None:
    op.add_column('task', sa.Column('stage', sa.String(), server_default='', nullable=False))
    op.add_column('task', sa.Column('stage_from_on', sa.Date(), nullable=True))
    op.create_table(
        'transfer',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('task_id', sa.Integer(), nullable=False),
        sa.Column('lead_id', sa.Integer(), nullable=False),
        sa.Column('reason', sa.String(), nullable=False),
        sa.Column('on', sa.Date(), nullable=False),
        sa.Column('at', Instant(timezone=True), nullable=False),
        sa.Column('actor_id', sa.Integer(), nullable=True),
        sa.Column('said_by', sa.String(), nullable=False),
        sa.Column('link_id', sa.String(), nullable=False),
        sa.CheckConstraint('task_id <> lead_id', name='transfer_to_another'),
        sa.ForeignKeyConstraint(['actor_id'], ['official.id']),
        sa.ForeignKeyConstraint(['lead_id'], ['task.id']),
        sa.ForeignKeyConstraint(['task_id'], ['task.id']),
        sa.PrimaryKeyConstraint('id'),
        sa.UniqueConstraint('task_id', 'lead_id', name='transfer_once'),
    )
    op.create_index('ix_transfer_lead_id', 'transfer', ['lead_id'])
    op.create_index('ix_transfer_link_id', 'transfer', ['link_id'])
    if op.get_bind().dialect.name == 'sqlite':
        _rewrite_checks()
    else:
        for table, said in (('transition', CHECKS['transition'][2]), ('deadline_change', KINDS)):
            op.drop_constraint(CHECKS[table][0], table, type_='check')
            op.create_check_constraint(CHECKS[table][0], table, said)


def _rewrite_checks() -> None:
    """As SQLite's own documentation has it for a check that is widened: the tables are the two
    largest, and to copy them would lose their partial indexes."""
    bind = op.get_bind()
    version = bind.execute(sa.text('PRAGMA schema_version')).scalar_one()
    bind.execute(sa.text('PRAGMA writable_schema = ON'))
    for table, (_, was, now) in CHECKS.items():
        bind.execute(
            sa.text(
                'UPDATE sqlite_master SET sql = replace(sql, :was, :now)'
                " WHERE type = 'table' AND name = :table"
            ),
            {'was': was, 'now': now, 'table': table},
        )
    bind.execute(sa.text(f'PRAGMA schema_version = {version + 1}'))
    bind.execute(sa.text('PRAGMA writable_schema = OFF'))


def downgrade() -> None:
    """The wider checks stay: what was written under them would break the narrower ones."""
    op.drop_table('transfer')
    op.drop_column('task', 'stage_from_on')
    op.drop_column('task', 'stage')

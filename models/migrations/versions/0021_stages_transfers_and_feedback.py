"""stages, transfers and feedback"""

import sqlalchemy as sa
from alembic import op

from models.columns import Instant

revision = '0021'
down_revision = '0020'
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
    op.create_table(
        'feedback',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('task_id', sa.Integer(), nullable=False),
        sa.Column('reference', sa.String(), nullable=False),
        sa.Column('channel', sa.String(length=32), nullable=False),
        sa.Column('received_on', sa.Date(), nullable=False),
        sa.Column('words', sa.String(), nullable=False),
        sa.Column('contact', sa.String(), nullable=False),
        sa.Column('finding_id', sa.Integer(), nullable=True),
        sa.Column('fate', sa.String(length=32), nullable=False),
        sa.Column('passed_to', sa.String(), nullable=False),
        sa.Column('reply', sa.String(), nullable=False),
        sa.CheckConstraint("channel IN ('web', 'telephone', 'post')", name='feedback_channel'),
        sa.CheckConstraint(
            "fate IN ('kept', 'passed_on', 'discipline')", name='feedback_fate'
        ),
        sa.CheckConstraint(
            "fate <> 'discipline' OR (words = '' AND contact = '' AND reply = '')",
            name='feedback_discipline_is_erased',
        ),
        sa.ForeignKeyConstraint(['finding_id'], ['task.id']),
        sa.ForeignKeyConstraint(['task_id'], ['task.id']),
        sa.PrimaryKeyConstraint('id'),
        sa.UniqueConstraint('reference'),
        sa.UniqueConstraint('task_id'),
    )
    op.create_table(
        'reviewed_lead',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('task_id', sa.Integer(), nullable=False),
        sa.Column('lead_id', sa.Integer(), nullable=False),
        sa.Column('verdict', sa.String(length=32), nullable=True),
        sa.Column('given_on', sa.Date(), nullable=True),
        sa.Column('said_by', sa.String(), nullable=False),
        sa.CheckConstraint(
            "verdict IN ('upheld', 'check_more', 'handle_anew')", name='reviewed_lead_verdict'
        ),
        sa.CheckConstraint(
            '(verdict IS NULL) = (given_on IS NULL)', name='reviewed_lead_given'
        ),
        sa.ForeignKeyConstraint(['lead_id'], ['task.id']),
        sa.ForeignKeyConstraint(['task_id'], ['task.id']),
        sa.PrimaryKeyConstraint('id'),
        sa.UniqueConstraint('task_id', 'lead_id', name='reviewed_lead_once'),
    )
    op.create_index('ix_reviewed_lead_lead_id', 'reviewed_lead', ['lead_id'])
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
    op.drop_table('reviewed_lead')
    op.drop_table('feedback')
    op.drop_table('transfer')
    op.drop_column('task', 'stage_from_on')
    op.drop_column('task', 'stage')

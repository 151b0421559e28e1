"""records, figures and the progress report"""

import sqlalchemy as sa
from alembic import op

from models.columns import Instant

revision = '0011'
down_revision = '0010'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        'record_kind',
        sa.Column('name', sa.String(), nullable=False),
        sa.Column('family', sa.String(length=32), nullable=False),
        sa.Column('title', sa.String(), nullable=False),
        sa.Column('english', sa.String(), nullable=False),
        sa.Column('parent', sa.String(), nullable=False),
        sa.Column('position', sa.Integer(), nullable=False),
        sa.CheckConstraint("family IN ('act', 'outcome')", name='record_kind_family'),
        sa.PrimaryKeyConstraint('name'),
    )
    op.create_table(
        'report_form',
        sa.Column('name', sa.String(), nullable=False),
        sa.Column('title', sa.String(), nullable=False),
        sa.Column('source', sa.String(), nullable=False),
        sa.Column('loaded_at', Instant(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint('name'),
    )
    _records()
    # Only the demonstration wrote figures until now, and it is loaded anew.
    op.drop_table('figure')
    _figures()
    _kinds_of_bulletin('bulletin', 'posting', 'progress')


def _records() -> None:
    op.create_table(
        'record',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('kind', sa.String(), nullable=False),
        sa.Column('on', sa.Date(), nullable=False),
        sa.Column('topic', sa.String(), nullable=False),
        sa.Column('led_by', sa.String(), nullable=False),
        sa.Column('reference', sa.String(), nullable=False),
        sa.Column('remarks', sa.String(), nullable=False),
        sa.Column('balancing', sa.Boolean(), nullable=False),
        sa.Column('corrects_id', sa.Integer(), nullable=True),
        sa.Column('void', sa.Boolean(), nullable=False),
        sa.Column('reason', sa.String(), nullable=False),
        sa.Column('recorded_by_id', sa.Integer(), nullable=True),
        sa.Column('said_by', sa.String(), nullable=False),
        sa.Column('recorded_on', sa.Date(), nullable=False),
        sa.Column('at', Instant(timezone=True), nullable=False),
        sa.Column('link_id', sa.String(), nullable=False),
        sa.CheckConstraint("(corrects_id IS NULL) = (reason = '')", name='record_reason'),
        sa.CheckConstraint('NOT void OR corrects_id IS NOT NULL', name='record_void'),
        sa.ForeignKeyConstraint(['kind'], ['record_kind.name']),
        sa.ForeignKeyConstraint(['corrects_id'], ['record.id']),
        sa.ForeignKeyConstraint(['recorded_by_id'], ['official.id']),
        sa.PrimaryKeyConstraint('id'),
        sa.UniqueConstraint('corrects_id'),
    )
    first = sa.text("corrects_id IS NULL AND reference <> ''")
    op.create_index('ix_record_kind', 'record', ['kind'])
    op.create_index('ix_record_link_id', 'record', ['link_id'])
    op.create_index(
        'record_reference', 'record', ['reference'], unique=True,
        sqlite_where=first, postgresql_where=first,
    )
    op.create_table(
        'record_line',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('record_id', sa.Integer(), nullable=False),
        sa.Column('unit', sa.String(), nullable=False),
        sa.Column('person', sa.String(), nullable=False),
        sa.Column('subject', sa.String(), nullable=False),
        sa.Column('result', sa.String(), nullable=False),
        sa.Column('amount', sa.BigInteger(), nullable=True),
        sa.Column('task_id', sa.Integer(), nullable=True),
        sa.Column('link_id', sa.String(), nullable=False),
        sa.CheckConstraint(
            "unit <> '' OR person <> '' OR subject <> '' OR result <> '' "
            "OR amount IS NOT NULL OR task_id IS NOT NULL",
            name='record_line_filled',
        ),
        sa.ForeignKeyConstraint(['record_id'], ['record.id']),
        sa.ForeignKeyConstraint(['task_id'], ['task.id']),
        sa.PrimaryKeyConstraint('id'),
    )
    for column in ('record_id', 'task_id', 'link_id'):
        op.create_index(f'ix_record_line_{column}', 'record_line', [column])


def _figures() -> None:
    op.create_table(
        'figure',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('code', sa.String(), nullable=False),
        sa.Column('name', sa.String(), nullable=False),
        sa.Column('value', sa.String(), nullable=False),
        sa.Column('unit', sa.String(), nullable=False),
        sa.Column('as_of', sa.Date(), nullable=False),
        sa.Column('period', sa.String(), nullable=False),
        sa.Column('source', sa.String(), nullable=False),
        sa.Column('remarks', sa.String(), nullable=False),
        sa.Column('task_id', sa.Integer(), nullable=True),
        sa.Column('reported_by_id', sa.Integer(), nullable=True),
        sa.Column('reported_by', sa.String(), nullable=False),
        sa.Column('on', sa.Date(), nullable=False),
        sa.Column('at', Instant(timezone=True), nullable=False),
        sa.Column('link_id', sa.String(), nullable=False),
        sa.CheckConstraint("code <> '' AND value <> '' AND source <> ''", name='figure_filled'),
        sa.ForeignKeyConstraint(['task_id'], ['task.id']),
        sa.ForeignKeyConstraint(['reported_by_id'], ['official.id']),
        sa.PrimaryKeyConstraint('id'),
    )
    for column in ('code', 'task_id', 'link_id'):
        op.create_index(f'ix_figure_{column}', 'figure', [column])
    op.create_table(
        'figure_approval',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('figure_id', sa.Integer(), nullable=False),
        sa.Column('approved_by_id', sa.Integer(), nullable=True),
        sa.Column('approved_by', sa.String(), nullable=False),
        sa.Column('on', sa.Date(), nullable=False),
        sa.Column('at', Instant(timezone=True), nullable=False),
        sa.Column('link_id', sa.String(), nullable=False),
        sa.ForeignKeyConstraint(['figure_id'], ['figure.id']),
        sa.ForeignKeyConstraint(['approved_by_id'], ['official.id']),
        sa.PrimaryKeyConstraint('id'),
        sa.UniqueConstraint('figure_id'),
    )
    op.create_index('ix_figure_approval_link_id', 'figure_approval', ['link_id'])


def _kinds_of_bulletin(*kinds: str) -> None:
    named = ', '.join(f"'{kind}'" for kind in kinds)
    with op.batch_alter_table('bulletin') as bulletin:
        bulletin.drop_constraint('bulletin_kind', type_='check')
        bulletin.create_check_constraint('bulletin_kind', f'kind IN ({named})')


def downgrade() -> None:
    op.execute("DELETE FROM bulletin WHERE kind = 'progress'")
    _kinds_of_bulletin('bulletin', 'posting')
    for table in ('figure_approval', 'figure', 'record_line', 'record', 'report_form', 'record_kind'):
        op.drop_table(table)
    op.create_table(
        'figure',
        sa.Column('id', sa.String(), nullable=False),
        sa.Column('task_id', sa.Integer(), nullable=False),
        sa.Column('name', sa.String(), nullable=False),
        sa.Column('value', sa.String(), nullable=False),
        sa.Column('unit', sa.String(), nullable=False),
        sa.Column('words', sa.String(), nullable=False),
        sa.Column('as_of', sa.String(), nullable=False),
        sa.ForeignKeyConstraint(['task_id'], ['task.id']),
        sa.PrimaryKeyConstraint('id'),
    )
    op.create_index('ix_figure_task_id', 'figure', ['task_id'])

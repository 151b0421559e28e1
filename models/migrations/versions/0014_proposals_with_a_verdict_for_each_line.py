"""proposals with a verdict for each line"""

import sqlalchemy as sa
from alembic import op

from models.columns import Instant

revision = '0014'
down_revision = '0013'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        'proposal',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('task_id', sa.Integer(), nullable=False),
        sa.Column('unit_id', sa.Integer(), nullable=False),
        sa.Column('handed_in_by_id', sa.Integer(), nullable=True),
        sa.Column('said_by', sa.String(), nullable=False),
        sa.Column('on', sa.Date(), nullable=False),
        sa.Column('at', Instant(timezone=True), nullable=False),
        sa.Column('link_id', sa.String(), nullable=False),
        sa.ForeignKeyConstraint(['handed_in_by_id'], ['official.id']),
        sa.ForeignKeyConstraint(['task_id'], ['task.id']),
        sa.ForeignKeyConstraint(['unit_id'], ['unit.id']),
        sa.PrimaryKeyConstraint('id'),
        sa.UniqueConstraint('task_id'),
    )
    for column in ('unit_id', 'handed_in_by_id', 'link_id'):
        op.create_index(f'ix_proposal_{column}', 'proposal', [column])
    op.create_table(
        'proposal_line',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('proposal_id', sa.Integer(), nullable=False),
        sa.Column('position', sa.Integer(), nullable=False),
        sa.Column('written', sa.String(), nullable=False),
        sa.Column('link_id', sa.String(), nullable=False),
        sa.CheckConstraint("written <> ''", name='proposal_line_written'),
        sa.ForeignKeyConstraint(['proposal_id'], ['proposal.id']),
        sa.PrimaryKeyConstraint('id'),
        sa.UniqueConstraint('proposal_id', 'position', name='proposal_line_position'),
    )
    op.create_index('ix_proposal_line_link_id', 'proposal_line', ['link_id'])
    op.create_table(
        'line_verdict',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('line_id', sa.Integer(), nullable=False),
        sa.Column('decision_id', sa.Integer(), nullable=False),
        sa.Column('result', sa.String(length=32), nullable=False),
        sa.Column('reason', sa.String(), nullable=False),
        sa.Column('link_id', sa.String(), nullable=False),
        sa.CheckConstraint("result IN ('approved', 'rejected')", name='line_verdict_result'),
        sa.CheckConstraint(
            "(result = 'rejected') = (reason <> '')", name='line_verdict_reason'
        ),
        sa.ForeignKeyConstraint(['decision_id'], ['decision.id']),
        sa.ForeignKeyConstraint(['line_id'], ['proposal_line.id']),
        sa.PrimaryKeyConstraint('id'),
        sa.UniqueConstraint('line_id', 'decision_id', name='line_verdict_once'),
    )
    for column in ('decision_id', 'link_id'):
        op.create_index(f'ix_line_verdict_{column}', 'line_verdict', [column])


def downgrade() -> None:
    op.drop_table('line_verdict')
    op.drop_table('proposal_line')
    op.drop_table('proposal')

"""postings are approved"""

import sqlalchemy as sa
from alembic import op

from models.columns import Instant

revision = '0009'
down_revision = '0008'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        'posting_draft',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('number', sa.Integer(), nullable=False),
        sa.Column('from_on', sa.Date(), nullable=False),
        sa.Column('to_on', sa.Date(), nullable=False),
        sa.Column('as_of', Instant(timezone=True), nullable=False),
        sa.Column('content', sa.String(), nullable=False),
        sa.Column('state', sa.String(length=32), nullable=False),
        sa.Column('prepared_by_id', sa.Integer(), nullable=True),
        sa.Column('prepared_by', sa.String(), nullable=False),
        sa.CheckConstraint(
            "state IN ('draft', 'posted', 'sent_back', 'taken_back')", name='posting_state'
        ),
        sa.ForeignKeyConstraint(['prepared_by_id'], ['official.id']),
        sa.PrimaryKeyConstraint('id'),
    )
    op.create_index(
        'posting_draft_waits',
        'posting_draft',
        ['state'],
        unique=True,
        sqlite_where=sa.text("state = 'draft'"),
        postgresql_where=sa.text("state = 'draft'"),
    )
    op.create_table(
        'posting_move',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('draft_id', sa.Integer(), nullable=False),
        sa.Column('event', sa.String(), nullable=False),
        sa.Column('source', sa.String(), nullable=False),
        sa.Column('target', sa.String(), nullable=False),
        sa.Column('content_hash', sa.String(), nullable=False),
        sa.Column('reason', sa.String(), nullable=False),
        sa.Column('on', sa.Date(), nullable=False),
        sa.Column('at', Instant(timezone=True), nullable=False),
        sa.Column('actor_id', sa.Integer(), nullable=True),
        sa.Column('said_by', sa.String(), nullable=False),
        sa.Column('assurance', sa.String(), nullable=False),
        sa.Column('link_id', sa.String(), nullable=False),
        sa.ForeignKeyConstraint(['actor_id'], ['official.id']),
        sa.ForeignKeyConstraint(['draft_id'], ['posting_draft.id']),
        sa.PrimaryKeyConstraint('id'),
    )
    op.create_index('ix_posting_move_draft_id', 'posting_move', ['draft_id'])
    op.create_index('ix_posting_move_link_id', 'posting_move', ['link_id'])


def downgrade() -> None:
    op.drop_table('posting_move')
    op.drop_table('posting_draft')

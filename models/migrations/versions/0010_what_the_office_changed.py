"""what the office changed"""

import sqlalchemy as sa
from alembic import op

from models.columns import Instant

revision = '0010'
down_revision = '0009'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        'office_change',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('subject', sa.String(length=32), nullable=False),
        sa.Column('key', sa.String(), nullable=False),
        sa.Column('name', sa.String(), nullable=False),
        sa.Column('fact', sa.String(), nullable=False),
        sa.Column('before', sa.String(), server_default='', nullable=False),
        sa.Column('after', sa.String(), server_default='', nullable=False),
        sa.Column('reason', sa.String(), server_default='', nullable=False),
        sa.Column('on', sa.Date(), nullable=False),
        sa.Column('at', Instant(timezone=True), nullable=False),
        sa.Column('actor_id', sa.Integer(), nullable=True),
        sa.Column('said_by', sa.String(), server_default='', nullable=False),
        sa.Column('assurance', sa.String(), server_default='', nullable=False),
        sa.Column('link_id', sa.String(), nullable=False),
        sa.CheckConstraint(
            "subject IN ('unit', 'official', 'calendar', 'policy', 'procedure', 'ledger')",
            name='office_change_subject',
        ),
        sa.CheckConstraint('before <> after', name='office_change_changes'),
        sa.ForeignKeyConstraint(['actor_id'], ['official.id']),
        sa.PrimaryKeyConstraint('id'),
    )
    op.create_index('ix_office_change_link_id', 'office_change', ['link_id'])
    op.create_index('office_change_of', 'office_change', ['subject', 'key', 'id'])
    op.add_column('unit', sa.Column('closed_on', sa.Date(), nullable=True))
    op.add_column('official', sa.Column('left_on', sa.Date(), nullable=True))


def downgrade() -> None:
    op.drop_column('official', 'left_on')
    op.drop_column('unit', 'closed_on')
    op.drop_table('office_change')

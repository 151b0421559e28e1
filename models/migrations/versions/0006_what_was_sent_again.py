"""what was sent again"""

import sqlalchemy as sa
from alembic import op

from models.columns import Instant

revision = '0006'
down_revision = '0005'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        'resending',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('message_id', sa.Integer(), nullable=False),
        sa.Column('n', sa.Integer(), nullable=False),
        sa.Column('to_address', sa.String(), nullable=False),
        sa.Column('outcome', sa.String(), nullable=False),
        sa.Column('released', sa.Boolean(), nullable=False),
        sa.Column('on', sa.Date(), nullable=False),
        sa.Column('at', Instant(timezone=True), nullable=False),
        sa.Column('actor_id', sa.Integer(), nullable=False),
        sa.Column('assurance', sa.String(), nullable=False),
        sa.Column('link_id', sa.String(), nullable=False),
        sa.ForeignKeyConstraint(['actor_id'], ['official.id']),
        sa.ForeignKeyConstraint(['message_id'], ['message.id']),
        sa.PrimaryKeyConstraint('id'),
        sa.UniqueConstraint('message_id', 'n', name='resending_once'),
    )
    op.create_index('ix_resending_link_id', 'resending', ['link_id'])


def downgrade() -> None:
    op.drop_table('resending')

"""night shards"""

import sqlalchemy as sa
from alembic import op

from models.columns import Instant

revision = '0018'
down_revision = '0015'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        'night_shard',
        sa.Column('night_id', sa.Integer(), nullable=False),
        sa.Column('n', sa.Integer(), nullable=False),
        sa.Column('from_id', sa.Integer(), nullable=False),
        sa.Column('before_id', sa.Integer(), nullable=True),
        sa.Column('done_at', Instant(timezone=True), nullable=True),
        sa.Column('moved', sa.Integer(), nullable=True),
        sa.Column('worker', sa.String(), nullable=False),
        sa.CheckConstraint(
            "(done_at IS NULL) = (moved IS NULL) AND (done_at IS NULL) = (worker = '')",
            name='night_shard_done',
        ),
        sa.ForeignKeyConstraint(['night_id'], ['night.id']),
        sa.PrimaryKeyConstraint('night_id', 'n'),
    )


def downgrade() -> None:
    op.drop_table('night_shard')

"""bulletins are frozen"""

import sqlalchemy as sa
from alembic import op

from models.columns import Instant

revision = '0007'
down_revision = '0006'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        'bulletin',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('kind', sa.String(length=32), nullable=False),
        sa.Column('number', sa.Integer(), nullable=False),
        sa.Column('from_on', sa.Date(), nullable=False),
        sa.Column('to_on', sa.Date(), nullable=False),
        sa.Column('as_of', Instant(timezone=True), nullable=False),
        sa.Column('content', sa.String(), nullable=False),
        sa.Column('link_id', sa.String(), nullable=False),
        sa.CheckConstraint("kind IN ('bulletin', 'posting')", name='bulletin_kind'),
        sa.CheckConstraint('from_on <= to_on', name='bulletin_period'),
        sa.PrimaryKeyConstraint('id'),
        sa.UniqueConstraint('kind', 'from_on', 'to_on', name='bulletin_once'),
        sa.UniqueConstraint('kind', 'number', name='bulletin_number'),
    )
    op.create_index('ix_bulletin_link_id', 'bulletin', ['link_id'])


def downgrade() -> None:
    op.drop_table('bulletin')

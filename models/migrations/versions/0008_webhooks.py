"""webhooks"""

import sqlalchemy as sa
from alembic import op

from models.columns import Instant

revision = '0008'
down_revision = '0007'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        'webhook',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('name', sa.String(), nullable=False),
        sa.Column('address', sa.String(), nullable=False),
        sa.Column('events', sa.String(), nullable=False),
        sa.Column('procedures', sa.String(), nullable=False),
        sa.Column('salt', sa.String(), nullable=False),
        sa.Column('key_id', sa.String(), nullable=False),
        sa.Column('told_link', sa.Integer(), nullable=False),
        sa.Column('told_id', sa.Integer(), nullable=False),
        sa.Column('failures', sa.Integer(), nullable=False),
        sa.Column('since', Instant(timezone=True), nullable=True),
        sa.Column('paused_until', Instant(timezone=True), nullable=True),
        sa.Column('said', sa.String(), nullable=False),
        sa.Column('added_at', Instant(timezone=True), nullable=False),
        sa.Column('added_by', sa.String(), nullable=False),
        sa.Column('removed_at', Instant(timezone=True), nullable=True),
        sa.Column('removed_by', sa.String(), nullable=False),
        sa.PrimaryKeyConstraint('id'),
        sa.UniqueConstraint('name'),
    )
    op.create_table(
        'webhook_delivery',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('webhook_id', sa.Integer(), nullable=False),
        sa.Column('transition_id', sa.Integer(), nullable=True),
        sa.Column('event_id', sa.String(), nullable=False),
        sa.Column('body', sa.String(), nullable=False),
        sa.Column('composed_at', Instant(timezone=True), nullable=False),
        sa.Column('expires_at', Instant(timezone=True), nullable=False),
        sa.Column('state', sa.String(length=32), nullable=False),
        sa.Column('attempts', sa.Integer(), nullable=False),
        sa.Column('next_at', Instant(timezone=True), nullable=False),
        sa.Column('lease_owner', sa.String(), nullable=True),
        sa.Column('lease_until', Instant(timezone=True), nullable=True),
        sa.Column('taken_at', Instant(timezone=True), nullable=True),
        sa.CheckConstraint("(state = 'taken') = (taken_at IS NOT NULL)", name='webhook_taken'),
        sa.CheckConstraint(
            "state IN ('queued', 'taken', 'expired', 'dropped')", name='webhook_delivery_state'
        ),
        sa.ForeignKeyConstraint(['transition_id'], ['transition.id']),
        sa.ForeignKeyConstraint(['webhook_id'], ['webhook.id']),
        sa.PrimaryKeyConstraint('id'),
        sa.UniqueConstraint('event_id'),
        sa.UniqueConstraint('webhook_id', 'transition_id', name='webhook_delivery_once'),
    )
    op.create_index(
        'webhook_delivery_owed',
        'webhook_delivery',
        ['webhook_id', 'id'],
        sqlite_where=sa.text("state = 'queued'"),
        postgresql_where=sa.text("state = 'queued'"),
    )
    op.create_table(
        'webhook_attempt',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('delivery_id', sa.Integer(), nullable=False),
        sa.Column('n', sa.Integer(), nullable=False),
        sa.Column('began_at', Instant(timezone=True), nullable=False),
        sa.Column('ended_at', Instant(timezone=True), nullable=False),
        sa.Column('outcome', sa.String(length=32), nullable=False),
        sa.Column('status', sa.Integer(), nullable=True),
        sa.Column('said', sa.String(), nullable=False),
        sa.Column('worker', sa.String(), nullable=False),
        sa.CheckConstraint(
            "outcome IN ('taken', 'refused', 'failed', 'unknown')", name='webhook_attempt_outcome'
        ),
        sa.ForeignKeyConstraint(['delivery_id'], ['webhook_delivery.id']),
        sa.PrimaryKeyConstraint('id'),
    )
    op.create_index('ix_webhook_attempt_delivery_id', 'webhook_attempt', ['delivery_id'])


def downgrade() -> None:
    op.drop_table('webhook_attempt')
    op.drop_table('webhook_delivery')
    op.drop_table('webhook')

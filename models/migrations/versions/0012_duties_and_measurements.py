"""recurring duties, and measurements"""

import sqlalchemy as sa
from alembic import op

from models.columns import Instant

revision = '0012'
down_revision = '0011'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        'duty_template',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('name', sa.String(), nullable=False),
        sa.Column('source', sa.String(), nullable=False),
        sa.Column('state', sa.String(length=32), nullable=False),
        sa.Column('opened_through', sa.Date(), nullable=False),
        sa.CheckConstraint("state IN ('running', 'paused', 'ended')", name='duty_template_state'),
        sa.PrimaryKeyConstraint('id'),
        sa.UniqueConstraint('name'),
    )
    op.create_table(
        'duty_change',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('duty_id', sa.Integer(), nullable=False),
        sa.Column('act', sa.String(length=32), nullable=False),
        sa.Column('source', sa.String(), nullable=False),
        sa.Column('reason', sa.String(), nullable=False),
        sa.Column('on', sa.Date(), nullable=False),
        sa.Column('at', Instant(timezone=True), nullable=False),
        sa.Column('said_by', sa.String(), nullable=False),
        sa.CheckConstraint(
            "act IN ('add', 'change', 'pause', 'resume', 'end')", name='duty_change_act'
        ),
        sa.ForeignKeyConstraint(['duty_id'], ['duty_template.id']),
        sa.PrimaryKeyConstraint('id'),
    )
    op.create_index('ix_duty_change_duty_id', 'duty_change', ['duty_id'])
    op.create_table(
        'duty_occurrence',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('duty_id', sa.Integer(), nullable=False),
        sa.Column('of', sa.Date(), nullable=False),
        sa.Column('on', sa.Date(), nullable=False),
        sa.Column('holiday', sa.String(), nullable=False),
        sa.Column('unit', sa.String(), nullable=False),
        sa.Column('year', sa.Integer(), nullable=False),
        sa.Column('n', sa.Integer(), nullable=False),
        sa.Column('task_id', sa.Integer(), nullable=True),
        sa.Column('need', sa.String(), nullable=False),
        sa.CheckConstraint("(task_id IS NULL) = (need <> '')", name='duty_occurrence_opened'),
        sa.ForeignKeyConstraint(['duty_id'], ['duty_template.id']),
        sa.ForeignKeyConstraint(['task_id'], ['task.id']),
        sa.PrimaryKeyConstraint('id'),
        sa.UniqueConstraint('duty_id', 'of', 'unit', name='duty_occurrence_once'),
        sa.UniqueConstraint('duty_id', 'year', 'n', name='duty_occurrence_number'),
        sa.UniqueConstraint('task_id'),
    )
    op.create_index(
        'duty_occurrence_unopened',
        'duty_occurrence',
        ['duty_id'],
        sqlite_where=sa.text('task_id IS NULL'),
        postgresql_where=sa.text('task_id IS NULL'),
    )
    op.create_table(
        'measurement_series',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('name', sa.String(), nullable=False),
        sa.Column('source', sa.String(), nullable=False),
        sa.Column('loaded_at', Instant(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint('id'),
        sa.UniqueConstraint('name'),
    )
    op.create_table(
        'measurement',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('series_id', sa.Integer(), nullable=False),
        sa.Column('subject', sa.String(), nullable=False),
        sa.Column('period', sa.Date(), nullable=False),
        sa.Column('n', sa.Integer(), nullable=False),
        sa.Column('value', sa.String(), nullable=False),
        sa.Column('code', sa.String(length=32), nullable=False),
        sa.Column('reason', sa.String(), nullable=False),
        sa.Column('on', sa.Date(), nullable=False),
        sa.Column('at', Instant(timezone=True), nullable=False),
        sa.Column('said_by', sa.String(), nullable=False),
        sa.CheckConstraint("code IN ('green', 'blue', 'yellow', 'orange', 'red')", name='measurement_code'),
        sa.CheckConstraint("(n = 1) = (reason = '')", name='measurement_corrected'),
        sa.ForeignKeyConstraint(['series_id'], ['measurement_series.id']),
        sa.PrimaryKeyConstraint('id'),
        sa.UniqueConstraint('series_id', 'period', 'subject', 'n', name='measurement_once'),
    )
    op.create_table(
        'measurement_follow_up',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('series_id', sa.Integer(), nullable=False),
        sa.Column('subject', sa.String(), nullable=False),
        sa.Column('period', sa.Date(), nullable=False),
        sa.Column('code', sa.String(length=32), nullable=False),
        sa.Column('year', sa.Integer(), nullable=False),
        sa.Column('n', sa.Integer(), nullable=False),
        sa.Column('task_id', sa.Integer(), nullable=False),
        sa.CheckConstraint("code IN ('green', 'blue', 'yellow', 'orange', 'red')", name='measurement_follow_up_code'),
        sa.ForeignKeyConstraint(['series_id'], ['measurement_series.id']),
        sa.ForeignKeyConstraint(['task_id'], ['task.id']),
        sa.PrimaryKeyConstraint('id'),
        sa.UniqueConstraint('series_id', 'subject', 'period', name='measurement_follow_up_once'),
        sa.UniqueConstraint('series_id', 'year', 'n', name='measurement_follow_up_number'),
        sa.UniqueConstraint('task_id'),
    )


def downgrade() -> None:
    op.drop_table('measurement_follow_up')
    op.drop_table('measurement')
    op.drop_table('measurement_series')
    op.drop_table('duty_occurrence')
    op.drop_table('duty_change')
    op.drop_table('duty_template')

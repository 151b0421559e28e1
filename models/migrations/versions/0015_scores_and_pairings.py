"""scores, and pairings"""

import sqlalchemy as sa
from alembic import op

from models.columns import Instant

revision = '0015'
down_revision = '0014'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        'score_scheme',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('name', sa.String(), nullable=False),
        sa.Column('version', sa.Integer(), nullable=False),
        sa.Column('source', sa.String(), nullable=False),
        sa.Column('reason', sa.String(), nullable=False),
        sa.Column('on', sa.Date(), nullable=False),
        sa.Column('at', Instant(timezone=True), nullable=False),
        sa.Column('said_by', sa.String(), nullable=False),
        sa.PrimaryKeyConstraint('id'),
        sa.UniqueConstraint('name', 'version', name='score_scheme_version'),
    )
    op.create_table(
        'score_sheet',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('scheme_id', sa.Integer(), nullable=False),
        sa.Column('name', sa.String(), nullable=False),
        sa.Column('from_on', sa.Date(), nullable=False),
        sa.Column('to_on', sa.Date(), nullable=False),
        sa.Column('as_of', Instant(timezone=True), nullable=False),
        sa.Column('content', sa.String(), nullable=False),
        sa.Column('state', sa.String(length=32), nullable=False),
        sa.Column('prepared_by_id', sa.Integer(), nullable=True),
        sa.Column('prepared_by', sa.String(), nullable=False),
        sa.Column('published_on', sa.Date(), nullable=True),
        sa.CheckConstraint(
            "state IN ('draft', 'published', 'sent_back', 'taken_back')", name='score_sheet_state'
        ),
        sa.CheckConstraint('from_on <= to_on', name='score_sheet_period'),
        sa.CheckConstraint(
            "(state = 'published') = (published_on IS NOT NULL)", name='score_sheet_published'
        ),
        sa.ForeignKeyConstraint(['prepared_by_id'], ['official.id']),
        sa.ForeignKeyConstraint(['scheme_id'], ['score_scheme.id']),
        sa.PrimaryKeyConstraint('id'),
    )
    stands = sa.text("state IN ('draft', 'published')")
    op.create_index(
        'score_sheet_once',
        'score_sheet',
        ['name', 'from_on'],
        unique=True,
        sqlite_where=stands,
        postgresql_where=stands,
    )
    op.create_table(
        'score_move',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('sheet_id', sa.Integer(), nullable=False),
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
        sa.ForeignKeyConstraint(['sheet_id'], ['score_sheet.id']),
        sa.PrimaryKeyConstraint('id'),
    )
    op.create_index('ix_score_move_sheet_id', 'score_move', ['sheet_id'])
    op.create_index('ix_score_move_link_id', 'score_move', ['link_id'])
    op.create_table(
        'score_objection',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('sheet_id', sa.Integer(), nullable=False),
        sa.Column('task_id', sa.Integer(), nullable=False),
        sa.Column('unit', sa.String(), nullable=False),
        sa.Column('key', sa.String(), nullable=False),
        sa.Column('reason', sa.String(), nullable=False),
        sa.Column('raised_by_id', sa.Integer(), nullable=False),
        sa.Column('said_by', sa.String(), nullable=False),
        sa.Column('on', sa.Date(), nullable=False),
        sa.Column('at', Instant(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(['raised_by_id'], ['official.id']),
        sa.ForeignKeyConstraint(['sheet_id'], ['score_sheet.id']),
        sa.ForeignKeyConstraint(['task_id'], ['task.id']),
        sa.PrimaryKeyConstraint('id'),
        sa.UniqueConstraint('task_id'),
    )
    op.create_index('ix_score_objection_sheet_id', 'score_objection', ['sheet_id'])
    op.create_table(
        'score_ruling',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('objection_id', sa.Integer(), nullable=False),
        sa.Column('change', sa.String(), nullable=False),
        sa.Column('reason', sa.String(), nullable=False),
        sa.Column('on', sa.Date(), nullable=False),
        sa.Column('at', Instant(timezone=True), nullable=False),
        sa.Column('actor_id', sa.Integer(), nullable=True),
        sa.Column('said_by', sa.String(), nullable=False),
        sa.Column('link_id', sa.String(), nullable=False),
        sa.CheckConstraint("reason <> ''", name='score_ruling_reason'),
        sa.ForeignKeyConstraint(['actor_id'], ['official.id']),
        sa.ForeignKeyConstraint(['objection_id'], ['score_objection.id']),
        sa.PrimaryKeyConstraint('id'),
    )
    op.create_index('ix_score_ruling_objection_id', 'score_ruling', ['objection_id'])
    op.create_index('ix_score_ruling_link_id', 'score_ruling', ['link_id'])
    op.create_table(
        'pairing',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('topic', sa.String(), nullable=False),
        sa.Column('leader_id', sa.Integer(), nullable=False),
        sa.Column('subject', sa.String(), nullable=False),
        sa.Column('kind', sa.String(length=32), nullable=False),
        sa.Column('from_on', sa.Date(), nullable=False),
        sa.Column('remarks', sa.String(), nullable=False),
        sa.Column('on', sa.Date(), nullable=False),
        sa.Column('at', Instant(timezone=True), nullable=False),
        sa.Column('actor_id', sa.Integer(), nullable=True),
        sa.Column('said_by', sa.String(), nullable=False),
        sa.Column('link_id', sa.String(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('village', 'enterprise', 'household', 'unit')", name='pairing_kind'
        ),
        sa.CheckConstraint("topic <> '' AND subject <> ''", name='pairing_filled'),
        sa.ForeignKeyConstraint(['actor_id'], ['official.id']),
        sa.ForeignKeyConstraint(['leader_id'], ['official.id']),
        sa.PrimaryKeyConstraint('id'),
    )
    for column in ('topic', 'leader_id', 'link_id'):
        op.create_index(f'ix_pairing_{column}', 'pairing', [column])
    op.create_table(
        'pairing_end',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('pairing_id', sa.Integer(), nullable=False),
        sa.Column('until_on', sa.Date(), nullable=False),
        sa.Column('reason', sa.String(), nullable=False),
        sa.Column('on', sa.Date(), nullable=False),
        sa.Column('at', Instant(timezone=True), nullable=False),
        sa.Column('actor_id', sa.Integer(), nullable=True),
        sa.Column('said_by', sa.String(), nullable=False),
        sa.Column('link_id', sa.String(), nullable=False),
        sa.CheckConstraint("reason <> ''", name='pairing_end_reason'),
        sa.ForeignKeyConstraint(['actor_id'], ['official.id']),
        sa.ForeignKeyConstraint(['pairing_id'], ['pairing.id']),
        sa.PrimaryKeyConstraint('id'),
        sa.UniqueConstraint('pairing_id'),
    )
    op.create_index('ix_pairing_end_link_id', 'pairing_end', ['link_id'])
    # SQLite adds a column that points elsewhere only so; Alembic would copy the table.
    op.execute('ALTER TABLE duty_occurrence ADD COLUMN pairing_id INTEGER REFERENCES pairing (id)')
    op.create_index('ix_duty_occurrence_pairing_id', 'duty_occurrence', ['pairing_id'])


def downgrade() -> None:
    op.drop_index('ix_duty_occurrence_pairing_id', 'duty_occurrence')
    with op.batch_alter_table('duty_occurrence') as table:
        table.drop_column('pairing_id')
    op.drop_table('pairing_end')
    op.drop_table('pairing')
    for table in ('score_ruling', 'score_objection', 'score_move', 'score_sheet', 'score_scheme'):
        op.drop_table(table)

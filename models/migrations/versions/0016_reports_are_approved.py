"""reports are approved as postings are; series have versions; duties and series are history"""

import sqlalchemy as sa
from alembic import op

from models.columns import Instant

revision = '0016'
down_revision = '0015'
branch_labels = None
depends_on = None

WAS = "subject IN ('unit', 'official', 'calendar', 'policy', 'procedure', 'ledger')"
NOW = (
    "subject IN ('unit', 'official', 'calendar', 'policy', 'procedure', 'ledger', 'duty', 'series')"
)
WAITS = sa.text("state = 'draft'")


def upgrade() -> None:
    # On SQLite a table that moves point at cannot be written anew.
    op.execute(
        "ALTER TABLE posting_draft ADD COLUMN kind VARCHAR(32) DEFAULT 'posting' NOT NULL"
        " CONSTRAINT posting_kind CHECK (kind IN ('posting', 'progress'))"
    )
    op.drop_index('posting_draft_waits', 'posting_draft')
    op.create_index(
        'posting_draft_waits',
        'posting_draft',
        ['kind'],
        unique=True,
        sqlite_where=WAITS,
        postgresql_where=WAITS,
    )
    op.create_table(
        'series_version',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('series_id', sa.Integer(), nullable=False),
        sa.Column('n', sa.Integer(), nullable=False),
        sa.Column('source', sa.String(), nullable=False),
        sa.Column('reason', sa.String(), nullable=False),
        sa.Column('on', sa.Date(), nullable=False),
        sa.Column('at', Instant(timezone=True), nullable=False),
        sa.Column('said_by', sa.String(), nullable=False),
        sa.ForeignKeyConstraint(['series_id'], ['measurement_series.id']),
        sa.PrimaryKeyConstraint('id'),
        sa.UniqueConstraint('series_id', 'n', name='series_version_once'),
    )
    op.execute(
        'INSERT INTO series_version (series_id, n, source, reason, "on", at, said_by)'
        " SELECT id, 1, source, '', date(loaded_at), loaded_at, '' FROM measurement_series"
    )
    op.add_column(
        'measurement', sa.Column('version', sa.Integer(), server_default='1', nullable=False)
    )
    _rewrite(WAS, NOW)


def _rewrite(was: str, now: str) -> None:
    """The check on what a change is of. On SQLite as its own documentation has it for a check that
    is widened."""
    if op.get_bind().dialect.name == 'postgresql':
        op.drop_constraint('office_change_subject', 'office_change', type_='check')
        op.create_check_constraint('office_change_subject', 'office_change', now)
        return
    bind = op.get_bind()
    version = bind.execute(sa.text('PRAGMA schema_version')).scalar_one()
    bind.execute(sa.text('PRAGMA writable_schema = ON'))
    bind.execute(
        sa.text(
            'UPDATE sqlite_master SET sql = replace(sql, :was, :now)'
            " WHERE type = 'table' AND name = 'office_change'"
        ),
        {'was': was, 'now': now},
    )
    bind.execute(sa.text(f'PRAGMA schema_version = {version + 1}'))
    bind.execute(sa.text('PRAGMA writable_schema = OFF'))


def downgrade() -> None:
    """The wider check stays: what was written under it would break the narrower one."""
    op.drop_column('measurement', 'version')
    op.drop_table('series_version')
    op.drop_index('posting_draft_waits', 'posting_draft')
    reports = "SELECT id FROM posting_draft WHERE kind = 'progress'"
    op.execute(f'DELETE FROM posting_move WHERE draft_id IN ({reports})')
    op.execute("DELETE FROM posting_draft WHERE kind = 'progress'")
    op.drop_column('posting_draft', 'kind')
    op.create_index(
        'posting_draft_waits',
        'posting_draft',
        ['state'],
        unique=True,
        sqlite_where=WAITS,
        postgresql_where=WAITS,
    )

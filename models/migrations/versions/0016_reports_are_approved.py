"""reports are approved as postings are; series have versions; duties and series are history"""

import sqlalchemy as sa
from alembic import op

revision = '0016'
down_revision = '0013'
branch_labels = None
depends_on = None

WAS = "subject IN ('unit', 'official', 'calendar', 'policy', 'procedure', 'ledger')"
NOW = (
    "subject IN ('unit', 'official', 'calendar', 'policy', 'procedure', 'ledger', 'duty', 'series')"
)
WAITS = sa.text("state = 'draft'")


def upgrade() -> None:
    with op.batch_alter_table('posting_draft') as draft:
        draft.add_column(
            sa.Column('kind', sa.String(length=32), server_default='posting', nullable=False)
        )
        draft.create_check_constraint('posting_kind', "kind IN ('posting', 'progress')")
    op.drop_index('posting_draft_waits', 'posting_draft')
    op.create_index(
        'posting_draft_waits',
        'posting_draft',
        ['kind'],
        unique=True,
        sqlite_where=WAITS,
        postgresql_where=WAITS,
    )


def downgrade() -> None:
    op.drop_index('posting_draft_waits', 'posting_draft')
    with op.batch_alter_table('posting_draft') as draft:
        draft.drop_constraint('posting_kind', type_='check')
        draft.drop_column('kind')
    op.create_index(
        'posting_draft_waits',
        'posting_draft',
        ['state'],
        unique=True,
        sqlite_where=WAITS,
        postgresql_where=WAITS,
    )

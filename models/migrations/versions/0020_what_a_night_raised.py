"""what a night raised"""

import sqlalchemy as sa
from alembic import op

revision = '0020'
down_revision = '0019'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_index('transition_night', 'transition')
    op.create_index('transition_night', 'transition', ['night_id', 'event', 'target', 'task_id'])
    condition = sa.text('climbed_from IS NOT NULL')
    op.create_index(
        'receipt_climbed', 'receipt', ['given_on', 'notice_id'],
        sqlite_where=condition, postgresql_where=condition,
    )
    op.create_index('task_procedure', 'task', ['procedure_id', 'opened_on'])


def downgrade() -> None:
    op.drop_index('task_procedure', 'task')
    op.drop_index('receipt_climbed', 'receipt')
    op.drop_index('transition_night', 'transition')
    op.create_index('transition_night', 'transition', ['night_id', 'event'])

"""what is owed in one order"""

import sqlalchemy as sa
from alembic import op

revision = '0003'
down_revision = '0002'
branch_labels = None
depends_on = None

QUEUED = sa.text("state = 'queued'")


def upgrade() -> None:
    op.drop_index('message_owed', 'message')
    op.create_index('message_owed', 'message', ['next_at', 'id'], sqlite_where=QUEUED, postgresql_where=QUEUED)


def downgrade() -> None:
    op.drop_index('message_owed', 'message')
    op.create_index('message_owed', 'message', ['next_at'], sqlite_where=QUEUED, postgresql_where=QUEUED)

"""what a mail says stands apart"""

import sqlalchemy as sa
from alembic import op

revision = '0004'
down_revision = '0003'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        'message_body',
        sa.Column('message_id', sa.Integer(), nullable=False),
        sa.Column('text', sa.String(), nullable=False),
        sa.Column('html', sa.String(), nullable=False),
        sa.ForeignKeyConstraint(['message_id'], ['message.id']),
        sa.PrimaryKeyConstraint('message_id'),
    )
    op.execute('INSERT INTO message_body SELECT id, text, html FROM message')
    op.drop_column('message', 'text')
    op.drop_column('message', 'html')


def downgrade() -> None:
    op.add_column('message', sa.Column('text', sa.String(), nullable=False, server_default=''))
    op.add_column('message', sa.Column('html', sa.String(), nullable=False, server_default=''))
    for body in ('text', 'html'):
        op.execute(
            f'UPDATE message SET {body} ='
            f' (SELECT {body} FROM message_body WHERE message_id = message.id)'
        )
    op.drop_table('message_body')

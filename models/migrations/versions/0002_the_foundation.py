"""the foundation"""

import sqlalchemy as sa
from alembic import op

import models.columns

revision = '0002'
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('calendar_day',
    sa.Column('on', sa.Date(), nullable=False),
    sa.Column('working', sa.Boolean(), nullable=False),
    sa.Column('why', sa.String(), nullable=False),
    sa.Column('edited_at', models.columns.Instant(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('on')
    )
    op.create_table('calendar_year',
    sa.Column('year', sa.Integer(), nullable=False),
    sa.Column('confirmed_at', models.columns.Instant(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('year')
    )
    op.create_table('chain_link',
    sa.Column('id', sa.String(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('previous', sa.String(), nullable=False),
    sa.Column('rows', sa.String(), nullable=False),
    sa.Column('hash', sa.String(), nullable=False),
    sa.Column('at', models.columns.Instant(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('number')
    )
    op.create_table('night',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('on', sa.Date(), nullable=False),
    sa.Column('run_id', sa.String(), nullable=False),
    sa.Column('epoch', sa.Integer(), nullable=False),
    sa.Column('step', sa.Enum('claimed', 'swept', 'issued', 'composed', 'reported', 'closed', name='nightstep', native_enum=False, length=32), nullable=False),
    sa.Column('orchestrator', sa.String(), nullable=False),
    sa.Column('claimed_at', models.columns.Instant(timezone=True), nullable=False),
    sa.Column('closed_at', models.columns.Instant(timezone=True), nullable=True),
    sa.Column('scanned', sa.Integer(), nullable=False),
    sa.Column('result', sa.String(), nullable=False),
    sa.CheckConstraint("(step = 'closed') = (closed_at IS NOT NULL)", name='night_closed'),
    sa.CheckConstraint("step IN ('claimed', 'swept', 'issued', 'composed', 'reported', 'closed')", name='night_step'),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('on'),
    sa.UniqueConstraint('run_id')
    )
    op.create_table('packet',
    sa.Column('hash', sa.String(), nullable=False),
    sa.Column('shown', sa.String(), nullable=False),
    sa.PrimaryKeyConstraint('hash')
    )
    op.create_table('policy',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('version', sa.String(), nullable=False),
    sa.Column('title', sa.String(), nullable=False),
    sa.Column('source', sa.String(), nullable=False),
    sa.Column('loaded_at', models.columns.Instant(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('name', 'version', name='policy_version')
    )
    op.create_table('procedure',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('title', sa.String(), nullable=False),
    sa.Column('policy_name', sa.String(), nullable=False),
    sa.Column('restricted', sa.Boolean(), nullable=False),
    sa.Column('source', sa.String(), nullable=False),
    sa.Column('loaded_at', models.columns.Instant(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('name'),
    sa.UniqueConstraint('title')
    )
    op.create_table('relay_state',
    sa.Column('relay', sa.String(), nullable=False),
    sa.Column('domain', sa.String(), nullable=False),
    sa.Column('paused_until', models.columns.Instant(timezone=True), nullable=True),
    sa.Column('since', models.columns.Instant(timezone=True), nullable=True),
    sa.Column('failures', sa.Integer(), nullable=False),
    sa.Column('said', sa.String(), nullable=False),
    sa.PrimaryKeyConstraint('relay', 'domain')
    )
    op.create_table('suppression',
    sa.Column('address', sa.String(), nullable=False),
    sa.Column('reason', sa.String(), nullable=False),
    sa.Column('status', sa.String(), nullable=False),
    sa.Column('at', models.columns.Instant(timezone=True), nullable=False),
    sa.Column('until', models.columns.Instant(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('address')
    )
    op.create_table('unit',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('parent_id', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['parent_id'], ['unit.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('name')
    )
    op.create_table('watch_list',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('title', sa.String(), nullable=False),
    sa.Column('policy_name', sa.String(), nullable=False),
    sa.Column('source', sa.String(), nullable=False),
    sa.Column('loaded_at', models.columns.Instant(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('name'),
    sa.UniqueConstraint('title')
    )
    op.create_table('look_back_round',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('procedure_id', sa.Integer(), nullable=False),
    sa.Column('month', sa.String(), nullable=False),
    sa.Column('seed', sa.String(), nullable=False),
    sa.Column('eligible', sa.Integer(), nullable=False),
    sa.Column('packet', sa.String(), nullable=False),
    sa.Column('drawn_on', sa.Date(), nullable=False),
    sa.Column('at', models.columns.Instant(timezone=True), nullable=False),
    sa.Column('link_id', sa.String(), nullable=False),
    sa.ForeignKeyConstraint(['packet'], ['packet.hash'], ),
    sa.ForeignKeyConstraint(['procedure_id'], ['procedure.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('procedure_id', 'month', name='look_back_round_once')
    )
    with op.batch_alter_table('look_back_round', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_look_back_round_link_id'), ['link_id'], unique=False)

    op.create_table('official',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('unit_id', sa.Integer(), nullable=False),
    sa.Column('email', sa.String(), nullable=True),
    sa.Column('language', sa.String(), nullable=True),
    sa.ForeignKeyConstraint(['unit_id'], ['unit.id'], ),
    sa.PrimaryKeyConstraint('id')
    )
    with op.batch_alter_table('official', schema=None) as batch_op:
        batch_op.create_index('official_email', ['email'], unique=True)
        batch_op.create_index('official_name', ['unit_id', 'name'], unique=False)

    op.create_table('absence',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('official_id', sa.Integer(), nullable=False),
    sa.Column('deputy_id', sa.Integer(), nullable=False),
    sa.Column('from_on', sa.Date(), nullable=True),
    sa.Column('until_on', sa.Date(), nullable=True),
    sa.CheckConstraint('official_id <> deputy_id', name='absence_deputy'),
    sa.CheckConstraint('until_on IS NULL OR from_on IS NULL OR from_on <= until_on', name='absence_dates'),
    sa.ForeignKeyConstraint(['deputy_id'], ['official.id'], ),
    sa.ForeignKeyConstraint(['official_id'], ['official.id'], ),
    sa.PrimaryKeyConstraint('id')
    )
    with op.batch_alter_table('absence', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_absence_official_id'), ['official_id'], unique=False)

    op.create_table('message',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.Enum('digest', 'summary', 'receipt', 'code', 'alarm', 'referral', 'outcome', name='messagekind', native_enum=False, length=32), nullable=False),
    sa.Column('night_id', sa.Integer(), nullable=True),
    sa.Column('official_id', sa.Integer(), nullable=False),
    sa.Column('to_name', sa.String(), nullable=False),
    sa.Column('to_address', sa.String(), nullable=False),
    sa.Column('domain', sa.String(), nullable=False),
    sa.Column('message_id', sa.String(), nullable=False),
    sa.Column('boundary', sa.String(), nullable=False),
    sa.Column('urgent', sa.Boolean(), nullable=False),
    sa.Column('composed_at', models.columns.Instant(timezone=True), nullable=False),
    sa.Column('expires_at', models.columns.Instant(timezone=True), nullable=False),
    sa.Column('state', sa.Enum('queued', 'sent', 'dead', 'superseded', 'skipped', name='messagestate', native_enum=False, length=32), nullable=False),
    sa.Column('attempts', sa.Integer(), nullable=False),
    sa.Column('next_at', models.columns.Instant(timezone=True), nullable=False),
    sa.Column('lease_owner', sa.String(), nullable=True),
    sa.Column('lease_until', models.columns.Instant(timezone=True), nullable=True),
    sa.Column('possible_duplicate', sa.Boolean(), nullable=False),
    sa.Column('outcome', sa.String(), nullable=False),
    sa.Column('sent_at', models.columns.Instant(timezone=True), nullable=True),
    sa.Column('subject', sa.String(), nullable=False),
    sa.Column('text', sa.String(), nullable=False),
    sa.Column('html', sa.String(), nullable=False),
    sa.CheckConstraint("(state = 'sent') = (sent_at IS NOT NULL)", name='message_sent'),
    sa.CheckConstraint("kind IN ('digest', 'summary', 'receipt', 'code', 'alarm', 'referral', 'outcome')", name='message_kind'),
    sa.CheckConstraint("state IN ('queued', 'sent', 'dead', 'superseded', 'skipped')", name='message_state'),
    sa.ForeignKeyConstraint(['night_id'], ['night.id'], ),
    sa.ForeignKeyConstraint(['official_id'], ['official.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('message_id'),
    sa.UniqueConstraint('night_id', 'official_id', 'kind', name='message_once_a_night')
    )
    with op.batch_alter_table('message', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_message_official_id'), ['official_id'], unique=False)
        batch_op.create_index('message_dead', ['id'], unique=False, sqlite_where=sa.text("state = 'dead'"), postgresql_where=sa.text("state = 'dead'"))
        batch_op.create_index('message_outcome', ['official_id', 'id'], unique=False, sqlite_where=sa.text("state IN ('dead', 'sent')"), postgresql_where=sa.text("state IN ('dead', 'sent')"))
        batch_op.create_index('message_owed', ['next_at'], unique=False, sqlite_where=sa.text("state = 'queued'"), postgresql_where=sa.text("state = 'queued'"))

    op.create_table('post',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('official_id', sa.Integer(), nullable=False),
    sa.Column('unit_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.Enum('handler', 'unit_head', 'supervising_leader', 'reviewer', 'office', 'commission_head', 'administrator', name='postkind', native_enum=False, length=32), nullable=False),
    sa.Column('from_on', sa.Date(), nullable=True),
    sa.Column('until_on', sa.Date(), nullable=True),
    sa.CheckConstraint("kind IN ('handler', 'unit_head', 'supervising_leader', 'reviewer', 'office', 'commission_head', 'administrator')", name='post_kind'),
    sa.CheckConstraint('until_on IS NULL OR from_on IS NULL OR from_on <= until_on', name='post_dates'),
    sa.ForeignKeyConstraint(['official_id'], ['official.id'], ),
    sa.ForeignKeyConstraint(['unit_id'], ['unit.id'], ),
    sa.PrimaryKeyConstraint('id')
    )
    with op.batch_alter_table('post', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_post_unit_id'), ['unit_id'], unique=False)

    op.create_table('sign_in_link',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('official_id', sa.Integer(), nullable=False),
    sa.Column('token_hash', sa.String(), nullable=False),
    sa.Column('expires_at', models.columns.Instant(timezone=True), nullable=False),
    sa.Column('used_at', models.columns.Instant(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['official_id'], ['official.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('token_hash')
    )
    op.create_table('task',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('number', sa.String(), nullable=False),
    sa.Column('title', sa.String(), nullable=False),
    sa.Column('procedure_id', sa.Integer(), nullable=False),
    sa.Column('policy_id', sa.Integer(), nullable=False),
    sa.Column('unit_id', sa.Integer(), nullable=False),
    sa.Column('handler_id', sa.Integer(), nullable=True),
    sa.Column('supervising_leader_id', sa.Integer(), nullable=True),
    sa.Column('lead_unit_id', sa.Integer(), nullable=True),
    sa.Column('supporting_units', sa.String(), nullable=False),
    sa.Column('goal', sa.String(), nullable=False),
    sa.Column('track', sa.Enum('immediate', 'deadline', 'long_term', name='track', native_enum=False, length=32), nullable=False),
    sa.Column('lists', sa.String(), nullable=False),
    sa.Column('restricted', sa.Boolean(), nullable=False),
    sa.Column('remarks', sa.String(), nullable=False),
    sa.Column('opened_on', sa.Date(), nullable=False),
    sa.Column('begun_on', sa.Date(), nullable=False),
    sa.Column('due_on', sa.Date(), nullable=True),
    sa.Column('original_due_on', sa.Date(), nullable=True),
    sa.Column('stage_on', sa.Date(), nullable=False),
    sa.Column('reported_on', sa.Date(), nullable=False),
    sa.Column('state', sa.Enum('assigned', 'objected', 'in_progress', 'under_review', 'suspended', 'long_term', 'signed_off', 'confirmed', 'withdrawn', name='taskstate', native_enum=False, length=32), nullable=False),
    sa.Column('level', sa.Integer(), nullable=True),
    sa.Column('cycle', sa.Integer(), server_default='1', nullable=False),
    sa.Column('review_every', sa.String(), server_default='', nullable=False),
    sa.Column('colour', sa.Enum('green', 'blue', 'yellow', 'orange', 'red', name='colour', native_enum=False, length=32), nullable=False),
    sa.Column('created_at', models.columns.Instant(timezone=True), nullable=False),
    sa.CheckConstraint("(state = 'under_review') = (level IS NOT NULL)", name='task_level'),
    sa.CheckConstraint("colour IN ('green', 'blue', 'yellow', 'orange', 'red')", name='task_colour'),
    sa.CheckConstraint("due_on IS NOT NULL OR track = 'long_term'", name='task_has_due'),
    sa.CheckConstraint("state IN ('assigned', 'objected', 'in_progress', 'under_review', 'suspended', 'long_term', 'signed_off', 'confirmed', 'withdrawn')", name='task_state'),
    sa.CheckConstraint("state NOT IN ('signed_off', 'confirmed', 'withdrawn') OR colour = 'green'", name='task_closed_is_green'),
    sa.CheckConstraint("track IN ('immediate', 'deadline', 'long_term')", name='task_track'),
    sa.CheckConstraint('cycle > 1 OR begun_on = opened_on', name='task_begun'),
    sa.CheckConstraint('due_on IS NULL OR due_on >= opened_on', name='task_due'),
    sa.ForeignKeyConstraint(['handler_id'], ['official.id'], ),
    sa.ForeignKeyConstraint(['lead_unit_id'], ['unit.id'], ),
    sa.ForeignKeyConstraint(['policy_id'], ['policy.id'], ),
    sa.ForeignKeyConstraint(['procedure_id'], ['procedure.id'], ),
    sa.ForeignKeyConstraint(['supervising_leader_id'], ['official.id'], ),
    sa.ForeignKeyConstraint(['unit_id'], ['unit.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('number')
    )
    with op.batch_alter_table('task', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_task_handler_id'), ['handler_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_task_unit_id'), ['unit_id'], unique=False)
        batch_op.create_index('task_due_on_clock', ['policy_id', 'colour', 'due_on'], unique=False, sqlite_where=sa.text("state IN ('assigned', 'in_progress', 'long_term')"), postgresql_where=sa.text("state IN ('assigned', 'in_progress', 'long_term')"))
        batch_op.create_index('task_begun_on_clock', ['policy_id', 'colour', 'begun_on'], unique=False, sqlite_where=sa.text("state IN ('assigned', 'in_progress', 'long_term')"), postgresql_where=sa.text("state IN ('assigned', 'in_progress', 'long_term')"))
        batch_op.create_index('task_reported_on_clock', ['policy_id', 'colour', 'reported_on'], unique=False, sqlite_where=sa.text("state IN ('assigned', 'in_progress', 'long_term')"), postgresql_where=sa.text("state IN ('assigned', 'in_progress', 'long_term')"))
        batch_op.create_index('task_suspended', ['id'], unique=False, sqlite_where=sa.text("state = 'suspended'"), postgresql_where=sa.text("state = 'suspended'"))
        batch_op.create_index('task_stage_on_clock', ['policy_id', 'colour', 'stage_on'], unique=False, sqlite_where=sa.text("state IN ('assigned', 'in_progress', 'long_term')"), postgresql_where=sa.text("state IN ('assigned', 'in_progress', 'long_term')"))

    op.create_table('application',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('task_id', sa.Integer(), nullable=False),
    sa.Column('cycle', sa.Integer(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('state', sa.Enum('draft', 'open', 'returned', 'recalled', 'granted', 'lapsed', name='applicationstate', native_enum=False, length=32), nullable=False),
    sa.Column('summary', sa.String(), nullable=False),
    sa.Column('rules', sa.String(), nullable=False),
    sa.Column('accountability', sa.String(), nullable=False),
    sa.Column('money_returned', sa.BigInteger(), nullable=False),
    sa.Column('paper_signed_by', sa.String(), nullable=False),
    sa.Column('paper_signed_on', sa.Date(), nullable=True),
    sa.Column('applied_by_id', sa.Integer(), nullable=False),
    sa.Column('said_by', sa.String(), nullable=False),
    sa.Column('assurance', sa.String(), nullable=False),
    sa.Column('applied_on', sa.Date(), nullable=True),
    sa.Column('applied_at', models.columns.Instant(timezone=True), nullable=True),
    sa.Column('packet', sa.String(), nullable=True),
    sa.CheckConstraint("(paper_signed_by = '') = (paper_signed_on IS NULL)", name='application_paper'),
    sa.CheckConstraint("(state = 'draft') = (packet IS NULL)", name='application_packet'),
    sa.CheckConstraint("state IN ('draft', 'open', 'returned', 'recalled', 'granted', 'lapsed')", name='application_state'),
    sa.CheckConstraint('(packet IS NULL) = (applied_at IS NULL)', name='application_applied'),
    sa.CheckConstraint('money_returned >= 0', name='application_money'),
    sa.ForeignKeyConstraint(['applied_by_id'], ['official.id'], ),
    sa.ForeignKeyConstraint(['packet'], ['packet.hash'], ),
    sa.ForeignKeyConstraint(['task_id'], ['task.id'], ),
    sa.PrimaryKeyConstraint('id')
    )
    with op.batch_alter_table('application', schema=None) as batch_op:
        batch_op.create_index('application_present', ['task_id'], unique=True, sqlite_where=sa.text("state IN ('draft', 'open')"), postgresql_where=sa.text("state IN ('draft', 'open')"))
        batch_op.create_index(batch_op.f('ix_application_task_id'), ['task_id'], unique=False)

    op.create_table('bounce',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('message_id', sa.Integer(), nullable=False),
    sa.Column('address', sa.String(), nullable=False),
    sa.Column('kind', sa.Enum('hard', 'soft', 'away', name='bouncekind', native_enum=False, length=32), nullable=False),
    sa.Column('status', sa.String(), nullable=False),
    sa.Column('said', sa.String(), nullable=False),
    sa.Column('their_id', sa.String(), nullable=False),
    sa.Column('at', models.columns.Instant(timezone=True), nullable=False),
    sa.CheckConstraint("kind IN ('hard', 'soft', 'away')", name='bounce_kind'),
    sa.ForeignKeyConstraint(['message_id'], ['message.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('their_id')
    )
    with op.batch_alter_table('bounce', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_bounce_message_id'), ['message_id'], unique=False)

    op.create_table('change_request',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('task_id', sa.Integer(), nullable=False),
    sa.Column('cycle', sa.Integer(), nullable=False),
    sa.Column('kind', sa.Enum('extension', 'suspension', 'long_term', 'end_long_term', 'review', 'objection', name='requestkind', native_enum=False, length=32), nullable=False),
    sa.Column('state', sa.Enum('asked', 'granted', 'refused', 'withdrawn', 'lapsed', name='requeststate', native_enum=False, length=32), nullable=False),
    sa.Column('reason', sa.String(), nullable=False),
    sa.Column('legal_basis', sa.String(), nullable=False),
    sa.Column('until_on', sa.Date(), nullable=True),
    sa.Column('review_every', sa.String(), nullable=False),
    sa.Column('asked_by_id', sa.Integer(), nullable=False),
    sa.Column('said_by', sa.String(), nullable=False),
    sa.Column('assurance', sa.String(), nullable=False),
    sa.Column('asked_on', sa.Date(), nullable=False),
    sa.Column('asked_at', models.columns.Instant(timezone=True), nullable=False),
    sa.Column('packet', sa.String(), nullable=False),
    sa.CheckConstraint("kind IN ('extension', 'suspension', 'long_term', 'end_long_term', 'review', 'objection')", name='change_request_kind'),
    sa.CheckConstraint("kind IN ('objection') OR until_on IS NOT NULL", name='change_request_until'),
    sa.CheckConstraint("state IN ('asked', 'granted', 'refused', 'withdrawn', 'lapsed')", name='change_request_state'),
    sa.ForeignKeyConstraint(['asked_by_id'], ['official.id'], ),
    sa.ForeignKeyConstraint(['packet'], ['packet.hash'], ),
    sa.ForeignKeyConstraint(['task_id'], ['task.id'], ),
    sa.PrimaryKeyConstraint('id')
    )
    with op.batch_alter_table('change_request', schema=None) as batch_op:
        batch_op.create_index('change_request_asked', ['task_id'], unique=True, sqlite_where=sa.text("state = 'asked'"), postgresql_where=sa.text("state = 'asked'"))
        batch_op.create_index(batch_op.f('ix_change_request_task_id'), ['task_id'], unique=False)

    op.create_table('deadline_change',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('task_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('previous_due_on', sa.Date(), nullable=True),
    sa.Column('due_on', sa.Date(), nullable=True),
    sa.Column('reason', sa.String(), nullable=False),
    sa.Column('legal_basis', sa.String(), nullable=False),
    sa.Column('on', sa.Date(), nullable=False),
    sa.Column('at', models.columns.Instant(timezone=True), nullable=False),
    sa.Column('actor_id', sa.Integer(), nullable=True),
    sa.Column('link_id', sa.String(), nullable=False),
    sa.CheckConstraint("kind IN ('opened', 'imported', 'extension', 'suspension', 'return', 'review', 'end_long_term', 'reopened', 'reassigned')", name='deadline_change_kind'),
    sa.ForeignKeyConstraint(['actor_id'], ['official.id'], ),
    sa.ForeignKeyConstraint(['task_id'], ['task.id'], ),
    sa.PrimaryKeyConstraint('id')
    )
    with op.batch_alter_table('deadline_change', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_deadline_change_link_id'), ['link_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_deadline_change_task_id'), ['task_id'], unique=False)

    op.create_table('exclusion',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('task_id', sa.Integer(), nullable=False),
    sa.Column('official_id', sa.Integer(), nullable=True),
    sa.Column('unit_id', sa.Integer(), nullable=True),
    sa.Column('reason', sa.String(), nullable=False),
    sa.Column('from_on', sa.Date(), nullable=False),
    sa.Column('until_on', sa.Date(), nullable=True),
    sa.Column('by_id', sa.Integer(), nullable=True),
    sa.Column('at', models.columns.Instant(timezone=True), nullable=False),
    sa.Column('ended_by_id', sa.Integer(), nullable=True),
    sa.Column('ended_because', sa.String(), nullable=False),
    sa.CheckConstraint('(official_id IS NULL) <> (unit_id IS NULL)', name='exclusion_whom'),
    sa.CheckConstraint('until_on IS NULL OR from_on <= until_on', name='exclusion_dates'),
    sa.ForeignKeyConstraint(['by_id'], ['official.id'], ),
    sa.ForeignKeyConstraint(['ended_by_id'], ['official.id'], ),
    sa.ForeignKeyConstraint(['official_id'], ['official.id'], ),
    sa.ForeignKeyConstraint(['task_id'], ['task.id'], ),
    sa.ForeignKeyConstraint(['unit_id'], ['unit.id'], ),
    sa.PrimaryKeyConstraint('id')
    )
    with op.batch_alter_table('exclusion', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_exclusion_task_id'), ['task_id'], unique=False)

    op.create_table('figure',
    sa.Column('id', sa.String(), nullable=False),
    sa.Column('task_id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('value', sa.String(), nullable=False),
    sa.Column('unit', sa.String(), nullable=False),
    sa.Column('words', sa.String(), nullable=False),
    sa.Column('as_of', sa.String(), nullable=False),
    sa.ForeignKeyConstraint(['task_id'], ['task.id'], ),
    sa.PrimaryKeyConstraint('id')
    )
    with op.batch_alter_table('figure', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_figure_task_id'), ['task_id'], unique=False)

    op.create_table('list_membership',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('task_id', sa.Integer(), nullable=False),
    sa.Column('list_id', sa.Integer(), nullable=False),
    sa.Column('leader_id', sa.Integer(), nullable=True),
    sa.Column('policy_id', sa.Integer(), nullable=False),
    sa.Column('list_policy_id', sa.Integer(), nullable=True),
    sa.Column('reason', sa.String(), nullable=False),
    sa.Column('from_on', sa.Date(), nullable=False),
    sa.Column('until_on', sa.Date(), nullable=True),
    sa.Column('left_because', sa.String(), nullable=False),
    sa.CheckConstraint("(until_on IS NULL) = (left_because = '')", name='list_membership_left'),
    sa.CheckConstraint('until_on IS NULL OR from_on <= until_on', name='list_membership_dates'),
    sa.ForeignKeyConstraint(['leader_id'], ['official.id'], ),
    sa.ForeignKeyConstraint(['list_id'], ['watch_list.id'], ),
    sa.ForeignKeyConstraint(['list_policy_id'], ['policy.id'], ),
    sa.ForeignKeyConstraint(['policy_id'], ['policy.id'], ),
    sa.ForeignKeyConstraint(['task_id'], ['task.id'], ),
    sa.PrimaryKeyConstraint('id')
    )
    with op.batch_alter_table('list_membership', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_list_membership_list_id'), ['list_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_list_membership_task_id'), ['task_id'], unique=False)
        batch_op.create_index('list_membership_present', ['task_id', 'list_id'], unique=True, sqlite_where=sa.text('until_on IS NULL'), postgresql_where=sa.text('until_on IS NULL'))

    op.create_table('look_back',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('task_id', sa.Integer(), nullable=False),
    sa.Column('cycle', sa.Integer(), nullable=False),
    sa.Column('nth', sa.Integer(), nullable=False),
    sa.Column('last', sa.Boolean(), nullable=False),
    sa.Column('round_id', sa.Integer(), nullable=True),
    sa.Column('planned_on', sa.Date(), nullable=False),
    sa.Column('check_by', sa.Date(), nullable=False),
    sa.Column('packet', sa.String(), nullable=False),
    sa.Column('decided_on', sa.Date(), nullable=True),
    sa.CheckConstraint('check_by >= planned_on', name='look_back_dates'),
    sa.ForeignKeyConstraint(['packet'], ['packet.hash'], ),
    sa.ForeignKeyConstraint(['round_id'], ['look_back_round.id'], ),
    sa.ForeignKeyConstraint(['task_id'], ['task.id'], ),
    sa.PrimaryKeyConstraint('id')
    )
    with op.batch_alter_table('look_back', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_look_back_round_id'), ['round_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_look_back_task_id'), ['task_id'], unique=False)
        batch_op.create_index('look_back_planned', ['task_id'], unique=True, sqlite_where=sa.text('decided_on IS NULL'), postgresql_where=sa.text('decided_on IS NULL'))

    op.create_table('measure',
    sa.Column('task_id', sa.Integer(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('text', sa.String(), nullable=False),
    sa.ForeignKeyConstraint(['task_id'], ['task.id'], ),
    sa.PrimaryKeyConstraint('task_id', 'position')
    )
    op.create_table('message_attempt',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('message_id', sa.Integer(), nullable=False),
    sa.Column('n', sa.Integer(), nullable=False),
    sa.Column('began_at', models.columns.Instant(timezone=True), nullable=False),
    sa.Column('ended_at', models.columns.Instant(timezone=True), nullable=False),
    sa.Column('outcome', sa.String(), nullable=False),
    sa.Column('said', sa.String(), nullable=False),
    sa.Column('worker', sa.String(), nullable=False),
    sa.Column('relay', sa.String(), nullable=False),
    sa.Column('domain', sa.String(), nullable=False),
    sa.CheckConstraint("outcome IN ('sent', 'retry', 'unknown', 'reject', 'config')", name='attempt_outcome'),
    sa.ForeignKeyConstraint(['message_id'], ['message.id'], ),
    sa.PrimaryKeyConstraint('id')
    )
    with op.batch_alter_table('message_attempt', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_message_attempt_message_id'), ['message_id'], unique=False)
        batch_op.create_index('message_attempt_rate', ['relay', 'began_at'], unique=False)

    op.create_table('milestone',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('task_id', sa.Integer(), nullable=False),
    sa.Column('title', sa.String(), nullable=False),
    sa.Column('due_on', sa.Date(), nullable=False),
    sa.Column('done_on', sa.Date(), nullable=True),
    sa.ForeignKeyConstraint(['task_id'], ['task.id'], ),
    sa.PrimaryKeyConstraint('id')
    )
    with op.batch_alter_table('milestone', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_milestone_task_id'), ['task_id'], unique=False)

    op.create_table('reassignment',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('task_id', sa.Integer(), nullable=False),
    sa.Column('from_unit_id', sa.Integer(), nullable=False),
    sa.Column('to_unit_id', sa.Integer(), nullable=False),
    sa.Column('from_handler_id', sa.Integer(), nullable=True),
    sa.Column('to_handler_id', sa.Integer(), nullable=True),
    sa.Column('reason', sa.String(), nullable=False),
    sa.Column('on', sa.Date(), nullable=False),
    sa.Column('at', models.columns.Instant(timezone=True), nullable=False),
    sa.Column('actor_id', sa.Integer(), nullable=True),
    sa.Column('link_id', sa.String(), nullable=False),
    sa.ForeignKeyConstraint(['actor_id'], ['official.id'], ),
    sa.ForeignKeyConstraint(['from_handler_id'], ['official.id'], ),
    sa.ForeignKeyConstraint(['from_unit_id'], ['unit.id'], ),
    sa.ForeignKeyConstraint(['task_id'], ['task.id'], ),
    sa.ForeignKeyConstraint(['to_handler_id'], ['official.id'], ),
    sa.ForeignKeyConstraint(['to_unit_id'], ['unit.id'], ),
    sa.PrimaryKeyConstraint('id')
    )
    with op.batch_alter_table('reassignment', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_reassignment_link_id'), ['link_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_reassignment_task_id'), ['task_id'], unique=False)

    op.create_table('reminder',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('task_id', sa.Integer(), nullable=False),
    sa.Column('official_id', sa.Integer(), nullable=False),
    sa.Column('night_id', sa.Integer(), nullable=False),
    sa.Column('clock', sa.String(), nullable=False),
    sa.Column('anchor', sa.Date(), nullable=False),
    sa.Column('entry', sa.String(), nullable=False),
    sa.ForeignKeyConstraint(['night_id'], ['night.id'], ),
    sa.ForeignKeyConstraint(['official_id'], ['official.id'], ),
    sa.ForeignKeyConstraint(['task_id'], ['task.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('task_id', 'official_id', 'anchor', 'entry', name='reminder_once')
    )
    with op.batch_alter_table('reminder', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_reminder_night_id'), ['night_id'], unique=False)

    op.create_table('evidence',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('application_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.Enum('evidence', 'signature', 'decision', name='evidencekind', native_enum=False, length=32), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('media_type', sa.String(), nullable=False),
    sa.Column('size', sa.Integer(), nullable=False),
    sa.Column('sha256', sa.String(), nullable=False),
    sa.Column('added_by_id', sa.Integer(), nullable=False),
    sa.Column('added_at', models.columns.Instant(timezone=True), nullable=False),
    sa.Column('removed_at', models.columns.Instant(timezone=True), nullable=True),
    sa.CheckConstraint("kind IN ('evidence', 'signature', 'decision')", name='evidence_kind'),
    sa.CheckConstraint('size > 0', name='evidence_size'),
    sa.ForeignKeyConstraint(['added_by_id'], ['official.id'], ),
    sa.ForeignKeyConstraint(['application_id'], ['application.id'], ),
    sa.PrimaryKeyConstraint('id')
    )
    with op.batch_alter_table('evidence', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_evidence_application_id'), ['application_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_evidence_sha256'), ['sha256'], unique=False)

    op.create_table('look_back_point',
    sa.Column('look_back_id', sa.Integer(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('asked', sa.String(), nullable=False),
    sa.Column('met', sa.Boolean(), nullable=False),
    sa.Column('remark', sa.String(), nullable=False),
    sa.ForeignKeyConstraint(['look_back_id'], ['look_back.id'], ),
    sa.PrimaryKeyConstraint('look_back_id', 'position')
    )
    op.create_table('measure_done',
    sa.Column('application_id', sa.Integer(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('done', sa.String(), nullable=False),
    sa.ForeignKeyConstraint(['application_id'], ['application.id'], ),
    sa.PrimaryKeyConstraint('application_id', 'position')
    )
    op.create_table('referral',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('task_id', sa.Integer(), nullable=False),
    sa.Column('application_id', sa.Integer(), nullable=True),
    sa.Column('request_id', sa.Integer(), nullable=True),
    sa.Column('look_back_id', sa.Integer(), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('level', sa.Integer(), nullable=True),
    sa.Column('official_id', sa.Integer(), nullable=False),
    sa.Column('capacity', sa.Enum('handler', 'unit_head', 'supervising_leader', 'reviewer', 'office', 'commission_head', 'administrator', name='postkind', native_enum=False, length=32), nullable=False),
    sa.Column('stands_for_id', sa.Integer(), nullable=True),
    sa.Column('climbed_from', sa.Enum('handler', 'unit_head', 'supervising_leader', 'reviewer', 'office', 'commission_head', 'administrator', name='postkind', native_enum=False, length=32), nullable=True),
    sa.Column('named_by_id', sa.Integer(), nullable=True),
    sa.Column('named_because', sa.String(), nullable=False),
    sa.Column('given_on', sa.Date(), nullable=False),
    sa.Column('decide_by', sa.Date(), nullable=False),
    sa.Column('state', sa.Enum('open', 'decided', 'overtaken', 'void', name='referralstate', native_enum=False, length=32), nullable=False),
    sa.Column('closed_at', models.columns.Instant(timezone=True), nullable=True),
    sa.CheckConstraint("(state = 'open') = (closed_at IS NULL)", name='referral_closed'),
    sa.CheckConstraint("capacity IN ('handler', 'unit_head', 'supervising_leader', 'reviewer', 'office', 'commission_head', 'administrator')", name='referral_capacity'),
    sa.CheckConstraint("state IN ('open', 'decided', 'overtaken', 'void')", name='referral_state'),
    sa.CheckConstraint('(CASE WHEN application_id IS NULL THEN 0 ELSE 1 END) + (CASE WHEN request_id IS NULL THEN 0 ELSE 1 END) + (CASE WHEN look_back_id IS NULL THEN 0 ELSE 1 END) = 1', name='referral_one_matter'),
    sa.CheckConstraint('(application_id IS NULL) = (level IS NULL)', name='referral_level'),
    sa.CheckConstraint('decide_by >= given_on', name='referral_dates'),
    sa.ForeignKeyConstraint(['application_id'], ['application.id'], ),
    sa.ForeignKeyConstraint(['look_back_id'], ['look_back.id'], ),
    sa.ForeignKeyConstraint(['named_by_id'], ['official.id'], ),
    sa.ForeignKeyConstraint(['official_id'], ['official.id'], ),
    sa.ForeignKeyConstraint(['request_id'], ['change_request.id'], ),
    sa.ForeignKeyConstraint(['stands_for_id'], ['official.id'], ),
    sa.ForeignKeyConstraint(['task_id'], ['task.id'], ),
    sa.PrimaryKeyConstraint('id')
    )
    with op.batch_alter_table('referral', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_referral_application_id'), ['application_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_referral_look_back_id'), ['look_back_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_referral_official_id'), ['official_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_referral_request_id'), ['request_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_referral_task_id'), ['task_id'], unique=False)
        batch_op.create_index('referral_open', ['decide_by'], unique=False, sqlite_where=sa.text("state = 'open'"), postgresql_where=sa.text("state = 'open'"))

    op.create_table('transition',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('machine', sa.String(), nullable=False),
    sa.Column('task_id', sa.Integer(), nullable=False),
    sa.Column('notice_id', sa.Integer(), nullable=True),
    sa.Column('request_id', sa.Integer(), nullable=True),
    sa.Column('event', sa.String(), nullable=False),
    sa.Column('source', sa.String(), nullable=False),
    sa.Column('target', sa.String(), nullable=False),
    sa.Column('on', sa.Date(), nullable=False),
    sa.Column('at', models.columns.Instant(timezone=True), nullable=False),
    sa.Column('night_id', sa.Integer(), nullable=True),
    sa.Column('actor_id', sa.Integer(), nullable=True),
    sa.Column('said_by', sa.String(), server_default='', nullable=False),
    sa.Column('assurance', sa.String(), server_default='', nullable=False),
    sa.Column('cause', sa.String(), server_default='', nullable=False),
    sa.Column('passed', sa.String(), server_default='', nullable=False),
    sa.Column('reason', sa.String(), server_default='', nullable=False),
    sa.Column('link_id', sa.String(), nullable=False),
    sa.CheckConstraint("machine IN ('warning', 'notice', 'sign-off', 'request')", name='transition_machine'),
    sa.CheckConstraint("source <> target OR event IN ('approve', 'ask', 'amend', 'reassign')", name='transition_moves'),
    sa.ForeignKeyConstraint(['actor_id'], ['official.id'], ),
    sa.ForeignKeyConstraint(['night_id'], ['night.id'], ),
    sa.ForeignKeyConstraint(['request_id'], ['change_request.id'], ),
    sa.ForeignKeyConstraint(['task_id'], ['task.id'], ),
    sa.PrimaryKeyConstraint('id')
    )
    with op.batch_alter_table('transition', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_transition_request_id'), ['request_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_transition_task_id'), ['task_id'], unique=False)
        batch_op.create_index('transition_decided', ['at'], unique=False, sqlite_where=sa.text("machine IN ('sign-off', 'request')"), postgresql_where=sa.text("machine IN ('sign-off', 'request')"))
        batch_op.create_index('transition_link', ['link_id'], unique=False)
        batch_op.create_index('transition_night', ['night_id', 'event'], unique=False)
        batch_op.create_index('transition_once_a_night', ['night_id', 'task_id'], unique=True, sqlite_where=sa.text("machine = 'warning' AND event = 'escalate'"), postgresql_where=sa.text("machine = 'warning' AND event = 'escalate'"))
        batch_op.create_index('transition_signed_off', ['on'], unique=False, sqlite_where=sa.text("event = 'sign_off'"), postgresql_where=sa.text("event = 'sign_off'"))
        batch_op.create_index('transition_relieved', ['at'], unique=False, sqlite_where=sa.text("event = 'relieve'"), postgresql_where=sa.text("event = 'relieve'"))

    op.create_table('visible_shown',
    sa.Column('application_id', sa.Integer(), nullable=False),
    sa.Column('visible', sa.Enum('persons', 'facts', 'list', 'result', 'accountability', 'rules', name='sixvisible', native_enum=False, length=32), nullable=False),
    sa.Column('shown', sa.String(), nullable=False),
    sa.Column('not_applicable_because', sa.String(), nullable=False),
    sa.CheckConstraint("(shown = '') <> (not_applicable_because = '')", name='visible_shown_one'),
    sa.CheckConstraint("visible IN ('persons', 'facts', 'list', 'result', 'accountability', 'rules')", name='visible_shown_of_six'),
    sa.ForeignKeyConstraint(['application_id'], ['application.id'], ),
    sa.PrimaryKeyConstraint('application_id', 'visible')
    )
    op.create_table('chase',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('referral_id', sa.Integer(), nullable=False),
    sa.Column('official_id', sa.Integer(), nullable=False),
    sa.Column('superior', sa.Boolean(), nullable=False),
    sa.Column('night_id', sa.Integer(), nullable=False),
    sa.Column('on', sa.Date(), nullable=False),
    sa.ForeignKeyConstraint(['night_id'], ['night.id'], ),
    sa.ForeignKeyConstraint(['official_id'], ['official.id'], ),
    sa.ForeignKeyConstraint(['referral_id'], ['referral.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('referral_id', 'official_id', 'night_id', name='chase_once_a_night')
    )
    with op.batch_alter_table('chase', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_chase_night_id'), ['night_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_chase_referral_id'), ['referral_id'], unique=False)

    op.create_table('decision',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('task_id', sa.Integer(), nullable=False),
    sa.Column('referral_id', sa.Integer(), nullable=False),
    sa.Column('verdict', sa.Enum('approve', 'return', 'ask', 'grant', 'refuse', 'solid', 'recurred', 'sham', 'falls_short', name='verdict', native_enum=False, length=32), nullable=False),
    sa.Column('official_id', sa.Integer(), nullable=False),
    sa.Column('said_by', sa.String(), nullable=False),
    sa.Column('assurance', sa.String(), nullable=False),
    sa.Column('reason', sa.String(), nullable=False),
    sa.Column('requirement', sa.String(), nullable=False),
    sa.Column('packet', sa.String(), nullable=False),
    sa.Column('paper_signed_on', sa.Date(), nullable=True),
    sa.Column('scan_id', sa.Integer(), nullable=True),
    sa.Column('recorded_by_id', sa.Integer(), nullable=True),
    sa.Column('on', sa.Date(), nullable=False),
    sa.Column('at', models.columns.Instant(timezone=True), nullable=False),
    sa.Column('link_id', sa.String(), nullable=False),
    sa.CheckConstraint("verdict IN ('approve', 'grant', 'solid') OR reason <> ''", name='decision_reason'),
    sa.CheckConstraint("verdict IN ('approve', 'return', 'ask', 'grant', 'refuse', 'solid', 'recurred', 'sham', 'falls_short')", name='decision_verdict'),
    sa.CheckConstraint('(paper_signed_on IS NULL) = (recorded_by_id IS NULL)', name='decision_paper'),
    sa.ForeignKeyConstraint(['official_id'], ['official.id'], ),
    sa.ForeignKeyConstraint(['packet'], ['packet.hash'], ),
    sa.ForeignKeyConstraint(['recorded_by_id'], ['official.id'], ),
    sa.ForeignKeyConstraint(['referral_id'], ['referral.id'], ),
    sa.ForeignKeyConstraint(['scan_id'], ['evidence.id'], ),
    sa.ForeignKeyConstraint(['task_id'], ['task.id'], ),
    sa.PrimaryKeyConstraint('id')
    )
    with op.batch_alter_table('decision', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_decision_link_id'), ['link_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_decision_referral_id'), ['referral_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_decision_task_id'), ['task_id'], unique=False)

    op.create_table('notice',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('transition_id', sa.Integer(), nullable=False),
    sa.Column('task_id', sa.Integer(), nullable=False),
    sa.Column('policy_name', sa.String(), nullable=False),
    sa.Column('year', sa.Integer(), nullable=False),
    sa.Column('sequence', sa.Integer(), nullable=False),
    sa.Column('number', sa.String(), nullable=False),
    sa.Column('colour', sa.Enum('green', 'blue', 'yellow', 'orange', 'red', name='colour', native_enum=False, length=32), nullable=False),
    sa.Column('state', sa.Enum('issued', 'acknowledged', 'answered', 'lifted', 'superseded', name='noticestate', native_enum=False, length=32), nullable=False),
    sa.Column('issued_on', sa.Date(), nullable=False),
    sa.Column('acknowledge_by', sa.Date(), nullable=True),
    sa.Column('answer_by', sa.Date(), nullable=True),
    sa.CheckConstraint("colour <> 'green'", name='notice_is_a_warning'),
    sa.CheckConstraint("colour IN ('green', 'blue', 'yellow', 'orange', 'red')", name='notice_colour'),
    sa.CheckConstraint("state IN ('issued', 'acknowledged', 'answered', 'lifted', 'superseded')", name='notice_state'),
    sa.CheckConstraint('acknowledge_by >= issued_on AND answer_by >= issued_on', name='notice_dates'),
    sa.ForeignKeyConstraint(['task_id'], ['task.id'], ),
    sa.ForeignKeyConstraint(['transition_id'], ['transition.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('number'),
    sa.UniqueConstraint('policy_name', 'year', 'sequence', name='notice_sequence'),
    sa.UniqueConstraint('transition_id')
    )
    with op.batch_alter_table('notice', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_notice_task_id'), ['task_id'], unique=False)
        batch_op.create_index('notice_live', ['task_id'], unique=True, sqlite_where=sa.text("state IN ('issued', 'acknowledged', 'answered')"), postgresql_where=sa.text("state IN ('issued', 'acknowledged', 'answered')"))
        batch_op.create_index('notice_unacknowledged', ['colour', 'acknowledge_by'], unique=False, sqlite_where=sa.text("state = 'issued'"), postgresql_where=sa.text("state = 'issued'"))
        batch_op.create_index('notice_unanswered', ['colour', 'answer_by'], unique=False, sqlite_where=sa.text("state IN ('issued', 'acknowledged')"), postgresql_where=sa.text("state IN ('issued', 'acknowledged')"))

    op.create_table('receipt',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('notice_id', sa.Integer(), nullable=False),
    sa.Column('official_id', sa.Integer(), nullable=False),
    sa.Column('capacity', sa.Enum('handler', 'unit_head', 'supervising_leader', 'reviewer', 'office', 'commission_head', 'administrator', name='postkind', native_enum=False, length=32), nullable=False),
    sa.Column('duty', sa.Enum('act', 'acknowledge', 'copy', name='duty', native_enum=False, length=32), nullable=False),
    sa.Column('stands_for_id', sa.Integer(), nullable=True),
    sa.Column('climbed_from', sa.Enum('handler', 'unit_head', 'supervising_leader', 'reviewer', 'office', 'commission_head', 'administrator', name='postkind', native_enum=False, length=32), nullable=True),
    sa.Column('given_on', sa.Date(), nullable=False),
    sa.Column('raised_on', sa.Date(), nullable=True),
    sa.Column('raised_from', sa.Enum('act', 'acknowledge', 'copy', name='duty', native_enum=False, length=32), nullable=True),
    sa.Column('ended_on', sa.Date(), nullable=True),
    sa.Column('acknowledged_at', models.columns.Instant(timezone=True), nullable=True),
    sa.Column('answered_at', models.columns.Instant(timezone=True), nullable=True),
    sa.Column('said_by', sa.String(), server_default='', nullable=False),
    sa.Column('assurance', sa.String(), server_default='', nullable=False),
    sa.Column('words', sa.String(), nullable=False),
    sa.CheckConstraint("answered_at IS NULL OR duty = 'act'", name='receipt_answer'),
    sa.CheckConstraint("capacity IN ('handler', 'unit_head', 'supervising_leader', 'reviewer', 'office', 'commission_head', 'administrator')", name='receipt_capacity'),
    sa.CheckConstraint("duty IN ('act', 'acknowledge', 'copy')", name='receipt_duty'),
    sa.CheckConstraint("raised_from IN ('act', 'acknowledge', 'copy')", name='receipt_raised_from'),
    sa.CheckConstraint('(raised_on IS NULL) = (raised_from IS NULL)', name='receipt_raised'),
    sa.CheckConstraint('answered_at IS NULL OR acknowledged_at IS NOT NULL', name='receipt_order'),
    sa.ForeignKeyConstraint(['notice_id'], ['notice.id'], ),
    sa.ForeignKeyConstraint(['official_id'], ['official.id'], ),
    sa.ForeignKeyConstraint(['stands_for_id'], ['official.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('notice_id', 'official_id', name='receipt_person')
    )
    with op.batch_alter_table('receipt', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_receipt_official_id'), ['official_id'], unique=False)
        batch_op.create_index('receipt_ended', ['notice_id'], unique=False, sqlite_where=sa.text('ended_on IS NOT NULL'), postgresql_where=sa.text('ended_on IS NOT NULL'))

    op.create_table('message_item',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('message_id', sa.Integer(), nullable=False),
    sa.Column('receipt_id', sa.Integer(), nullable=True),
    sa.Column('reminder_id', sa.Integer(), nullable=True),
    sa.Column('referral_id', sa.Integer(), nullable=True),
    sa.Column('chase_id', sa.Integer(), nullable=True),
    sa.Column('transition_id', sa.Integer(), nullable=True),
    sa.Column('request_id', sa.Integer(), nullable=True),
    sa.Column('look_back_id', sa.Integer(), nullable=True),
    sa.Column('dropped', sa.String(), server_default='', nullable=False),
    sa.CheckConstraint('(CASE WHEN receipt_id IS NULL THEN 0 ELSE 1 END) + (CASE WHEN reminder_id IS NULL THEN 0 ELSE 1 END) + (CASE WHEN referral_id IS NULL THEN 0 ELSE 1 END) + (CASE WHEN chase_id IS NULL THEN 0 ELSE 1 END) + (CASE WHEN transition_id IS NULL THEN 0 ELSE 1 END) + (CASE WHEN request_id IS NULL THEN 0 ELSE 1 END) + (CASE WHEN look_back_id IS NULL THEN 0 ELSE 1 END) = 1', name='message_item_one'),
    sa.ForeignKeyConstraint(['chase_id'], ['chase.id'], ),
    sa.ForeignKeyConstraint(['look_back_id'], ['look_back.id'], ),
    sa.ForeignKeyConstraint(['message_id'], ['message.id'], ),
    sa.ForeignKeyConstraint(['receipt_id'], ['receipt.id'], ),
    sa.ForeignKeyConstraint(['referral_id'], ['referral.id'], ),
    sa.ForeignKeyConstraint(['reminder_id'], ['reminder.id'], ),
    sa.ForeignKeyConstraint(['request_id'], ['change_request.id'], ),
    sa.ForeignKeyConstraint(['transition_id'], ['transition.id'], ),
    sa.PrimaryKeyConstraint('id')
    )
    with op.batch_alter_table('message_item', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_message_item_chase_id'), ['chase_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_message_item_look_back_id'), ['look_back_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_message_item_message_id'), ['message_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_message_item_receipt_id'), ['receipt_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_message_item_referral_id'), ['referral_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_message_item_reminder_id'), ['reminder_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_message_item_request_id'), ['request_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_message_item_transition_id'), ['transition_id'], unique=False)

    op.create_table('reply_link',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('official_id', sa.Integer(), nullable=False),
    sa.Column('message_id', sa.Integer(), nullable=False),
    sa.Column('receipt_id', sa.Integer(), nullable=True),
    sa.Column('referral_id', sa.Integer(), nullable=True),
    sa.Column('salt', sa.String(), nullable=False),
    sa.Column('key_id', sa.String(), nullable=False),
    sa.Column('token_hash', sa.String(), nullable=False),
    sa.Column('expires_at', models.columns.Instant(timezone=True), nullable=True),
    sa.CheckConstraint('receipt_id IS NULL OR referral_id IS NULL', name='reply_link_one'),
    sa.ForeignKeyConstraint(['message_id'], ['message.id'], ),
    sa.ForeignKeyConstraint(['official_id'], ['official.id'], ),
    sa.ForeignKeyConstraint(['receipt_id'], ['receipt.id'], ),
    sa.ForeignKeyConstraint(['referral_id'], ['referral.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('token_hash')
    )
    with op.batch_alter_table('reply_link', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_reply_link_message_id'), ['message_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_reply_link_receipt_id'), ['receipt_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_reply_link_referral_id'), ['referral_id'], unique=False)

    op.create_table('proof_code',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('link_id', sa.Integer(), nullable=False),
    sa.Column('browser_hash', sa.String(), nullable=False),
    sa.Column('code_hash', sa.String(), nullable=False),
    sa.Column('expires_at', models.columns.Instant(timezone=True), nullable=False),
    sa.Column('tries', sa.Integer(), nullable=False),
    sa.Column('proved_at', models.columns.Instant(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['link_id'], ['reply_link.id'], ),
    sa.PrimaryKeyConstraint('id')
    )
    with op.batch_alter_table('proof_code', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_proof_code_link_id'), ['link_id'], unique=False)



def downgrade() -> None:
    with op.batch_alter_table('proof_code', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_proof_code_link_id'))

    op.drop_table('proof_code')
    with op.batch_alter_table('reply_link', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_reply_link_referral_id'))
        batch_op.drop_index(batch_op.f('ix_reply_link_receipt_id'))
        batch_op.drop_index(batch_op.f('ix_reply_link_message_id'))

    op.drop_table('reply_link')
    with op.batch_alter_table('message_item', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_message_item_transition_id'))
        batch_op.drop_index(batch_op.f('ix_message_item_request_id'))
        batch_op.drop_index(batch_op.f('ix_message_item_reminder_id'))
        batch_op.drop_index(batch_op.f('ix_message_item_referral_id'))
        batch_op.drop_index(batch_op.f('ix_message_item_receipt_id'))
        batch_op.drop_index(batch_op.f('ix_message_item_message_id'))
        batch_op.drop_index(batch_op.f('ix_message_item_look_back_id'))
        batch_op.drop_index(batch_op.f('ix_message_item_chase_id'))

    op.drop_table('message_item')
    with op.batch_alter_table('receipt', schema=None) as batch_op:
        batch_op.drop_index('receipt_ended', sqlite_where=sa.text('ended_on IS NOT NULL'), postgresql_where=sa.text('ended_on IS NOT NULL'))
        batch_op.drop_index(batch_op.f('ix_receipt_official_id'))

    op.drop_table('receipt')
    with op.batch_alter_table('notice', schema=None) as batch_op:
        batch_op.drop_index('notice_unanswered', sqlite_where=sa.text("state IN ('issued', 'acknowledged')"), postgresql_where=sa.text("state IN ('issued', 'acknowledged')"))
        batch_op.drop_index('notice_unacknowledged', sqlite_where=sa.text("state = 'issued'"), postgresql_where=sa.text("state = 'issued'"))
        batch_op.drop_index('notice_live', sqlite_where=sa.text("state IN ('issued', 'acknowledged', 'answered')"), postgresql_where=sa.text("state IN ('issued', 'acknowledged', 'answered')"))
        batch_op.drop_index(batch_op.f('ix_notice_task_id'))

    op.drop_table('notice')
    with op.batch_alter_table('decision', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_decision_task_id'))
        batch_op.drop_index(batch_op.f('ix_decision_referral_id'))
        batch_op.drop_index(batch_op.f('ix_decision_link_id'))

    op.drop_table('decision')
    with op.batch_alter_table('chase', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_chase_referral_id'))
        batch_op.drop_index(batch_op.f('ix_chase_night_id'))

    op.drop_table('chase')
    op.drop_table('visible_shown')
    with op.batch_alter_table('transition', schema=None) as batch_op:
        batch_op.drop_index('transition_signed_off', sqlite_where=sa.text("event = 'sign_off'"), postgresql_where=sa.text("event = 'sign_off'"))
        batch_op.drop_index('transition_relieved', sqlite_where=sa.text("event = 'relieve'"), postgresql_where=sa.text("event = 'relieve'"))
        batch_op.drop_index('transition_once_a_night', sqlite_where=sa.text("machine = 'warning' AND event = 'escalate'"), postgresql_where=sa.text("machine = 'warning' AND event = 'escalate'"))
        batch_op.drop_index('transition_night')
        batch_op.drop_index('transition_link')
        batch_op.drop_index('transition_decided', sqlite_where=sa.text("machine IN ('sign-off', 'request')"), postgresql_where=sa.text("machine IN ('sign-off', 'request')"))
        batch_op.drop_index(batch_op.f('ix_transition_task_id'))
        batch_op.drop_index(batch_op.f('ix_transition_request_id'))

    op.drop_table('transition')
    with op.batch_alter_table('referral', schema=None) as batch_op:
        batch_op.drop_index('referral_open', sqlite_where=sa.text("state = 'open'"), postgresql_where=sa.text("state = 'open'"))
        batch_op.drop_index(batch_op.f('ix_referral_task_id'))
        batch_op.drop_index(batch_op.f('ix_referral_request_id'))
        batch_op.drop_index(batch_op.f('ix_referral_official_id'))
        batch_op.drop_index(batch_op.f('ix_referral_look_back_id'))
        batch_op.drop_index(batch_op.f('ix_referral_application_id'))

    op.drop_table('referral')
    op.drop_table('measure_done')
    op.drop_table('look_back_point')
    with op.batch_alter_table('evidence', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_evidence_sha256'))
        batch_op.drop_index(batch_op.f('ix_evidence_application_id'))

    op.drop_table('evidence')
    with op.batch_alter_table('reminder', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_reminder_night_id'))

    op.drop_table('reminder')
    with op.batch_alter_table('reassignment', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_reassignment_task_id'))
        batch_op.drop_index(batch_op.f('ix_reassignment_link_id'))

    op.drop_table('reassignment')
    with op.batch_alter_table('milestone', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_milestone_task_id'))

    op.drop_table('milestone')
    with op.batch_alter_table('message_attempt', schema=None) as batch_op:
        batch_op.drop_index('message_attempt_rate')
        batch_op.drop_index(batch_op.f('ix_message_attempt_message_id'))

    op.drop_table('message_attempt')
    op.drop_table('measure')
    with op.batch_alter_table('look_back', schema=None) as batch_op:
        batch_op.drop_index('look_back_planned', sqlite_where=sa.text('decided_on IS NULL'), postgresql_where=sa.text('decided_on IS NULL'))
        batch_op.drop_index(batch_op.f('ix_look_back_task_id'))
        batch_op.drop_index(batch_op.f('ix_look_back_round_id'))

    op.drop_table('look_back')
    with op.batch_alter_table('list_membership', schema=None) as batch_op:
        batch_op.drop_index('list_membership_present', sqlite_where=sa.text('until_on IS NULL'), postgresql_where=sa.text('until_on IS NULL'))
        batch_op.drop_index(batch_op.f('ix_list_membership_task_id'))
        batch_op.drop_index(batch_op.f('ix_list_membership_list_id'))

    op.drop_table('list_membership')
    with op.batch_alter_table('figure', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_figure_task_id'))

    op.drop_table('figure')
    with op.batch_alter_table('exclusion', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_exclusion_task_id'))

    op.drop_table('exclusion')
    with op.batch_alter_table('deadline_change', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_deadline_change_task_id'))
        batch_op.drop_index(batch_op.f('ix_deadline_change_link_id'))

    op.drop_table('deadline_change')
    with op.batch_alter_table('change_request', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_change_request_task_id'))
        batch_op.drop_index('change_request_asked', sqlite_where=sa.text("state = 'asked'"), postgresql_where=sa.text("state = 'asked'"))

    op.drop_table('change_request')
    with op.batch_alter_table('bounce', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_bounce_message_id'))

    op.drop_table('bounce')
    with op.batch_alter_table('application', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_application_task_id'))
        batch_op.drop_index('application_present', sqlite_where=sa.text("state IN ('draft', 'open')"), postgresql_where=sa.text("state IN ('draft', 'open')"))

    op.drop_table('application')
    with op.batch_alter_table('task', schema=None) as batch_op:
        batch_op.drop_index('task_suspended', sqlite_where=sa.text("state = 'suspended'"), postgresql_where=sa.text("state = 'suspended'"))
        batch_op.drop_index('task_stage_on_clock', sqlite_where=sa.text("state IN ('assigned', 'in_progress', 'long_term')"), postgresql_where=sa.text("state IN ('assigned', 'in_progress', 'long_term')"))
        batch_op.drop_index('task_reported_on_clock', sqlite_where=sa.text("state IN ('assigned', 'in_progress', 'long_term')"), postgresql_where=sa.text("state IN ('assigned', 'in_progress', 'long_term')"))
        batch_op.drop_index('task_begun_on_clock', sqlite_where=sa.text("state IN ('assigned', 'in_progress', 'long_term')"), postgresql_where=sa.text("state IN ('assigned', 'in_progress', 'long_term')"))
        batch_op.drop_index('task_due_on_clock', sqlite_where=sa.text("state IN ('assigned', 'in_progress', 'long_term')"), postgresql_where=sa.text("state IN ('assigned', 'in_progress', 'long_term')"))
        batch_op.drop_index(batch_op.f('ix_task_unit_id'))
        batch_op.drop_index(batch_op.f('ix_task_handler_id'))

    op.drop_table('task')
    op.drop_table('sign_in_link')
    with op.batch_alter_table('post', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_post_unit_id'))

    op.drop_table('post')
    with op.batch_alter_table('message', schema=None) as batch_op:
        batch_op.drop_index('message_owed', sqlite_where=sa.text("state = 'queued'"), postgresql_where=sa.text("state = 'queued'"))
        batch_op.drop_index('message_outcome', sqlite_where=sa.text("state IN ('dead', 'sent')"), postgresql_where=sa.text("state IN ('dead', 'sent')"))
        batch_op.drop_index('message_dead', sqlite_where=sa.text("state = 'dead'"), postgresql_where=sa.text("state = 'dead'"))
        batch_op.drop_index(batch_op.f('ix_message_official_id'))

    op.drop_table('message')
    with op.batch_alter_table('absence', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_absence_official_id'))

    op.drop_table('absence')
    with op.batch_alter_table('official', schema=None) as batch_op:
        batch_op.drop_index('official_name')
        batch_op.drop_index('official_email')

    op.drop_table('official')
    with op.batch_alter_table('look_back_round', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_look_back_round_link_id'))

    op.drop_table('look_back_round')
    op.drop_table('watch_list')
    op.drop_table('unit')
    op.drop_table('suppression')
    op.drop_table('relay_state')
    op.drop_table('procedure')
    op.drop_table('policy')
    op.drop_table('packet')
    op.drop_table('night')
    op.drop_table('chain_link')
    op.drop_table('calendar_year')
    op.drop_table('calendar_day')

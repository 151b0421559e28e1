"""Every pair of state and event is a move or refused, and a bad table cannot be built."""

from enum import StrEnum
from itertools import product

import pytest

from models.machine import IllegalMove, Machine, Move, NoReason
from models.notice_machine import LIVE, NOTICE, NoticeState
from models.posting import POSTING
from models.request_machine import REQUEST
from models.signoff import CLOSED, SIGNOFF, TaskState
from models.warning import WARNING, Colour

MACHINES = (WARNING, NOTICE, SIGNOFF, REQUEST, POSTING)
by_name = pytest.mark.parametrize("machine", MACHINES, ids=lambda machine: machine.name)


class Door(StrEnum):
    SHUT = "shut"
    OPEN = "open"
    GONE = "gone"


OPENS = Move(Door.SHUT, "open", Door.OPEN, ("anybody",))
SHUTS = Move(Door.OPEN, "shut", Door.SHUT, ("anybody",))
BREAKS = Move(Door.OPEN, "break", Door.GONE, ("anybody",))


def door(*moves: Move, final: frozenset[StrEnum] = frozenset({Door.GONE}), **facts) -> Machine:
    return Machine(name="door", initial=Door.SHUT, final=final, moves=moves, **facts)


@by_name
def test_every_pair_of_state_and_event_is_a_move_or_refused(machine: Machine):
    declared = {(move.source, move.event) for move in machine.moves}
    for state, event in product(machine.states(), {move.event for move in machine.moves}):
        assert machine.allows(state, event) == ((state, event) in declared)
        if (state, event) in declared:
            move = machine.find(state, event)
            assert (move.source, move.event) == (state, event)
        else:
            with pytest.raises(IllegalMove, match=f"no move '{event}' from '{state}'"):
                machine.find(state, event)


@by_name
def test_nothing_leads_out_of_a_final_state(machine: Machine):
    assert not [move for move in machine.moves if move.source in machine.final]


@pytest.mark.parametrize("reason", ["", " \u3000"])
@by_name
def test_a_move_that_wants_a_reason_is_refused_without_one(machine: Machine, reason: str):
    for move in machine.moves:
        move.require_reason("因故延期")
        if "reason" in move.given:
            with pytest.raises(NoReason, match=f"'{move.event}' from '{move.source}' needs"):
                move.require_reason(reason)
        else:
            move.require_reason(reason)


@by_name
def test_every_move_says_who_may_make_it(machine: Machine):
    assert all(move.who for move in machine.moves)


@pytest.mark.parametrize(("source", "target"), list(product(Colour, Colour)))
def test_a_warning_escalates_upwards_and_is_relieved_downwards(source: Colour, target: Colour):
    for event, meant in (
        ("escalate", source.rank < target.rank),
        ("relieve", source.rank > target.rank),
        ("lift", source != Colour.GREEN and target == Colour.GREEN),
    ):
        if meant:
            assert WARNING.find(source, event, target).target == target
        else:
            with pytest.raises(IllegalMove):
                WARNING.find(source, event, target)


def test_a_live_notice_can_be_superseded_and_lifted_and_a_dead_one_cannot_move():
    assert _sources(NOTICE, "supersede") == _sources(NOTICE, "lift") == set(LIVE)
    assert set(NoticeState) - set(LIVE) == NOTICE.final


def test_only_open_tasks_can_be_withdrawn_and_only_signed_off_ones_reopened():
    assert _sources(SIGNOFF, "withdraw") == set(TaskState) - set(CLOSED)
    assert _sources(SIGNOFF, "reopen") == {TaskState.SIGNED_OFF}
    assert {m.given for m in SIGNOFF.moves if m.event == "return"} == {("reason",)}


def test_two_moves_that_compete_cannot_be_declared():
    with pytest.raises(ValueError, match="two moves compete for open@shut"):
        door(OPENS, SHUTS, BREAKS, Move(Door.SHUT, "open", Door.GONE, ("thief",)))


def test_the_caller_of_a_chosen_event_names_its_target():
    machine = door(
        OPENS,
        SHUTS,
        BREAKS,
        Move(Door.SHUT, "open", Door.GONE, ("thief",)),
        chosen=frozenset({"open"}),
    )

    assert machine.find(Door.SHUT, "open", Door.GONE).who == ("thief",)
    with pytest.raises(ValueError, match="compete"):
        door(OPENS, OPENS, SHUTS, BREAKS, chosen=frozenset({"open"}))


def test_a_state_that_nothing_leads_to_cannot_be_declared():
    with pytest.raises(ValueError, match="nothing leads to gone"):
        door(OPENS, SHUTS)


def test_a_trap_cannot_be_declared():
    with pytest.raises(ValueError, match="nothing leads out of gone"):
        door(OPENS, SHUTS, BREAKS, final=frozenset())


def test_a_way_out_of_a_final_state_cannot_be_declared():
    with pytest.raises(ValueError, match="gone is final"):
        door(OPENS, SHUTS, BREAKS, Move(Door.GONE, "mend", Door.SHUT, ("carpenter",)))


def test_a_state_of_another_machine_cannot_be_declared():
    with pytest.raises(ValueError, match="red is no state of it"):
        door(OPENS, SHUTS, BREAKS, Move(Door.OPEN, "paint", Colour.RED, ("painter",)))


def test_the_printed_table_has_a_row_for_every_move():
    assert door(OPENS, SHUTS, BREAKS).markdown().splitlines()[2:] == [
        "| shut | open | open | anybody |  |",
        "| open | shut | shut | anybody |  |",
        "| open | break | gone | anybody |  |",
    ]


def _sources(machine, event):
    return {move.source for move in machine.moves if move.event == event}

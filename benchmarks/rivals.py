"""What others would do in place of the sweep: two libraries of state machines in a loop over the
ORM's objects, and instances of a workflow engine with timers.

Told by SQL what is due, which favours them: an engine made of such instances has nobody to tell it,
and loads each one that is open to see whether its timer has fired. That is measured too.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import transitions
from lxml import etree
from SpiffWorkflow.bpmn import BpmnWorkflow
from SpiffWorkflow.bpmn.parser import BpmnParser
from SpiffWorkflow.bpmn.serializer import BpmnWorkflowSerializer
from sqlalchemy import Engine, select, text
from sqlmodel import Session, col
from statemachine import State, StateMachine

from benchmarks.databases import Copies
from benchmarks.district import due_of
from benchmarks.machine import spent
from benchmarks.population import TONIGHT, instant
from models import Task, Transition
from models.warning import LADDER, Colour

AT_ONCE = 1000
ROUNDS, WARMING_UP = 3, 20
LONG_AGO, NEVER, EVER = (f"{year}-01-01T00:00:00+00:00" for year in (2000, 2999, 2998))
STRICTER = 3  # the policy that has them yellow already
Raise = Callable[[Colour, Colour], Colour]


@dataclass(frozen=True)
class Rival:
    """`work`: seconds of processors for so many on this copy. `looks_at_all`: they are all that are
    open, else those that are due. `least`: how many times as long as the sweep it should take."""

    name: str
    work: Callable[[Engine, int], float]
    least: float | None
    looks_at_all: bool = False


@dataclass(frozen=True)
class Line:
    """Seconds of processors for so many, and what one more costs."""

    n: int
    seconds: float
    each: float

    def at(self, n: int) -> float:
        return self.seconds + self.each * (n - self.n)


def measured(copies: Copies, rival: Rival, n: int) -> Line:
    """By a quarter of `n` and all of them, the best of a few rounds each: what is the same for any
    number is no part of what one more costs."""
    rival.work(next(copies), WARMING_UP)
    few, whole = (min(rival.work(next(copies), k) for _ in range(ROUNDS)) for k in (n // 4, n))
    return Line(n, whole, (whole - few) / (n - n // 4))


class Matter:
    """What the two libraries move."""

    def __init__(self, colour: Colour) -> None:
        self.state = str(colour)


def _with_transitions() -> Raise:
    raised = [
        {"trigger": f"raise_{high}", "source": str(low), "dest": str(high)}
        for low in LADDER
        for high in LADDER[low.rank + 1 :]
    ]
    machine = transitions.Machine(
        None, [str(c) for c in LADDER], transitions=raised, initial="green", auto_transitions=False
    )

    def act(source: Colour, target: Colour) -> Colour:
        matter = Matter(source)
        machine.add_model(matter, initial=str(source))
        matter.trigger(f"raise_{target}")  # type: ignore[attr-defined]  # the library puts it there
        machine.remove_model(matter)
        return Colour(matter.state)

    return act


class Raised(StateMachine):
    green, blue, yellow, orange = State(initial=True), State(), State(), State()
    red = State(final=True)
    raise_blue = green.to(blue)
    raise_yellow = green.to(yellow) | blue.to(yellow)
    raise_orange = green.to(orange) | blue.to(orange) | yellow.to(orange)
    raise_red = green.to(red) | blue.to(red) | yellow.to(red) | orange.to(red)


def _with_statemachine() -> Raise:
    def act(source: Colour, target: Colour) -> Colour:
        matter = Matter(source)
        Raised(matter).send(f"raise_{target}")
        return Colour(matter.state)

    return act


def _orm_loop(act: Raise, engine: Engine, n: int) -> float:
    began = spent(engine)
    with Session(engine) as session:
        for tasks in _due(session, n):
            for task in tasks:
                target = Colour.YELLOW if task.policy_id == STRICTER else Colour.BLUE
                was, task.colour = task.colour, act(task.colour, target)
                session.add(_move(task, was))
            session.flush()
            session.expunge_all()
        session.commit()
    return spent(engine) - began


def _due(session: Session, n: int) -> Iterator[list[Task]]:
    late = (col(Task.colour) == Colour.GREEN) & (col(Task.due_on) < TONIGHT)
    ids = session.scalars(select(col(Task.id)).where(late).order_by(col(Task.id)).limit(n)).all()
    for first in range(0, len(ids), AT_ONCE):
        some = select(Task).where(col(Task.id).in_(ids[first : first + AT_ONCE]))
        yield list(session.scalars(some))


def _move(task: Task, was: Colour) -> Transition:
    return Transition(
        machine="warning",
        task_id=task.id,
        event="escalate",
        source=was,
        target=task.colour,
        on=TONIGHT,
        at=instant(TONIGHT),
        link_id="rival",
    )


def _node(kind: str, name: str, flows: str, inside: str) -> str:
    return f'<{kind} id="{name}">{flows}{inside}</{kind}>'


def _timer(colour: str) -> str:
    return f"<timerEventDefinition><timeDate>{colour}_on</timeDate></timerEventDefinition>"


def _process() -> Any:
    """Blue at one instant, yellow at a later one."""
    nodes = ["start", "until_blue", "blue", "until_yellow", "yellow", "end"]
    inside = {name: _timer(name.partition("_")[2]) for name in nodes if "until" in name}
    inside |= {name: f"<script>colour = '{name}'</script>" for name in ("blue", "yellow")}
    kinds = ["startEvent", *["intermediateCatchEvent", "scriptTask"] * 2, "endEvent"]
    drawn = ""
    for k, (kind, name) in enumerate(zip(kinds, nodes, strict=True)):
        flows = f"<incoming>f{k}</incoming>" * (k > 0)
        flows += f"<outgoing>f{k + 1}</outgoing>" * (k < len(nodes) - 1)
        drawn += _node(kind, name, flows, inside.get(name, ""))
    for k in range(1, len(nodes)):
        drawn += f'<sequenceFlow id="f{k}" sourceRef="{nodes[k - 1]}" targetRef="{nodes[k]}"/>'
    return etree.fromstring(
        '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" id="sise" '
        f'targetNamespace="sise"><process id="warning" isExecutable="true">{drawn}</process>'
        "</definitions>"
    )


def _stored(engine: Engine, spec: Any, kept: Any, n: int, due: int) -> None:
    """As if the instant of blue had come for the first of them: the engine reads the clock."""
    flow = BpmnWorkflow(spec)
    flow.task_tree.set_data(blue_on=NEVER, yellow_on=EVER)
    flow.do_engine_steps()
    waits = str(kept.serialize_json(flow))
    fires = waits.replace(NEVER, LONG_AGO).replace(EVER, NEVER)
    rows = [{"id": k, "body": fires if k < due else waits} for k in range(n)]
    with Session(engine) as session:
        session.execute(text("CREATE TABLE instance (id INTEGER PRIMARY KEY, body TEXT)"))
        session.execute(text("INSERT INTO instance VALUES (:id, :body)"), rows)
        session.commit()


def _spiff(engine: Engine, n: int, due: int, *, stores_all: bool = False) -> float:
    """Each is loaded with the engine's own serializer and steps on if its timer has fired; then it
    is stored, or only if it has."""
    parser = BpmnParser()
    parser.add_bpmn_xml(_process())
    spec = parser.get_spec("warning")
    kept = BpmnWorkflowSerializer(BpmnWorkflowSerializer.configure())
    _stored(engine, spec, kept, n, due)
    fired, began = 0, spent(engine)
    with Session(engine) as session:
        for k in range(n):
            found = session.scalar(text("SELECT body FROM instance WHERE id = :id"), {"id": k})
            flow = kept.deserialize_json(found)
            flow.refresh_waiting_tasks()
            flow.do_engine_steps()
            has_fired = flow.last_task.data.get("colour") == "blue"
            fired += has_fired
            if has_fired or stores_all:
                said = {"id": k, "body": kept.serialize_json(flow)}
                session.execute(text("UPDATE instance SET body = :body WHERE id = :id"), said)
        session.commit()
    took = spent(engine) - began
    if fired != due:
        raise RuntimeError(f"{fired} timers fired, not {due}")
    return took


# A look may change what an instance holds, and its host cannot see from outside whether it has.
RIVALS = (
    Rival("transitions, ORM loop", lambda on, n: _orm_loop(_with_transitions(), on, n), 5),
    Rival("python-statemachine, ORM loop", lambda on, n: _orm_loop(_with_statemachine(), on, n), 5),
    Rival("SpiffWorkflow, told what is due", lambda on, n: _spiff(on, n, n), None),
    Rival(
        "SpiffWorkflow, loads all open and stores what fired",
        lambda on, n: _spiff(on, n, due_of(n)),
        None,
        looks_at_all=True,
    ),
    Rival(
        "SpiffWorkflow, loads and stores all open",
        lambda on, n: _spiff(on, n, due_of(n), stores_all=True),
        100,
        looks_at_all=True,
    ),
)

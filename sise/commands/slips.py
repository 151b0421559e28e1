"""`sise report slip`: the supervision slip of a task."""

from dataclasses import asdict
from pathlib import Path

from flows.database import reading
from flows.papers.paper_file import check_file, write_file
from flows.papers.slip import slip_facts
from notifications.papers.slip import slip_paper
from sise.commands.edge import Json, as_json, open_edge


def slip_command(number: str, file: Path, json: Json = False) -> None:
    """The supervision slip of a task that a directive or a meeting opened, with its return slip."""
    edge = open_edge()
    check_file(file)
    with reading(edge.office.engine) as session:
        facts = slip_facts(session, number)
    write_file(file, slip_paper(facts, edge.language))
    if json:
        as_json(asdict(facts) | {"file": file})
    else:
        edge.say(f"已写入 {file}：{facts.number}", f"Written to {file}: {facts.number}")

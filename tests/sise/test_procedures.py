"""Procedures by command: an office brings its own, and what it brought is not put back."""

import json
from pathlib import Path

from sqlmodel import col, select

from flows.database import open_engine, reading
from models import OfficeChange, Procedure
from sise.main import WRONG
from tests.conftest import SEEDS
from tests.sise.conftest import Sise

SHIPPED = (SEEDS / "procedures/petition.toml").read_text("utf-8")


def changed(folder: Path, *pairs: tuple[str, str]) -> Path:
    """The shipped petition's file, with this in the place of that."""
    text = SHIPPED
    for old, new in pairs:
        assert old in text
        text = text.replace(old, new)
    file = folder / "own.toml"
    file.write_text(text, "utf-8")
    return file


def test_an_offices_own_procedure_takes_the_place_of_ours_and_stays(ready: Sise, tmp_path: Path):
    own = changed(tmp_path, ('policy = "default"', 'policy = "national"'))
    assert "petition" in ready.done("procedure", "check", own).out

    assert ready.done("procedure", "load", own, "--json").json == {
        "name": "petition",
        "policy": "national",
    }
    ready.done("init")

    listed = {one["name"]: one["policy"] for one in ready.done("procedure", "list", "--json").json}
    assert listed["petition"] == "national"
    assert listed["project"] == "default"


def test_whoever_brought_it_stands_in_the_history(ready: Sise, tmp_path: Path):
    own = changed(tmp_path, ('policy = "default"', 'policy = "national"'))
    for _ in range(2):
        ready.done("procedure", "load", own)

    with reading(open_engine(f"sqlite:///{ready.home / 'sise.db'}")) as session:
        kept = session.exec(select(OfficeChange).where(col(OfficeChange.key) == "petition")).all()
        [now] = session.exec(select(Procedure).where(Procedure.name == "petition")).all()
    [change] = kept
    assert (change.said_by, change.fact) == ("命令行", "content")
    assert json.loads(change.before) != json.loads(change.after)
    assert now.source == own.read_text("utf-8")


def test_a_word_of_another_procedure_and_an_unknown_policy_are_refused(ready: Sise, tmp_path: Path):
    borrowed = changed(tmp_path, ('name = "petition"', 'name = "visit"'))
    told = ready.refused("procedure", "load", borrowed, code=WRONG)
    assert "已是类别 petition 的名称" in told

    unknown = changed(tmp_path, ('policy = "default"', 'policy = "nothing"'))
    told = ready.refused("procedure", "load", unknown, code=WRONG)
    assert "nothing" in told

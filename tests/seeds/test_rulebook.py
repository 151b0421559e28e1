"""The shipped policies and procedures, read by the rules that every office's own file must keep."""

import tomllib
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

import seeds
from models.ladder import parse_ladder
from models.procedure_file import parse_procedure
from models.span import Span
from models.strike import strike
from models.warning import Colour
from models.workdays import Calendar

HERE = Path(seeds.__file__).parent
POLICIES = sorted((HERE / "policies").glob("*.toml"))
PROCEDURES = sorted((HERE / "procedures").glob("*.toml"))
NOW = datetime(2022, 6, 20, 1, tzinfo=UTC)


def _ladder(name):
    return parse_ladder((HERE / "policies" / f"{name}.toml").read_text("utf-8"), file=name)


@pytest.mark.parametrize("path", POLICIES, ids=lambda path: path.stem)
def test_every_shipped_policy_keeps_the_rules_and_says_where_it_comes_from(path):
    text = path.read_text("utf-8")
    ladder = parse_ladder(text, file=path.name)
    assert ladder.name == path.stem
    assert ladder.basis
    assert text.startswith("#")
    assert "〔{year}〕{n}号" in ladder.number_format


@pytest.mark.parametrize("path", PROCEDURES, ids=lambda path: path.stem)
def test_every_shipped_procedure_keeps_the_rules_and_names_a_shipped_policy(path):
    procedure = parse_procedure(path.read_text("utf-8"), file=path.name)
    assert procedure.name == path.stem
    assert procedure.policy in {policy.stem for policy in POLICIES}
    assert procedure.basis
    assert len(procedure.level) >= 2, "a matter is never closed by its owner alone"


def test_no_two_policies_number_their_notices_alike():
    formats = [_ladder(path.stem).number_format for path in POLICIES]
    assert len(set(formats)) == len(formats)


def test_no_two_procedures_answer_to_the_same_word():
    words = []
    for path in PROCEDURES:
        procedure = parse_procedure(path.read_text("utf-8"), file=path.name)
        words += [procedure.name, procedure.title, *procedure.aliases]
    assert len(set(words)) == len(words)


def test_only_what_is_about_persons_or_objects_to_scores_is_restricted():
    restricted = {p.stem for p in PROCEDURES if tomllib.loads(p.read_text("utf-8"))["restricted"]}
    assert restricted == {*("case_lead", "lead_review", "feedback", "prereview", "score_objection")}


def test_the_default_ladder_is_blue_yellow_red():
    assert [rung.colour for rung in _ladder("default").rung] == ["blue", "yellow", "red"]


def test_the_national_order_has_four_warning_colours():
    colours = [rung.colour for rung in _ladder("national").rung]
    assert colours == [Colour.BLUE, Colour.YELLOW, Colour.ORANGE, Colour.RED]


def test_the_national_order_warns_before_the_deadline():
    ladder, due, calendar = _ladder("national"), date(2022, 7, 14), Calendar()
    struck = [strike(r.when[0], due, ladder, calendar) for r in ladder.rung]
    assert struck == [date(2022, 7, 4), date(2022, 7, 11), date(2022, 7, 15), date(2022, 8, 14)]


def test_a_petition_may_be_extended_once_by_thirty_days():
    text = (HERE / "procedures" / "petition.toml").read_text("utf-8")
    extension = parse_procedure(text, file="petition.toml").extension
    assert extension is not None
    assert (extension.times, extension.up_to) == (1, Span(30, "d"))

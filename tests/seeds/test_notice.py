"""Everything that the public notice says arrives: counted against the notice itself."""

from seeds.notice import figures, items, read, sections

# item: (figures, measures), counted in the printed notice
COUNTS = {
    "1.1": (8, 6), "1.2": (2, 7), "1.3": (1, 5),
    "2.1": (2, 4), "2.2": (6, 8), "2.3": (4, 4),
    "3.1": (8, 5), "3.2": (3, 4), "3.3": (0, 3), "3.4": (0, 4),
    "4.1": (4, 6), "4.2": (5, 5),
    "5.1": (1, 6), "5.2": (12, 4), "5.3": (18, 8), "5.4": (13, 5),
    "6.1": (7, 1), "6.2": (7, 2),
    "7.1": (3, 5), "7.2": (3, 3), "7.3": (8, 2), "7.4": (10, 6),
    "8.1": (1, 4), "8.2": (3, 4), "8.3": (0, 4),
}  # fmt: skip


def test_the_notice_has_eight_sections_and_twenty_five_items():
    assert [section["section"] for section in sections()] == list(range(1, 9))
    assert [item["number"] for item in items()] == [f"巡改-{number}" for number in COUNTS]


def test_every_item_has_its_figures_and_measures():
    found = {
        item["number"].removeprefix("巡改-"): (len(item["figures"]), len(item["measures"]))
        for item in items()
    }
    assert found == COUNTS


def test_all_144_figures_arrive_each_once():
    ids = [figure.id for figure in figures()]
    assert len(ids) == 144
    assert len(set(ids)) == 144


def test_every_figure_hangs_on_an_item():
    numbers = {item["number"] for item in items()}
    assert {figure.number for figure in figures()} <= numbers


def test_every_value_stands_in_its_own_words():
    for figure in figures():
        assert figure.value in figure.words, figure.id
        assert figure.unit


def test_only_the_split_of_the_warned_leads_is_unknown():
    unknown = [figure.id for figure in figures() if not figure.value]
    assert unknown == ["2.2.leads_warned.blue", "2.2.leads_warned.yellow"]


def test_figures_keep_the_digits_that_were_printed():
    values = {figure.id: figure.value for figure in figures()}
    assert values["a.money_returned"] == "4.49"
    assert values["3.2.demolished_area"] == "2804.09"
    assert values["4.1.patrollers_per_village"] == "1-2"
    assert values["8.2.trained_cadres"] == "百"


def test_the_accountability_totals_add_up():
    values = {figure.id: figure.value for figure in figures()}
    kinds = ("removal", "serious_warning", "warning")
    parts = [int(values[f"a.party_discipline.{kind}"]) for kind in kinds]
    assert sum(parts) == int(values["a.party_discipline"]) == 8
    assert values["1.1.instructions"] == values["p.instructions"]
    assert values["5.3.weak_villages_paired"] == values["1.2.weak_villages_paired"]


def test_a_deadline_is_either_the_notices_own_or_marked_as_assumed():
    stated = [item["number"] for item in items() if not item.get("due_assumed")]
    assert stated == ["巡改-3.3", "巡改-6.2"]
    assert all(item["due_words"] for item in items() if item["number"] in stated)
    assert read("notice")["opened_assumed"]


def test_a_unit_that_the_notice_does_not_name_is_marked_as_assumed():
    for item in items():
        if not item["named_units"]:
            assert item["assumed_unit"], item["number"]


def test_the_six_visibles_and_the_three_kinds_of_findings_are_kept():
    outlook = read("notice")["outlook"]
    assert len(outlook["six_visibles"]) == 6
    assert [kind["code"] for kind in outlook["categories"]] == ["done", "needs_time", "long_term"]

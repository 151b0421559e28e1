"""`sise export` over a file that is there."""


def test_an_export_takes_the_place_of_an_export_and_of_nothing_else(kept, ledger, tmp_path):
    mine, ours = ledger.read_bytes(), tmp_path / "导出.xlsx"
    kept.done("export", ours)
    kept.done("export", ours)

    assert "不是 sise export 导出的文件" in kept.refused("export", ledger, code=2)
    assert ledger.read_bytes() == mine


def test_what_only_an_export_has_is_told_as_one_thing(kept, tmp_path):
    ours = tmp_path / "导出.xlsx"
    kept.done("export", ours)

    again = kept.done("import", ours, "--dry-run", "--json").json

    assert again["ignored_columns"] == ["台账 序号 … 回头看情况（9）"]
    assert (again["opened"], again["updated"]) == (0, 0)

"""`sise backup` and `sise restore`, as the person on duty runs them."""


def test_an_office_moves_to_another_folder(kept, tmp_path):
    file = tmp_path / "sise.zip"
    kept.done("night", "--inline")
    before = kept.done("tasks", "--json").out
    taken = kept.done("backup", file, "--json").json

    kept.monkeypatch.setenv("SISE_HOME", str(tmp_path / "new"))
    assert "可用 sise audit verify 核验历史记录" in kept.done("restore", file).out

    assert kept.done("tasks", "--json").out == before
    assert kept.done("audit", "head", "--json").json["head"] == taken["audit"][1]
    kept.done("audit", "verify")


def test_wrong_files_and_full_houses_are_one_clear_line(kept, ledger, tmp_path):
    kept.done("backup", tmp_path / "sise.zip")

    assert "不是 sise backup 生成的备份" in kept.refused("backup", ledger, code=2)
    assert "不是 sise backup 生成的备份" in kept.refused("restore", ledger, code=2)
    assert "中已有数据" in kept.refused("restore", tmp_path / "sise.zip", code=1)
    assert "nowhere" in kept.refused("restore", tmp_path / "nowhere.zip", code=2)
    nowhere = tmp_path / "nowhere"
    assert f"没有文件夹 {nowhere}；请先建立" in kept.refused("backup", nowhere / "b.zip", code=2)


def test_a_damaged_file_leaves_nothing_where_there_was_no_office(kept, ledger, tmp_path):
    kept.done("backup", tmp_path / "sise.zip")
    whole = (tmp_path / "sise.zip").read_bytes()
    (tmp_path / "cut.zip").write_bytes(whole[: len(whole) // 2])
    kept.monkeypatch.setenv("SISE_HOME", str(tmp_path / "new"))

    for broken in (tmp_path / "cut.zip", ledger):
        kept.refused("restore", broken, code=2)

    assert not (tmp_path / "new").exists()

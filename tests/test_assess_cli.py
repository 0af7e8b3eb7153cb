"""`huiying assess --jsonl`: one answer for each line, in order; bad lines are named."""

import json

from click.testing import CliRunner, Result

from monitor.cli.assess import command

KEYS = {
    "id", "is_incident", "decoy", "kind", "scope", "deaths", "missing", "trapped", "injured", "serious", "loss_yuan",
    "place", "severity", "provisional", "because",
}  # fmt: skip


def run(*lines: object) -> Result:
    text = "".join((line if isinstance(line, str) else json.dumps(line, ensure_ascii=False)) + "\n" for line in lines)
    return CliRunner().invoke(command, ["--jsonl"], input=text.encode())


def test_answers_come_in_order_with_their_ids() -> None:
    result = run(
        {"id": "a", "title": "甘肃某县一工厂爆炸致5人死亡", "text": ""},
        {"id": 7, "text": "今天天气很好。"},
        {"id": None, "title": None, "text": "Quake kills 39 in Henan", "published_at": "2026-07-09"},
    )
    assert result.exit_code == 0, result.output
    answers = [json.loads(line) for line in result.stdout.splitlines()]
    assert [answer["id"] for answer in answers] == ["a", 7, None]
    assert all(answer.keys() >= KEYS for answer in answers)
    assert (answers[0]["deaths"], answers[0]["severity"], answers[0]["place"]["province"]) == (5, "较大", "620000")
    assert (answers[1]["is_incident"], answers[1]["severity"]) == (False, None)


def test_the_scope_tells_the_mainland_the_territories_and_abroad() -> None:
    titles = ("甘肃一工厂爆炸", "香港一工厂爆炸", "日本一工厂爆炸", "一工厂爆炸")
    result = run(*({"id": title, "text": title} for title in titles))
    scopes = [json.loads(line)["scope"] for line in result.stdout.splitlines()]
    assert scopes == ["domestic", "hk_mo_tw", "foreign", "unknown"]


def test_bad_lines_are_named_and_the_good_ones_answered() -> None:
    result = run(
        {"id": 1, "text": "甲地起火"}, "{", ["no object"], {"id": 2}, {"id": 3, "text": 5}, {"id": 4, "text": "好"}
    )
    assert result.exit_code == 1
    assert [json.loads(line)["id"] for line in result.stdout.splitlines()] == [1, 4]
    for number in (2, 3, 4, 5):
        assert str(number) in result.stderr


def test_a_time_of_publication_is_read_as_newspapers_write_it() -> None:
    text = "9日20时许，陕西某县一民房起火。"
    for written in ("2026-07-10T09:00+08:00", "2026年7月10日09:00", "2026-07-10 09:00:00", "2026/7/10", "2026-07-10"):
        result = run({"id": 1, "text": text, "published_at": written})
        assert json.loads(result.stdout)["occurred_at"] == "2026-07-09T20:00:00+08:00", written
    for written in ("long ago", "2026-13-45", ""):
        result = run({"id": 1, "text": text, "published_at": written})
        assert json.loads(result.stdout)["occurred_at"] is None


def test_what_could_still_rise_is_provisional() -> None:
    answer = json.loads(run({"id": 1, "text": "山西某县煤矿透水2人死亡9人被困"}).stdout)
    assert (answer["severity"], answer["likely"], answer["provisional"]) == ("一般", "重大", True)


def test_words_on_the_command_line_are_a_title() -> None:
    result = CliRunner().invoke(command, ["甘肃某县一工厂爆炸致5人死亡"])
    assert json.loads(result.stdout)["deaths"] == 5

"""huiying.yaml: the shipped example works, every mistake is said at once, no secret is ever shown."""

import json
import re
from datetime import time
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from monitor.config.document import BadDocument
from monitor.config.settings import DEFAULT_DATABASE, SCHEMA_FILE, RobotChannel, SettingsFile, load_settings, schema
from tests.config.files import ROOT, mistakes

EXAMPLE = ROOT / "docs" / "huiying.example.yaml"
READMES = ("README.md", "README.zh-CN.md")


@pytest.fixture(autouse=True)
def no_settings_of_this_machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("HUIYING_CONFIG", raising=False)
    monkeypatch.delenv("HUIYING_DATABASE_URL", raising=False)
    monkeypatch.chdir(tmp_path)


def set_variables(text: str, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Set every environment variable that a settings file names as a secret."""
    names = list(dict.fromkeys(re.findall(r"^[^#\n]*env:([A-Z_]+)", text, re.MULTILINE)))
    for name in names:
        monkeypatch.setenv(name, f"the value of {name}")
    return names


def form_of(folder: Path, text: str) -> SettingsFile:
    file = folder / "huiying.yaml"
    file.write_text(text, encoding="utf-8")
    return load_settings(file).form


def test_the_example_loads_and_has_a_channel_of_each_kind(monkeypatch: pytest.MonkeyPatch) -> None:
    names = set_variables(EXAMPLE.read_text(encoding="utf-8"), monkeypatch)
    form = load_settings(EXAMPLE).form
    assert {c.kind for c in form.channels} == {"slack", "wecom", "dingtalk", "feishu", "webhook", "email", "apprise"}
    assert len(names) == 16
    assert (form.bureau.region, form.briefing.at) == ("210100", time(8, 27))
    assert form.mail is not None
    assert form.mail.password is not None
    assert form.mail.password.get_secret_value() == "the value of SMTP_PASSWORD"


def test_the_example_without_its_variables_names_each_of_them(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in set_variables(EXAMPLE.read_text(encoding="utf-8"), monkeypatch):
        monkeypatch.delenv(name)
    with pytest.raises(BadDocument) as bad:
        load_settings(EXAMPLE)
    lines = EXAMPLE.read_text(encoding="utf-8").splitlines()
    # The bot token of Slack stands there twice.
    assert len(bad.value.problems) == 17
    for problem in bad.value.problems:
        assert f"env:{problem.facts['name']}" in lines[problem.line - 1]


def test_the_example_explains_every_setting() -> None:
    written = set(re.findall(r"^[\s#-]*([a-z_]+):", EXAMPLE.read_text(encoding="utf-8"), re.MULTILINE))
    described = json.loads(schema())
    forms = [described, *described["$defs"].values()]
    settable = {name for form in forms for name in form.get("properties", ())}
    assert settable - written == set()


def test_the_schema_for_editors_is_up_to_date_and_accepts_the_example() -> None:
    stored = (ROOT / SCHEMA_FILE).read_text(encoding="utf-8")
    assert stored == schema(), "run: make schemas"
    described = json.loads(stored)
    jsonschema.Draft202012Validator.check_schema(described)
    jsonschema.validate(yaml.safe_load(EXAMPLE.read_text(encoding="utf-8")), described)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({"bureau": {"regoin": "210100"}}, described)
    assert "PT" not in re.findall(r'"default": "(..)', stored), "a default is shown as a person writes it"
    first = EXAMPLE.read_text(encoding="utf-8").splitlines()[0]
    assert first == f"# yaml-language-server: $schema={SCHEMA_FILE.as_posix()}", "right once it was copied"


@pytest.mark.parametrize("readme", READMES)
def test_the_readmes_name_the_example_and_what_they_show_loads(
    readme: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = (ROOT / readme).read_text(encoding="utf-8")
    assert EXAMPLE.relative_to(ROOT).as_posix() in text
    (shown,) = re.findall(r"```yaml\n(.*?)```", text, re.DOTALL)
    set_variables(shown, monkeypatch)
    assert [channel.kind for channel in form_of(tmp_path, shown).channels] == ["slack", "wecom", "email"]


def test_without_a_file_the_defaults_hold(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = load_settings()
    assert (settings.file, settings.form, settings.database_url) == (None, SettingsFile(), DEFAULT_DATABASE)
    assert (settings.form.bureau.region, settings.form.channels) == ("000000", [])
    monkeypatch.setenv("HUIYING_DATABASE_URL", "postgresql://u@h/n")
    assert settings.database_url == "postgresql://u@h/n"


def test_two_receivers_of_one_name_are_refused(tmp_path: Path) -> None:
    hook = "  - {name: platform, url: https://example.org/hook, secret: 0123456789abcdef0123456789abcdef}\n"
    assert mistakes(tmp_path, "webhooks:\n" + hook + hook, load_settings) == [
        "3: Two receivers are called platform, the first on line 2. Give each a name of its own."
    ]


def test_a_file_is_found_by_place_by_variable_and_by_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, bureau in (("huiying.yaml", "甲局"), ("other.yaml", "乙局"), ("third.yaml", "丙局")):
        (tmp_path / name).write_text(f"bureau: {{name: {bureau}}}", encoding="utf-8")
    assert load_settings().form.bureau.name == "甲局"
    monkeypatch.setenv("HUIYING_CONFIG", "other.yaml")
    assert load_settings().form.bureau.name == "乙局"
    assert load_settings(Path("third.yaml")).form.bureau.name == "丙局"
    monkeypatch.setenv("HUIYING_CONFIG", "none.yaml")
    with pytest.raises(BadDocument, match=r"none\.yaml:1: The file cannot be read: there is no such file"):
        load_settings()


def test_an_empty_file_gives_the_defaults(tmp_path: Path) -> None:
    assert form_of(tmp_path, "") == form_of(tmp_path, "# nothing\n") == SettingsFile()


@pytest.mark.parametrize("written", ["8:27", "08:27", '"8:27"', "'08:27'"])
def test_a_time_of_day_may_stand_without_quotes(written: str, tmp_path: Path) -> None:
    assert form_of(tmp_path, f"briefing: {{at: {written}}}").briefing.at == time(8, 27)


@pytest.mark.parametrize(
    ("written", "read"),
    [("210100", "210100"), ('"210100"', "210100"), ("000000", "000000"), ("0", "000000"), ("'000000'", "000000")],
)
def test_a_region_may_stand_as_a_number(written: str, read: str, tmp_path: Path) -> None:
    assert form_of(tmp_path, f"bureau: {{region: {written}}}").bureau.region == read


@pytest.mark.parametrize(
    "written", ["2101", "012345", "21010a", "false", "true", "２１０１００", "[210100]", "~", "21.01"]
)
def test_what_is_no_region_is_refused(written: str, tmp_path: Path) -> None:
    (found,) = mistakes(tmp_path, f"bureau: {{region: {written}}}", load_settings)
    assert re.fullmatch(r'1: region \(.+\) is no division code. Write six digits, like "210100".', found)


@pytest.mark.parametrize(
    ("written", "near"), [("999999", "820000 澳门特别行政区"), ("210199", "2101"), ("990000", "820000"), ("11999", "")]
)
def test_a_code_of_no_division_is_refused_with_the_nearest(written: str, near: str, tmp_path: Path) -> None:
    (found,) = mistakes(tmp_path, f'bureau: {{region: "{written}"}}', load_settings)
    said = f"1: {written} is no division of GB/T 2260. The nearest is {near}" if near else "is no division code"
    assert said in found


@pytest.mark.parametrize("written", ["000000", "110100", "110101", "659000", "710000", "820000"])
def test_every_division_and_the_sum_of_a_city_s_districts_is_a_region(written: str, tmp_path: Path) -> None:
    assert form_of(tmp_path, f'bureau: {{region: "{written}"}}').bureau.region == written


def test_ways_to_the_web_are_read(tmp_path: Path) -> None:
    http = form_of(
        tmp_path,
        "http: {proxy: 'http://u:p@10.1.0.8:3128', allow: [a.example.org, 10.1.0.0/16, 10.1.0.9], contact: a@b.org}",
    ).http
    assert http.proxy == "http://u:p@10.1.0.8:3128"
    assert http.allow == ["a.example.org", "10.1.0.0/16", "10.1.0.9"]
    assert http.contact == "a@b.org"


def test_every_mistake_is_named_at_once_in_the_order_of_lines(tmp_path: Path) -> None:
    assert mistakes(
        tmp_path,
        """version: 2
langauge: zh
bureau: {region: 12}
channels:
  - kind: slack
    token: env:NOT_SET_AT_ALL
    chanel: C1
  - kind: wecom
    webhook: x
    secret: y
  - kind: email
    to: [nobody, a@b.org, a@b.org]
  - kind: wecom
    webhook: env:hook-with-hyphen
  - kind: telegram
  - kind: feishu
    name: console
    webhook: 12345
  - {kind: apprise, url: ''}
briefing:
  at: 25:00
  to: [c@d.org, c@d.org]
console: {port: 70000}
http: {proxy: "socks5://u:p@h:1", allow: [10.1], contact: 某人}
database: mysql://u:p@h/n
""",
        load_settings,
    ) == [
        "1: version cannot be 2; it is one of 1.",
        "2: langauge is no known key. Did you mean language?",
        '3: region (12) is no division code. Write six digits, like "210100".',
        "5: channel is missing.",
        "6: token names the environment variable NOT_SET_AT_ALL, which is not set.",
        "7: chanel is no known key. Did you mean channel?",
        "10: A robot of WeCom has no secret. Leave it out.",
        "11: An e-mail channel needs the section mail.",
        "12: to (nobody) is no e-mail address.",
        "12: a@b.org stands in this list a second time.",
        "13: Two channels are called wecom, the first on line 8. Give each a name of its own.",
        "14: webhook has no name of an environment variable after env:. Write it like env:SMTP_PASSWORD.",
        "15: kind cannot be telegram; it is one of slack, wecom, dingtalk, feishu, webhook, email, apprise.",
        "17: No channel can be called console: the name is in use. Give it another.",
        "18: webhook must be a text in quotes, or better env:NAME with the secret in that variable.",
        "19: url is empty. Write env:NAME and set that environment variable.",
        "21: at (25:00) is no time of day. Write it like 08:27.",
        "22: c@d.org stands in this list a second time.",
        "22: The briefing needs the section mail.",
        "23: port cannot be 70000: it must be at most 65535.",
        "24: proxy is no proxy address. Write it like http://10.1.0.8:3128.",
        "24: allow (10.1) is neither a host nor a network such as 10.1.0.0/16.",
        "24: contact must be one line of Latin letters, such as an address or a telephone number.",
        "25: database is no database address. Write sqlite:///var/huiying.db or postgresql://user@host/name.",
    ]


@pytest.mark.parametrize(
    ("extra", "expected"),
    [
        ("username: u", "2: mail has a username but no password. Mailbox providers want an authorisation code here."),
        ("password: p", "2: mail has a password but no username."),
    ],
)
def test_a_username_and_a_password_belong_together(extra: str, expected: str, tmp_path: Path) -> None:
    text = f"mail: {{host: h, sender: a@b.org,\n {extra}}}"
    assert mistakes(tmp_path, text, load_settings) == [expected]


def test_a_secret_comes_from_a_variable_or_a_file_without_the_line_s_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stored = tmp_path / "secret"
    stored.write_text("from file\n", encoding="utf-8")
    monkeypatch.setenv("SOME_SECRET", "from variable\n")
    text = (
        f"channels: [{{kind: feishu, webhook: 'file:{stored}', secret: env:SOME_SECRET}}]\ndatabase: env:SOME_DATABASE"
    )
    monkeypatch.setenv("SOME_DATABASE", "postgresql://u:p@h/n")
    form = form_of(tmp_path, text)
    (channel,) = form.channels
    assert isinstance(channel, RobotChannel)
    assert channel.webhook.get_secret_value() == "from file"
    assert channel.secret is not None
    assert channel.secret.get_secret_value() == "from variable"
    assert load_settings(tmp_path / "huiying.yaml").database_url == "postgresql://u:p@h/n"


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (None, "cannot be read: there is no such file."),
        (b"", "is empty."),
        (b"\xff", "cannot be read: it is not UTF-8."),
    ],
)
def test_a_file_of_a_secret_that_cannot_be_used_is_named(content: bytes | None, why: str, tmp_path: Path) -> None:
    stored = tmp_path / "secret"
    if content is not None:
        stored.write_bytes(content)
    (found,) = mistakes(tmp_path, f"channels: [{{kind: wecom, webhook: 'file:{stored}'}}]", load_settings)
    assert found == f"1: webhook names the file {stored}, which {why}"


HUSH = "hush-7f3a"


@pytest.mark.parametrize(
    "text",
    [
        f"channels: [{{kind: slack, token: {HUSH}}}]",
        f"channels: [{{kind: slack, token: [{HUSH}]}}]",
        f"channels: [{{kind: slack, token: {{a: {HUSH}}}}}]",
        f"channels: [{{kind: slack, token: env:{HUSH}}}]",
        f"channels: ['https://robot.example/send?key={HUSH}']",
        f"channels: https://robot.example/send?key={HUSH}",
        f"channels: [{{kind: wecom, webhok: https://robot.example/send?key={HUSH}}}]",
        f"channels: [{{kind: wecom, https://robot.example/send?key={HUSH}: }}]",
        f"mail: {HUSH}",
        f"mail: {{host: h, sender: a@b.org, username: u, pasword: {HUSH}}}",
        f"mail: {{password {HUSH}}}",
        f"http: {{proxy: 'https://u:{HUSH}@h:1'}}",
        f"database: mysql://u:{HUSH}@h/n",
        f"mail:\n  password: *{HUSH}",
        f"mail:\n  password: '{HUSH}",
        f"mail:\n  password: !{HUSH} x",
        f"mail:\n  password {HUSH}\n  host: h",
        f"mail:\n  password: &{HUSH} a\n  host: &{HUSH} a",
        f"mail:\n  password: {HUSH}: x",
    ],
)
def test_no_mistake_shows_a_secret(text: str, tmp_path: Path) -> None:
    file = tmp_path / "f.yaml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(BadDocument) as bad:
        load_settings(file)
    seen: list[Any] = [bad.value, bad.value.facts, bad.value.problems, bad.value.args]
    assert not [thing for thing in seen if HUSH in repr(thing) or HUSH in str(thing)]


def test_settings_show_no_secret(tmp_path: Path) -> None:
    form = form_of(
        tmp_path,
        f"""channels: [{{kind: feishu, webhook: 'https://x.example/{HUSH}', secret: {HUSH}}}]
mail: {{host: h, sender: a@b.org, username: u, password: {HUSH}}}
http: {{proxy: 'http://u:{HUSH}@h:1'}}
database: postgresql://u:{HUSH}@h/n
""",
    )
    assert HUSH not in repr(form) + str(form)
    assert form.mail is not None
    assert form.mail.password is not None
    assert form.mail.password.get_secret_value() == HUSH


def test_who_sends_nothing_needs_no_secret_but_the_database_s(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in set_variables(EXAMPLE.read_text(encoding="utf-8"), monkeypatch):
        monkeypatch.delenv(name)
    form = load_settings(EXAMPLE, secrets=False).form
    assert {channel.kind for channel in form.channels} >= {"slack", "wecom", "email"}
    assert form.bureau.region == "210100"
    file = tmp_path / "own.yaml"
    file.write_text("database: env:NO_SUCH_VARIABLE\nchannels: [{kind: slak}, 5]\nmail: x\n", encoding="utf-8")
    with pytest.raises(BadDocument) as bad:
        load_settings(file, secrets=False)
    assert [problem.line for problem in bad.value.problems] == [1, 2, 2, 3]


@pytest.mark.parametrize(
    "url",
    ["duty.example.org", "ftp://duty.example.org", "https://duty.example.org/app", "https://u:p@h.org", "https://"],
)
def test_a_public_address_is_a_bare_one(tmp_path: Path, url: str) -> None:
    with pytest.raises(BadDocument) as bad:
        form_of(tmp_path, f"console: {{public_url: '{url}'}}\n")
    assert "public_url is not a base address" in str(bad.value)


def test_a_public_address_loses_its_last_slash(tmp_path: Path) -> None:
    form = form_of(tmp_path, "console: {public_url: 'https://Duty.example.org/'}\n")
    assert form.console.public_url == "https://duty.example.org"


def test_readers_of_the_briefing_are_addresses_or_more(tmp_path: Path) -> None:
    text = """
mail: {host: h, sender: a@b.org}
briefing:
  to:
    - chief@b.org
    - {address: county@b.org, region: 210402}
    - {address: guest@b.org, language: en, office: press}
"""
    readers = form_of(tmp_path, text).briefing.readers("zh")
    assert [reader.address for reader in readers] == ["chief@b.org", "county@b.org", "guest@b.org"]
    assert [reader.edition.key for reader in readers] == ["", "/210402/", "en//press"]
    assert form_of(tmp_path, text).briefing.readers("en")[2].edition.language == ""


def test_a_reader_who_cannot_be_is_refused_with_his_line(tmp_path: Path) -> None:
    text = """mail: {host: h, sender: a@b.org}
briefing:
  to:
    - nobody
    - {address: county@b.org, region: 999999}
    - {adress: c@b.org}
    - {address: d@b.org, language: fr}
    - d@b.org
    - [e@b.org]
    - D@B.org
"""
    assert mistakes(tmp_path, text, load_settings) == [
        "4: address (nobody) is no e-mail address.",
        "5: 999999 is no division of GB/T 2260. The nearest is 820000 澳门特别行政区.",
        "6: address is missing.",
        "6: adress is no known key. Did you mean address?",
        "7: language cannot be fr; it is one of zh, en.",
        "8: d@b.org stands in this list a second time.",
        "9: to must have keys with values of its own.",
        "10: D@B.org stands in this list a second time.",
    ]

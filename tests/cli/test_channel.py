"""The commands about channels: what there is, and what a provider answers to a real message."""

from __future__ import annotations

from monitor.store import keys
from monitor.store.database import Database
from responders.links import KEY
from tests.cli.terminal import Terminal
from tests.responders.fakes.robots import FakeWeCom
from tests.responders.fakes.slack import FakeSlack
from tests.responders.fakes.web import Fault


def settings(terminal: Terminal, text: str) -> None:
    (terminal.folder / "huiying.yaml").write_text("http: {allow: [127.0.0.1]}\n" + text, encoding="utf-8")


def wecom(terminal: Terminal, url: str) -> None:
    settings(terminal, f"channels: [{{kind: wecom, name: 值班群, webhook: '{url}'}}]\n")


def slack(terminal: Terminal, fake: FakeSlack, *, arm: str = "true") -> None:
    where = f"token: {fake.token}, channel: C0123ABCD, base_url: '{fake.base_url}'"
    settings(terminal, f"channels: [{{kind: slack, {where}, arm: {arm}}}]\n")


def test_the_list_needs_no_secret_and_says_how_fast_each_may_be_used(terminal: Terminal) -> None:
    settings(terminal, "channels: [{kind: dingtalk, name: 值班群, webhook: 'env:NOT_SET'}]\n")
    assert "20 a minute, 8 of them for pages" in terminal.run("channel", "list")
    console, robot = terminal.json("channel", "list")
    assert (console["channel"], robot["channel"], robot["kind"]) == ("console", "值班群", "dingtalk")
    assert (robot["per_minute"], robot["reserve"], robot["last"]) == (20, 8, None)


def test_a_test_is_a_real_message_that_says_that_nothing_happened(terminal: Terminal) -> None:
    with FakeWeCom() as fake:
        wecom(terminal, fake.webhook)
        assert "✓ The provider took the message." in terminal.run("channel", "test", "值班群")
        assert "nothing happened" in fake.taken[0]["markdown"]["content"]


def test_what_the_provider_refuses_is_said_with_the_remedy(terminal: Terminal) -> None:
    with FakeWeCom() as fake:
        wecom(terminal, fake.webhook + "x")
        terminal.run("channel", "test", "值班群", code=1)
        assert "93000" in terminal.printed
        assert "new webhook" in terminal.printed
        fake.fail(Fault.GARBAGE)
        terminal.run("channel", "test", "值班群", code=1)
        assert fake.webhook.partition("key=")[2] not in terminal.printed


def test_a_test_of_slack_shows_that_it_holds_messages_and_gives_them_back(terminal: Terminal) -> None:
    with FakeSlack() as fake:
        slack(terminal, fake)
        told = terminal.run("channel", "test", "slack")
        assert "gave it back" in told
        assert fake.held == []
        assert len(fake.posts()) == 1
    with FakeSlack() as fake:
        slack(terminal, fake, arm="false")
        assert "gave it back" not in terminal.run("channel", "test", "slack")
        assert not any("schedule" in request.path for request in fake.requests)


def test_an_unknown_channel_is_named_with_the_nearest(terminal: Terminal) -> None:
    assert "Did you mean console?" in terminal.run("channel", "test", "consol", code=1)


def test_a_test_waits_for_no_one_but_takes_no_alerts_place(terminal: Terminal) -> None:
    with FakeWeCom() as fake:
        wecom(terminal, fake.webhook)
        terminal.run("channel", "list")
        database = Database(terminal.url)
        with database.write() as connection:
            connection.exec_driver_sql(
                "INSERT INTO alert (id, key, reason, ordinal, point, page, at, created_at, not_before, useful_until,"
                " state, detail) VALUES (1, 'a', 'trouble', 1, '', 0, '2026-07-09 12:00:00', '2026-07-09 12:00:00',"
                " '2026-07-09 12:00:00', '2026-07-09 12:00:00', 'sent', '{}')"
            )
            for n in range(20):
                connection.exec_driver_sql(
                    "INSERT INTO delivery (alert_id, channel, attempt, state, started_at, may_have_arrived,"
                    " provider_id, said, remedy) VALUES"
                    " (1, '值班群', ?, 'accepted', strftime('%Y-%m-%d %H:%M:%f', 'now'), 0, '', '', '')",
                    (n,),
                )
        database.close()
        assert "takes no further message before" in terminal.run("channel", "test", "值班群", code=1)
        assert fake.taken == []


def test_renewing_makes_another_key(terminal: Terminal) -> None:
    assert "worth nothing" in terminal.run("channel", "renew-links")
    database = Database(terminal.url)
    with database.read() as connection:
        first = keys.key(connection, KEY)
    terminal.run("channel", "renew-links")
    with database.read() as connection:
        assert keys.key(connection, KEY) != first is not None
    database.close()

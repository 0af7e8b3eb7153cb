"""channels.yaml: every kind of channel has its line, and mistakes are named with file and line."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import get_args

import pytest

from monitor.config.channel_limits import FILE, load_limits
from monitor.config.document import BadDocument
from monitor.config.settings import ChannelSetting


def kinds() -> set[str]:
    settings = get_args(get_args(ChannelSetting)[0])
    return {kind for setting in settings for kind in get_args(setting.model_fields["kind"].annotation)}


def test_every_kind_of_channel_has_its_limits_with_a_source() -> None:
    limits = load_limits()
    assert kinds() | {"console"} == set(limits)
    assert all(one.source for one in limits.values())
    assert limits["dingtalk"].pace.penalty == timedelta(minutes=10)
    assert limits["wecom"].sizes == {"text": 2048, "markdown": 4096}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("wecom: {per_minute: 20, reserve: 20, source: x, verified: true}", "The reserve of wecom leaves no message"),
        ("wecom: {reserve: 5, source: x, verified: true}", "The reserve of wecom leaves no message"),
        (
            "f: {crowd: {minutes: [60], before_seconds: 1, after_seconds: 1}, source: x, verified: true}",
            "60 is no minute",
        ),
        ("wecom: {per_hour: 1, source: x, verified: true}", "per_hour"),
        ("wecom: {per_minute: 20}", "source"),
    ],
)
def test_mistakes_are_named_with_their_line(tmp_path: Path, text: str, told: str) -> None:
    (tmp_path / FILE).write_text(f"channels:\n  {text}\n", encoding="utf-8")
    with pytest.raises(BadDocument) as bad:
        load_limits(tmp_path)
    assert told in str(bad.value)
    assert f"{FILE}:2" in str(bad.value)

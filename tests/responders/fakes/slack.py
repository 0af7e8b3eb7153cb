"""Slack's Web API as far as the channel uses it: post, update, history, replies, info, auth.test."""

from __future__ import annotations

import html
import json
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs

from tests.responders.fakes.markup import has_half_surrogate
from tests.responders.fakes.slack_rules import (
    TEXT_LIMIT,
    TOTAL,
    problem_of_metadata,
    problems_of_blocks,
    texts,
    total_text,
)
from tests.responders.fakes.web import Answer, Bucket, Request, WebFake

JSON_FIELDS = ("blocks", "metadata", "attachments")


class Refused(Exception):
    """Slack's `ok: false`."""

    def __init__(self, error: str, *, status: int = 200, retry_after: int = 0, **more: object) -> None:
        self.answer = Answer(
            {"ok": False, "error": error, **more}, status, {"Retry-After": str(retry_after)} if retry_after else {}
        )


@dataclass(slots=True)
class Post:
    """One message as the channel's members see it."""

    ts: str
    text: str
    blocks: list[dict[str, Any]]
    metadata: dict[str, Any]
    thread_ts: str | None = None
    broadcast: bool = False
    deleted: bool = False
    edits: list[str] = field(default_factory=list)

    @property
    def key(self) -> str:
        return str(self.metadata.get("event_payload", {}).get("key", ""))

    def parsed(self) -> Iterator[str]:
        """Yield the texts in which Slack looks for markup: the notification and every mrkdwn object."""
        yield self.text
        yield from (text["text"] for text in texts(self.blocks) if text["type"] == "mrkdwn")

    @property
    def mentions(self) -> list[str]:
        return [found for text in self.parsed() for found in re.findall(r"<([!@#][^>]*)>", text)]

    @property
    def links(self) -> list[tuple[str, str]]:
        """Return (address, label) of every live link."""
        found = [link for text in self.parsed() for link in re.findall(r"<([a-z]+:[^>|]*)(?:\|([^>]*))?>", text)]
        return [(html.unescape(address), html.unescape(label)) for address, label in found]

    @property
    def shown(self) -> str:
        """The words of the blocks as people read them."""
        return "\n".join(html.unescape(text["text"]) for text in texts(self.blocks)) or html.unescape(self.text)


class FakeSlack(WebFake):
    """One workspace. Slack documentation, the pages of the methods and "Rate limits".

    One message a second and channel, `burst` at once (Slack promises no burst); updates and reads are of tier 3.
    """

    def __init__(
        self,
        *,
        token: str = "xoxb-1-right",
        channels: tuple[str, ...] = ("C0123ABCD",),
        burst: int = 1,
        clock: Callable[[], float] = time.time,
    ) -> None:
        super().__init__(clock=clock)
        self.token = token
        self.channels = {channel: list[Post]() for channel in channels}
        self.not_joined: set[str] = set()
        self.archived: set[str] = set()
        self.page_limit = 999
        self.scopes = {"chat:write", "channels:history"}
        self._speed = {channel: Bucket(1, burst, clock) for channel in channels}
        self._tier_3 = Bucket(50 / 60, 50, clock)
        self._count = 0

    @property
    def base_url(self) -> str:
        return f"{self.url}/api/"

    def posts(self, channel: str = "C0123ABCD") -> list[Post]:
        """Return what people see in the channel itself, oldest first."""
        return [post for post in self.channels[channel] if not post.deleted and (not post.thread_ts or post.broadcast)]

    def thread(self, ts: str, channel: str = "C0123ABCD") -> list[Post]:
        """Return the replies in a thread, oldest first."""
        return [post for post in self.channels[channel] if post.thread_ts == ts and not post.deleted]

    def delete(self, ts: str, channel: str = "C0123ABCD") -> None:
        """Delete a message as a person would; replies of a deleted parent stay."""
        self._post(channel, ts).deleted = True

    def handle(self, request: Request) -> Answer:
        method = request.path.removeprefix("/api/")
        handlers: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
            "chat.postMessage": self._post_message,
            "chat.update": self._update,
            "conversations.history": self._history,
            "conversations.replies": self._replies,
            "conversations.info": self._info,
            "auth.test": lambda _: {"user_id": "U0BOT", "bot_id": "B0BOT"},
        }
        if method not in handlers:
            return Refused("unknown_method").answer
        try:
            arguments = self._arguments(request)
            self._authorise(request, arguments)
            return Answer({"ok": True, **handlers[method](arguments)})
        except Refused as refused:
            return refused.answer

    def _arguments(self, request: Request) -> dict[str, Any]:
        """Read JSON or form; in a form, structures are JSON in a text."""
        if request.method == "GET" or request.media_type == "application/x-www-form-urlencoded":
            form = request.query if request.method == "GET" else parse_qs(request.body.decode(), keep_blank_values=True)
            arguments: dict[str, Any] = {name: values[-1] for name, values in form.items()}
            try:
                arguments.update({name: json.loads(arguments[name]) for name in JSON_FIELDS if name in arguments})
            except ValueError:
                raise Refused("invalid_blocks_format") from None
            return arguments
        if request.media_type != "application/json":
            raise Refused("invalid_post_type")
        if "charset=utf-8" not in request.headers.get("content-type", "").lower():
            raise Refused("missing_charset")
        try:
            value = json.loads(request.body.decode("utf-8") or "{}")
        except ValueError:
            raise Refused("invalid_json") from None
        if not isinstance(value, dict):
            raise Refused("json_not_object")
        if has_half_surrogate(value):
            raise Refused("invalid_json")
        return value

    def _authorise(self, request: Request, arguments: dict[str, Any]) -> None:
        token = request.headers.get("authorization", "").removeprefix("Bearer ") or arguments.pop("token", "")
        if not token:
            raise Refused("not_authed")
        if token != self.token:
            raise Refused("invalid_auth")

    def _channel(self, arguments: dict[str, Any]) -> str:
        channel = str(arguments.get("channel", ""))
        if channel not in self.channels:
            raise Refused("channel_not_found")
        if channel in self.not_joined:
            raise Refused("not_in_channel")
        return channel

    def _post(self, channel: str, ts: str) -> Post:
        found = next((post for post in self.channels[channel] if post.ts == ts and not post.deleted), None)
        if found is None:
            raise Refused("message_not_found")
        return found

    def _content(self, arguments: dict[str, Any]) -> tuple[str, list[dict[str, Any]], dict[str, Any] | None]:
        text, blocks, metadata = arguments.get("text"), arguments.get("blocks", []), arguments.get("metadata")
        # Slack takes blocks without a text and shows an empty notification; nobody wants that of an alert.
        if not isinstance(text, str) or not text.strip():
            raise Refused("no_text")
        if len(text) > TEXT_LIMIT:
            raise Refused("msg_too_long")
        problems = problems_of_blocks(blocks)
        if problems:
            raise Refused("invalid_blocks", errors=problems, response_metadata={"messages": problems})
        if total_text(blocks) > TOTAL:
            raise Refused("msg_blocks_too_long")
        if metadata is not None and (wrong := problem_of_metadata(metadata)):
            raise Refused(wrong)
        return text, blocks, metadata

    def _post_message(self, arguments: dict[str, Any]) -> dict[str, Any]:
        channel = self._channel(arguments)
        text, blocks, metadata = self._content(arguments)
        if not self._speed[channel].take():
            raise Refused("ratelimited", status=429, retry_after=1)
        self._count += 1
        post = Post(f"{int(self.clock())}.{self._count:06d}", text, blocks, metadata or {})
        parent = next((p for p in self.channels[channel] if p.ts == arguments.get("thread_ts") and not p.deleted), None)
        # Slack does not refuse a reply to a deleted message: it posts it at the top (slack-go/slack issue 1571).
        if parent is not None:
            post.thread_ts = parent.thread_ts or parent.ts
            post.broadcast = bool(arguments.get("reply_broadcast"))
        self.channels[channel].append(post)
        return {"channel": channel, "ts": post.ts, "message": self._shown(post, everything=True)}

    def _update(self, arguments: dict[str, Any]) -> dict[str, Any]:
        channel = self._channel(arguments)
        post = self._post(channel, str(arguments.get("ts", "")))
        text, blocks, metadata = self._content(arguments)
        self._tier3()
        post.edits.append(post.shown)
        post.text, post.blocks = text, blocks
        post.metadata = post.metadata if metadata is None else metadata
        return {"channel": channel, "ts": post.ts, "text": text}

    def _history(self, arguments: dict[str, Any]) -> dict[str, Any]:
        channel = self._readable(arguments)
        return self._page(list(reversed(self.posts(channel))), arguments)

    def _info(self, arguments: dict[str, Any]) -> dict[str, Any]:
        """Tell of a channel to whoever may see it, in it or not."""
        if "channels:read" not in self.scopes:
            raise Refused("missing_scope", needed="channels:read", provided=",".join(sorted(self.scopes)))
        channel = str(arguments.get("channel", ""))
        if channel not in self.channels:
            raise Refused("channel_not_found")
        joined = channel not in self.not_joined
        return {"channel": {"id": channel, "is_archived": channel in self.archived, "is_member": joined}}

    def _replies(self, arguments: dict[str, Any]) -> dict[str, Any]:
        channel = self._readable(arguments)
        asked = next((p for p in self.channels[channel] if p.ts == arguments.get("ts")), None)
        if asked is None or (asked.deleted and not self.thread(asked.ts, channel)):
            raise Refused("thread_not_found")
        parent_ts = asked.thread_ts or asked.ts
        return self._page([p for p in self.channels[channel] if parent_ts in (p.ts, p.thread_ts)], arguments)

    def _readable(self, arguments: dict[str, Any]) -> str:
        channel = self._channel(arguments)
        if "channels:history" not in self.scopes:
            raise Refused("missing_scope", needed="channels:history", provided=",".join(sorted(self.scopes)))
        self._tier3()
        return channel

    def _tier3(self) -> None:
        if not self._tier_3.take():
            raise Refused("ratelimited", status=429, retry_after=10)

    def _page(self, posts: list[Post], arguments: dict[str, Any]) -> dict[str, Any]:
        """Return one page; a thread's parent is always in it, whatever the time asked for."""
        everything = str(arguments.get("include_all_metadata", "")).lower() in ("1", "true")
        oldest, latest = float(arguments.get("oldest") or 0), float(arguments.get("latest") or "inf")
        parent = arguments.get("ts")
        wanted = [post for post in posts if oldest < float(post.ts) < latest or post.ts == parent]
        start = int(str(arguments.get("cursor") or "at:0").removeprefix("at:"))
        end = start + min(int(arguments.get("limit") or 100), self.page_limit)
        answer: dict[str, Any] = {"messages": [self._shown(post, everything=everything) for post in wanted[start:end]]}
        if end < len(wanted):
            answer |= {"has_more": True, "response_metadata": {"next_cursor": f"at:{end}"}}
        return answer

    @staticmethod
    def _shown(post: Post, *, everything: bool) -> dict[str, Any]:
        """Return a message as the API does: the payload of its metadata only on demand."""
        message: dict[str, Any] = {"type": "message", "ts": post.ts, "text": post.text, "bot_id": "B0BOT"}
        if post.deleted:
            message |= {"subtype": "tombstone", "text": "This message was deleted.", "hidden": True}
        elif post.metadata:
            kept = ("event_type", "event_payload") if everything else ("event_type",)
            message["metadata"] = {name: post.metadata[name] for name in kept}
        return message | ({"thread_ts": post.thread_ts} if post.thread_ts else {})

"use strict";
// Counts the clocks down and renews the board. Everything else works without this script.
(() => {
  const body = document.body, said = body.dataset, RENEW = 30000;
  const main = document.querySelector("main[data-refresh]"), stale = document.getElementById("stale");
  let skew = 0, answered = Date.now();

  // The service's clock counts, not this device's: both may differ, so only the difference is kept.
  const sync = (now) => { answered = Date.now(); skew = Date.parse(now) - answered; };
  const now = () => Date.now() + skew;
  const two = (number) => String(number).padStart(2, "0");
  const span = (ms) => {
    const s = Math.floor(Math.abs(ms) / 1000);
    return `${Math.floor(s / 3600)}:${two(Math.floor(s / 60) % 60)}:${two(s % 60)}`;
  };
  const beijing = (ms) => new Date(ms + 8 * 3600000).toISOString();

  const tick = () => {
    for (const clock of document.querySelectorAll("[data-due]")) {
      const due = Date.parse(clock.dataset.due), start = Date.parse(clock.dataset.start), left = due - now();
      // What is days away is told in days, as the page came.
      if (Math.abs(left) < 96 * 3600000) clock.querySelector(".left").textContent = (left > 0 ? said.left : said.over).replace("{time}", span(left));
      const bar = clock.querySelector("progress");
      if (bar) bar.value = Math.min(1, Math.max(0, (now() - start) / (due - start)));
    }
    for (const shown of document.querySelectorAll("[data-clock]")) {
      shown.textContent = beijing(now()).slice(0, 19).replace("T", " ");
    }
    // A field that nobody touched keeps meaning "now", also when the page has been open for an hour.
    for (const field of document.querySelectorAll("[data-follows-clock]")) {
      if (field.value === field.defaultValue && field !== document.activeElement) {
        field.defaultValue = field.value = beijing(now()).slice(0, 16);
      }
    }
  };

  const chosenAnew = (list) => {
    const usual = [...list.options].find((option) => option.defaultSelected) || list.options[0];
    return usual !== undefined && !usual.selected;
  };
  const changed = (field) => {
    if (field.tagName === "SELECT") return chosenAnew(field);
    if (["checkbox", "radio"].includes(field.type)) return field.checked !== field.defaultChecked;
    return field.value !== field.defaultValue;
  };
  const typedIn = (node) =>
    [...node.querySelectorAll("input:not([type=hidden]), select, textarea")].some(
      (field) => field === document.activeElement || changed(field));

  const stops = (node) => [...node.querySelectorAll("a, button, summary")];

  // Put the focus back on what it was on, if that is still there.
  const focused = () => {
    const active = document.activeElement, part = active.closest("main [id]:is(main > *, [data-renew])");
    const stop = part ? stops(part).indexOf(active) : -1;
    return () => {
      const again = stop >= 0 && document.getElementById(part.id);
      const same = again && stops(again)[stop];
      if (same && same.textContent === active.textContent) same.focus({ preventScroll: true });
    };
  };

  // Put the fresh parts in place of the old ones, except those in which somebody is typing.
  const renew = (fresh) => {
    const refocus = focused();
    const kept = new Map([...main.children].filter(typedIn).map((node) => [node.id, node]));
    const open = new Set([...main.querySelectorAll("details[open][id]")].map((node) => node.id));
    for (const node of [...main.children]) if (!kept.has(node.id)) node.remove();
    let place = main.firstChild;
    for (const node of [...fresh.children]) {
      if (kept.has(node.id)) { place = kept.get(node.id).nextSibling; continue; }
      for (const details of [node, ...node.querySelectorAll("details[id]")]) if (open.has(details.id)) details.open = true;
      main.insertBefore(node, place);
    }
    refocus();
  };

  // A long page is read, not watched: only the parts that differ are put in place, and what was unfolded stays so.
  const renewParts = (fresh) => {
    const refocus = focused(), summary = (details) => details.querySelector("summary")?.textContent;
    for (const part of main.querySelectorAll("[data-renew]")) {
      const next = fresh.querySelector(`[data-renew]#${part.id}`);
      if (!next || typedIn(part) || next.isEqualNode(part)) continue;
      const open = new Set([...part.querySelectorAll("details[open]")].map((details) => details.id || summary(details)));
      for (const details of next.querySelectorAll("details")) if (open.has(details.id || summary(details))) details.open = true;
      part.replaceWith(next);
    }
    refocus();
  };

  let turn = 0, shown = 0;
  const ask = async () => {
    if (document.hidden) return;
    const mine = ++turn;
    try {
      const answer = await fetch(location.pathname + location.search, { headers: { Accept: "text/html" }, cache: "no-store" });
      // The session is over: the sign-in is another page.
      if (answer.redirected) { location.reload(); return; }
      if (!answer.ok) throw new Error(answer.status);
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      // Two may be under way: an older answer shall not put back what a newer one has shown.
      if (mine < shown) return;
      shown = mine;
      sync(page.body.dataset.now);
      stale.hidden = true;
      document.title = page.title;
      const fresh = page.querySelector("main");
      main.dataset.live = fresh.dataset.live || "";
      if (main.hasAttribute("data-parts")) renewParts(fresh); else renew(fresh);
      tick();
    } catch {
      if (mine < shown) return;
      stale.textContent = said.stale.replace("{time}", beijing(answered + skew).slice(11, 19));
      stale.hidden = false;
    }
  };

  // The service says when something changed; while a page is out of sight it holds no line.
  let line = null, soon = 0, asked = 0;
  const listen = () => {
    if (!main.dataset.live || !window.EventSource) return;
    if (document.hidden) { if (line) line.close(); line = null; return; }
    if (line && line.readyState !== EventSource.CLOSED) return;
    line = new EventSource("/live?since=" + encodeURIComponent(main.dataset.live));
    line.addEventListener("change", () => {
      // The first change shows at once; of a storm of them every third second.
      if (!soon) soon = setTimeout(() => { soon = 0; asked = Date.now(); ask(); }, Math.max(0, asked + 3000 - Date.now()));
    });
  };

  sync(said.now);
  tick();
  setInterval(tick, 1000);
  if (main) {
    listen();
    setInterval(() => { ask(); listen(); }, RENEW);
    document.addEventListener("visibilitychange", () => { ask(); listen(); });
    addEventListener("pagehide", () => { if (line) line.close(); line = null; });
    addEventListener("pageshow", (event) => { if (event.persisted) { ask(); listen(); } });
  }
  for (const form of document.querySelectorAll("form[data-go]")) form.requestSubmit();
  // A second tap must not log a response twice. What leads to no new page stays as it is.
  let sent = false;
  document.addEventListener("submit", (event) => {
    if (event.defaultPrevented || event.target.method !== "post") return;
    sent = true;
    setTimeout(() => { for (const button of event.target.querySelectorAll("button")) button.disabled = true; });
  });
  // Come back to, or loaded anew by a browser that remembers what was disabled; not while a form is on its way.
  addEventListener("pageshow", (event) => {
    if (sent && !event.persisted) return;
    sent = false;
    for (const button of document.querySelectorAll("button[disabled]")) button.disabled = false;
  });
})();

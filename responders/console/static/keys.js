"use strict";
// Keys for those who sit at a keyboard. Off in fields, off with modifiers, and switchable off; nothing needs them.
(() => {
  const dialog = document.getElementById("keys"), off = document.getElementById("keys-off");
  if (!dialog) return;
  const STORE = "huiying_keys_off", AHEAD = 1500;
  const PAGES = { b: "/", i: "/incidents", s: "/search", a: "/alerts", d: "/duty" };
  let chosen = "", began = -AHEAD;

  const kept = () => { try { return localStorage.getItem(STORE) === "1"; } catch { return false; } };
  off.checked = kept();
  off.addEventListener("change", () => {
    try { localStorage.setItem(STORE, off.checked ? "1" : "0"); } catch { /* a browser that keeps nothing */ }
  });

  const cards = () => [...document.querySelectorAll("main article.card, main .rows.cards > li, main .panel .rows > li")]
    .filter((card) => card.querySelector("a[href]") && card.getClientRects().length);
  const link = (card) => card.querySelector("h3 a, a[href^='/incidents/'], a[href]");
  const selected = () => cards().find((card) => link(card).getAttribute("href") === chosen);
  // Where no card was chosen, a key means the incident whose page this is.
  const scope = () => selected() || document.querySelector("main.sheet");

  const move = (step) => {
    const all = cards();
    if (!all.length) return;
    const at = all.indexOf(selected());
    const next = all[at < 0 ? (step > 0 ? 0 : all.length - 1) : Math.min(all.length - 1, Math.max(0, at + step))];
    chosen = link(next).getAttribute("href");
    link(next).focus();
    next.scrollIntoView({ block: "nearest" });
  };
  const press = (ending) => {
    const button = scope()?.querySelector(`form[action$="/${ending}"] button`);
    if (button) button.form.requestSubmit(button);
  };
  const dismiss = () => {
    const act = scope()?.querySelector("details[id^='dismiss']");
    if (act) { act.open = true; act.querySelector("input[name=reason]").focus(); }
  };
  const go = (address) => { location.assign(address); };
  const ACTS = {
    j: () => move(1),
    k: () => move(-1),
    o: () => { const card = selected(); if (card) link(card).click(); },
    c: () => press("confirm"),
    a: () => press("acknowledge"),
    u: () => press("undo"),
    f: () => press("bulletins"),
    d: dismiss,
    r: () => {
      const field = selected() ? null : document.getElementById("response-title");
      if (field) field.focus(); else go(selected() ? `${chosen}#respond` : "#respond");
    },
    "/": () => { const field = document.getElementById("q"); if (field) field.focus(); else go("/search"); },
    g: (event) => { began = event.timeStamp; },
    "?": () => dialog.showModal(),
  };

  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.repeat && !"jk".includes(event.key)) return;
    // A list of keys that has just closed keeps the focus until the next frame.
    const field = event.target.closest("input, textarea, select, [contenteditable]");
    if (dialog.open || field && !dialog.contains(field)) return;
    if (off.checked && event.key !== "?") return;
    // When the key was pressed, however late a busy page hears of it.
    const page = event.timeStamp - began < AHEAD ? PAGES[event.key] : undefined;
    began = -AHEAD;
    const act = page ? () => go(page) : Object.hasOwn(ACTS, event.key) ? ACTS[event.key] : undefined;
    if (!act) return;
    event.preventDefault();
    act(event);
  });
  for (const opener of document.querySelectorAll("[data-keys]")) opener.addEventListener("click", () => dialog.showModal());

  // What is folded away is on paper as well.
  let folded = [];
  addEventListener("beforeprint", () => {
    folded = [...document.querySelectorAll("details:not([open]):not(.act)")];
    for (const details of folded) details.open = true;
  });
  addEventListener("afterprint", () => { for (const details of folded) details.open = false; });
})();

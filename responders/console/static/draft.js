"use strict";
// Saves a draft while it is written. Without this script the buttons do the same.
(() => {
  const form = document.querySelector("form[data-autosave]"), said = document.getElementById("saved");
  if (!form) return;
  const REST = 4000, LONGEST = 10000;
  const fields = ["kind", "title", "text", "place"];
  const written = () => JSON.stringify(fields.map((name) => form.elements[name].value));
  const chosen = (list) => [...list.options].find((option) => option.defaultSelected) || list.options[0];
  const came = (field) => (field.tagName === "SELECT" ? chosen(field)?.value : field.defaultValue);
  // What the page came with is kept: somebody may have typed before this script was there.
  let kept = JSON.stringify(fields.map((name) => came(form.elements[name])));
  let waiting = 0, busy = false, stopped = false, pressed = null;

  // A line that hangs shall not hold up the buttons.
  const soon = () => {
    const ending = new AbortController();
    setTimeout(() => ending.abort(), LONGEST);
    return ending.signal;
  };

  const beside = async () => {
    const answer = await fetch(location.pathname, { headers: { accept: "text/html" }, signal: soon() });
    if (!answer.ok) return;
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("beside");
    const old = document.getElementById("beside");
    if (fresh && old) old.replaceWith(fresh);
  };

  const save = async () => {
    if (busy || stopped || written() === kept) return;
    const sent = written();
    busy = true;
    try {
      const answer = await fetch(form.dataset.autosave, {
        method: "POST", body: new FormData(form), headers: { accept: "application/json" }, signal: soon(),
      });
      const told = await answer.json();
      said.textContent = told.said;
      if (answer.ok) {
        form.elements.version.value = told.version;
        for (const other of document.querySelectorAll("input[name=version]")) other.value = told.version;
        kept = sent;
        beside().catch(() => {});
      } else if (answer.status === 409) {
        // Somebody else was faster: the button shows both texts.
        stopped = true;
      }
    } catch {
      // The connection is away: what is written stands in the form, and the next rest tries again.
    } finally {
      busy = false;
      const button = pressed;
      pressed = null;
      if (button) form.requestSubmit(button);
      if (!stopped && written() !== kept) later();
    }
  };
  const later = () => { clearTimeout(waiting); waiting = setTimeout(save, REST); };
  form.addEventListener("input", later);
  form.addEventListener("submit", (event) => {
    // The button waits for what is just being saved: else its writer would meet a version of their own.
    if (busy) { event.preventDefault(); pressed = event.submitter; } else stopped = true;
  });
  if (written() !== kept) later();
})();

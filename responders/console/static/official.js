// Say on the screen which declared fonts this browser lacks; paper says nothing, and without this script nobody does.
"use strict";
(() => {
  const place = document.getElementById("fonts");
  if (!place) return;
  const pen = document.createElement("canvas").getContext("2d");
  const sample = "回应舆情 mmiillWW0123,.";
  const wide = (font) => { pen.font = `72px ${font}`; return pen.measureText(sample).width; };
  // A font that is there gives the same width whatever stands in for it, and not the width of each stand-in.
  const generic = ["monospace", "serif", "sans-serif"];
  const plain = generic.map(wide);
  const has = (name) => {
    const widths = generic.map((other) => wide(`"${name}", ${other}`));
    return widths.every((width) => width === widths[0]) && widths.some((width, n) => width !== plain[n]);
  };
  const lacking = place.dataset.fonts.split(";").filter((names) => !names.split("|").some(has));
  if (!lacking.length) return;
  place.textContent = place.dataset.lacking.replace("{fonts}", lacking.map((names) => names.split("|")[0]).join("、"));
  place.hidden = false;
})();
for (const key of document.querySelectorAll("[data-print]")) {
  key.hidden = false;
  key.addEventListener("click", () => window.print());
}

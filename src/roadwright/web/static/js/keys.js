/* Keys: g and a letter to a page, / to the filter, ? lists them, Esc closes the topmost, arrows inside groups. */
"use strict";
{
  let led = 0;
  const typing = at => at?.matches?.("input, textarea, select, [contenteditable=true], .ag-cell-inline-editing");
  const turned = (at, step) => {
    const group = at.closest("[role=radiogroup], [role=tablist]"); if (!group) return false;
    const all = [...group.querySelectorAll("[role=radio], [role=tab]")];
    const next = all[(all.indexOf(at) + step + all.length) % all.length];
    next.focus(); next.click();
    return true;
  };
  document.addEventListener("keydown", event => {
    const at = document.activeElement;
    const steps = { ArrowLeft: -1, ArrowUp: -1, ArrowRight: 1, ArrowDown: 1 };
    if (at?.matches?.("[role=radio], [role=tab]") && event.key in steps) {
      if (turned(at, steps[event.key])) event.preventDefault();
      return;
    }
    if (event.key === "Escape") {
      document.querySelectorAll(".rw-who[open]").forEach(one => { one.open = false; one.querySelector("summary").focus(); });
      return;
    }
    if (typing(at) || event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
    if (event.key === "/") { const filter = document.querySelector("[data-testid=filter]"); if (filter) { filter.focus(); event.preventDefault(); } }
    else if (event.key === "?") rw.open("rw-keys");
    else if (event.key === "g") led = Date.now();
    else if (Date.now() - led < 1000) {
      led = 0;
      const link = document.querySelector(`.rw-nav a[data-key="${CSS.escape(event.key)}"]`);
      if (link) { event.preventDefault(); location.href = link.href; }
    } else {
      const control = document.querySelector(`[data-shortcut="${CSS.escape(event.key)}"]`);
      if (control) { event.preventDefault(); control.click(); }
    }
  });
  document.addEventListener("click", event => {
    document.querySelectorAll(".rw-who[open]").forEach(one => { if (!one.contains(event.target)) one.open = false; });
  });
}

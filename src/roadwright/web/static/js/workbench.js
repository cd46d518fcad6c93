/* The workbench: what stands while an answer is sought, rows that are added, keys of the list, cards that are dragged. */
"use strict";
{
  /* How long it takes from a press to the answer on the screen, for whoever measures. */
  let pressed = 0;
  rw.answers = [];
  const sought = new Set(["switch", "rule", "edit", "capacity", "weight", "order", "tolerance", "put", "repair", "undo", "reset", "add_rule", "unadd"]);
  const act = rw.act;
  rw.act = (name, values = {}) => {
    if (document.querySelector(".rw-bench") && sought.has(name)) { if (!pressed) pressed = performance.now(); rw.solving(true); }
    act(name, values);
  };
  rw.solving = on => {
    document.body.dataset.solving = on ? 1 : 0;
    if (on || !pressed) return;
    requestAnimationFrame(() => requestAnimationFrame(() => { if (pressed) rw.answers.push(Math.round(performance.now() - pressed)); pressed = 0; }));
  };
  rw.stale = on => {
    document.body.dataset.stale = on ? 1 : 0;
    if (on) setTimeout(() => document.querySelector(".rw-conflict .rw-banner")?.scrollIntoView({ block: "nearest" }), 80);
  };
  rw.enabled = (act, on) => document.querySelectorAll(`.rw-head [data-act="${act}"]`).forEach(b => {
    b.disabled = !on; b.title = on ? "" : "Nothing is changed";
  });
  rw.waiting = (where, words) => document.querySelectorAll(`.rw-bench-table ${where}`).forEach(cell => {
    const dim = document.createElement("span"); dim.className = "dim"; dim.textContent = words; cell.replaceChildren(dim);
  });
  rw.switches = ways => {
    document.querySelectorAll(".rw-tri [role=radio]").forEach(b => {
      const on = b.dataset.way === (ways[b.dataset.key] || "auto");
      b.setAttribute("aria-checked", on); b.tabIndex = on && !b.closest(".ag-row") ? 0 : -1;
    });
    rw.choice.switches(ways);
  };
  rw.capacity = (value, always = false) => ["capacity", "capacity-slider"].forEach(id => {
    const field = document.getElementById(id);
    if (!field || !always && field === document.activeElement && field.type === "number" && +field.value === value) return;
    if (+field.max < value) field.max = value;
    field.value = value;
  });
  rw.firm = on => { if (on) { document.body.dataset.firm = ""; rw.choice.showFirm(); } else delete document.body.dataset.firm; };

  const rows = () => [...document.querySelectorAll(".rw-bench-table tr[id^='r-']")].filter(row => row.offsetParent);
  const ways = { i: "in", a: "auto", x: "out" };
  document.addEventListener("keydown", event => {
    if (!document.querySelector(".rw-bench")) return;
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "s") {
      event.preventDefault();
      document.querySelector("[data-testid=save]")?.click();
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
    const at = document.activeElement, row = at?.closest?.(".rw-bench-table tr[id^='r-']");
    if (row && (event.key === "ArrowUp" || event.key === "ArrowDown")) {
      const all = rows(), next = all[all.indexOf(row) + (event.key === "ArrowDown" ? 1 : -1)];
      if (next) { next.querySelector("[role=radio][aria-checked=true]")?.focus(); next.scrollIntoView({ block: "nearest" }); }
      event.preventDefault(); event.stopPropagation();
      return;
    }
    if (at?.matches?.("input, textarea, select")) return;
    if (row && ways[event.key]) {
      row.querySelector(`[data-way=${ways[event.key]}]`).click();
      event.preventDefault(); event.stopPropagation();
    } else if (event.key === "ArrowDown" && at === document.body) {
      rows()[0]?.querySelector("[role=radio][aria-checked=true]")?.focus(); event.preventDefault();
    } else if (event.key === "c") {
      const field = document.getElementById("capacity"); if (field) { field.focus(); field.select(); event.preventDefault(); event.stopPropagation(); }
    }
  }, true);

  /* A card is dragged into another period; its list does the same without dragging. */
  let dragged = "";
  document.addEventListener("dragstart", event => {
    const card = event.target.closest?.(".rw-lane"); if (!card) return;
    dragged = card.dataset.key; event.dataTransfer.effectAllowed = "move"; event.dataTransfer.setData("text/plain", dragged);
  });
  document.addEventListener("dragover", event => { if (dragged && event.target.closest?.(".rw-lanes td[data-period]")) event.preventDefault(); });
  document.addEventListener("drop", event => {
    const cell = event.target.closest?.(".rw-lanes td[data-period]"); if (!dragged || !cell) return;
    event.preventDefault();
    if (document.getElementById("lane-" + dragged)?.closest("td") !== cell) rw.act("put", { key: dragged, value: cell.dataset.period });
    dragged = "";
  });
  document.addEventListener("dragend", () => { dragged = ""; });
}

/* The backlog's grid: its rows come over HTTP, are narrowed to the keys that match, and edited cells go to the server,
   which judges them. What it refuses stays in its cell. */
"use strict";
rw.backlog = (() => {
  const isHere = location.pathname === "/backlog";
  let asked = isHere ? fetch("/backlog/rows") : null;
  let api = null, given = null, keys = null, editable = null, panelKey = "", known = "", said = {};
  const place = "rw-refused";
  let faults = {};
  try { faults = JSON.parse(sessionStorage.getItem(place) || "{}"); } catch { faults = {}; }
  for (const cells of Object.values(faults)) for (const one of Object.values(cells)) {
    if (one.level === "wait") Object.assign(one, { level: "FAILED", said: "It was not sent before the page was left. Type it again." });
  }
  const remember = () => { try { sessionStorage.setItem(place, JSON.stringify(faults)); } catch { /* no storage: until the page is left */ } };
  const isPhone = () => innerWidth < 700;
  const byId = id => document.getElementById(id);
  const keyOf = number => "INIT-" + String(number).padStart(6, "0");
  const shortKey = key => key.slice(key.lastIndexOf("-") + 1).replace(/^0+/, "") || key;
  const isBlank = rw.isBlank;
  const text = value => Array.isArray(value) ? value.join(", ") : value;
  const none = '<span class="none">–</span>';
  const chip = (kind, glyph, words) => `<span class="rw-chip ${kind}">${rw.icon(glyph)}${rw.escaped(words)}</span>`;
  const figure = value => (value < 0 ? "−" : "") + Math.abs(value).toLocaleString("en-GB", { maximumFractionDigits: Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 1 ? 1 : 3 });
  const fault = (key, name) => faults[key]?.[name];
  const rowHeight = () => isPhone() ? 60 : parseInt(getComputedStyle(document.body).getPropertyValue("--row")) || 34;

  /* What stands in a cell */
  const refused = (p, name) => {
    const one = fault(p.data.k, name); if (!one) return null;
    return `<span class="rw-refused" title="${rw.escaped(one.said || "")}">${one.level === "wait" ? "" : rw.icon(one.level === "CONFLICT" ? "conflict" : "fail")}${rw.escaped(isBlank(one.typed) ? "(blank)" : one.typed)}</span>`;
  };
  const words = value => given.words[value] || String(value).replaceAll("_", " ");
  const status = value => { const [kind, glyph, text] = given.statuses[value] || ["idle", "idle", words(value)]; return chip(kind, glyph, text); };
  const marks = data => ((data.m & 1) ? chip("warn", "warn", "intake row gone") : "") + ((data.m & 2) ? chip("conflict", "conflict", "intake differs") : "");
  const title = p => {
    const name = refused(p, "title") || `<b>${rw.escaped(p.data.title)}</b>`;
    if (isPhone()) {
      const size = isBlank(p.data.tokens) ? "no tokens" : `${figure(p.data.tokens)} tokens`;
      return `<span class="rw-title2">${name}<span>${status(p.data.lifecycle_status)}<em>${size} · ${rw.escaped(p.data.department || "–")}</em></span></span>`;
    }
    return `<span class="rw-title">${name}${marks(p.data)}<small>${rw.escaped(shortKey(p.data.k))}</small></span>`;
  };
  const shown = {
    lifecycle_status: p => isBlank(p.value) ? none : status(p.value),
    risk_level: p => isBlank(p.value) ? none : `<span class="rw-risk ${rw.escaped(p.value)}"><i></i><i></i><i></i>${rw.escaped(p.value)}</span>`,
    overall_score: p => isBlank(p.value) ? none : `${figure(p.value)}<small class="rw-of">${rw.escaped(words(p.data.f || ""))}</small>`,
    run_status: p => {
      const text = said[p.data.k] || "OK", level = text.split(":")[0].split(" ")[0];
      if (level === "OK") return `<span class="none" title="${rw.escaped(text)}">OK</span>`;
      const kind = { FAILED: "fail", CONFLICT: "conflict", WARNING: "warn" }[level] || "idle";
      return `<span title="${rw.escaped(text)}">${chip(kind, kind, text.slice(level.length + 2) || level.toLowerCase())}</span>`;
    },
  };
  const plain = column => p => {
    if (isBlank(p.value)) return none;
    if (typeof p.value === "boolean") return p.value ? `${rw.icon("ok")} yes` : "no";
    if (typeof p.value === "number") return figure(p.value);
    return rw.escaped(column.choices.length ? words(p.value) : p.value);
  };
  const drawn = column => p => refused(p, column.name) || (shown[column.name] || plain(column))(p);

  /* Columns, from the declaration of the tab */
  const widths = { title: 306, lifecycle_status: 174, department: 126, country: 92, risk_level: 100, tokens: 80, overall_score: 112, deadline_date: 106, candidate_period_key: 88, run_status: 100 };
  const order = column => (a, b, one, two, falls) => column.choices.length && !isBlank(a) && !isBlank(b)
    ? column.choices.indexOf(a) - column.choices.indexOf(b) : rw.ordered(a, b, falls);
  const mayEdit = (key, column) => !isPhone() && column.typed && document.body.dataset.offline === undefined
    && (given.mayEdit || (editable.has(key) && given.own.columns.includes(column.name)));
  const editor = column => {
    if (column.choices.length) return { cellEditor: "agSelectCellEditor", cellEditorParams: { values: ["", ...column.choices] }, valueFormatter: p => isBlank(p.value) ? "(blank)" : words(p.value) };
    if (column.kind === "boolean") return { cellEditor: "agSelectCellEditor", cellEditorParams: { values: ["", true, false] }, valueFormatter: p => isBlank(p.value) ? "(blank)" : p.value ? "yes" : "no" };
    if (column.long) return { cellEditor: "agLargeTextCellEditor", cellEditorPopup: true, cellEditorParams: { maxLength: 32767, rows: 6, cols: 60 } };
    return { cellEditor: "agTextCellEditor" };
  };
  const definition = column => ({
    ...editor(column),
    colId: column.name, headerName: column.label, headerTooltip: column.help, width: widths[column.name] || 150, minWidth: 64,
    ...(column.name === "title" ? { pinned: isPhone() ? null : "left", lockPosition: "left", minWidth: 180 } : {}),
    ...(column.name === "run_status" ? { flex: 1, minWidth: 100, valueGetter: p => said[p.data.k] || "OK" } : { valueGetter: p => { const one = fault(p.data.k, column.name); return one ? one.typed : text(p.data[column.name]); } }),
    ...(column.right ? { type: "rightAligned" } : {}),
    editable: p => mayEdit(p.data.k, column),
    cellClass: p => { const one = fault(p.data.k, column.name); return [column.right ? "ag-right-aligned-cell" : "", one ? "rw-cell-" + one.level.toLowerCase() : mayEdit(p.data.k, column) ? "rw-open" : ""]; },
    cellRenderer: column.name === "title" ? title : drawn(column),
    comparator: order(column),
    valueSetter: p => { typed([[p.data, column.name, p.newValue]]); return false; },
  });
  const layOut = () => {
    api.setGridOption("rowHeight", rowHeight());
    if (isPhone()) {
      api.setGridOption("rowSelection", { mode: "multiRow", checkboxes: false, headerCheckbox: false, enableClickSelection: false });
      api.setGridOption("columnDefs", [{ ...definition(given.columns[0]), width: innerWidth - 28, minWidth: 100 }]);
    } else api.setGridOption("columnDefs", given.columns.map(definition));
  };
  const shownNames = () => api.getAllDisplayedColumns().map(one => one.getColId()).filter(name => given.columns.some(one => one.name === name));
  let keeping = 0;
  const shift = (name, by) => {   /* by keys; the grid's own way loses presses that come before a column has arrived */
    const names = shownNames(), from = names.indexOf(name), to = from + by;
    if (from < 1 || to < 1 || to >= names.length) return;   // the title stays first
    api.moveColumns([name], api.getAllGridColumns().map(one => one.getColId()).indexOf(names[to]));
    api.ensureColumnVisible(name);
    byId("moved").textContent = `${given.columns.find(one => one.name === name).label} is column ${to + 1} of ${names.length}`;
    clearTimeout(keeping);
    keeping = setTimeout(() => rw.act("columns", { names: shownNames() }), 250);
  };
  const rowOf = (names, [number, mark, ...cells]) => {
    const row = { k: keyOf(number), m: mark, f: cells.pop() };
    names.forEach((name, place) => { row[name] = cells[place]; });
    return row;
  };

  /* Rows */
  const loaded = async () => {
    const answer = await asked.catch(() => ({ ok: false }));   // no connection
    if (answer.status === 401 || answer.redirected) { rw.signIn(); return; }
    if (!answer.ok) { rw.notice("fail", "The rows could not be read. Reload the page to try again."); return; }
    const found = await answer.json();
    const isNew = JSON.stringify(found.columns) !== JSON.stringify(given?.columns);
    found.rows = (found.cells[0] || []).map((_, place) => rowOf(found.names, found.cells.map(cells => cells[place])));
    delete found.cells;
    given = found; editable = new Set(found.own.keys.map(keyOf));
    if (isNew) layOut();
    api.setGridOption("rowData", found.rows);
    api.setGridOption("loading", false);
    const first = document.querySelector("#backlog-empty[data-first]");
    if (first && found.rows.length) { delete first.dataset.first; first.hidden = true; first.innerHTML = ""; }
    performance.mark("backlog-rows"); document.body.dataset.rows = found.rows.length;
    counted();
    if (given.columns.some(column => column.name === "run_status")) {
      const more = await fetch("/backlog/statuses");
      if (more.ok) { said = await more.json(); api.refreshCells({ columns: ["run_status"], force: true }); document.body.dataset.statuses = ""; }
    }
  };
  const reload = () => {
    if (!api) return;
    if (api.getEditingCells().length) { setTimeout(reload, 500); return; }
    asked = fetch("/backlog/rows"); loaded();
  };
  const update = ({ names, rows, statuses }) => {
    Object.assign(said, statuses);
    for (const [number] of rows) if (!(keyOf(number) in statuses)) delete said[keyOf(number)];
    const fresh = [], old = [];
    for (const row of rows) (api.getRowNode(keyOf(row[0])) ? old : fresh).push(rowOf(names, row));
    api.applyTransaction({ update: old, add: fresh });
    api.refreshCells({ rowNodes: rows.map(row => api.getRowNode(keyOf(row[0]))).filter(Boolean), force: true });
    counted();
  };

  /* Edits: what was typed stays in its cell until the server has taken it, also where it refuses it */
  const typed = cells => {
    const edits = [];
    for (const [data, name, value] of cells) {
      const seen = data[name] ?? null, now = value ?? "";
      if (!fault(data.k, name) && String(now) === String(text(seen) ?? "")) continue;
      if (document.body.dataset.offline === undefined) (faults[data.k] ||= {})[name] = { typed: now, level: "wait", said: "", seen };
      edits.push({ key: data.k, column: name, typed: now, seen });
    }
    if (!edits.length) return;
    remember(); redraw(edits.map(edit => edit.key));
    rw.act("edit", { edits });
  };
  const redraw = which => api?.refreshCells({ rowNodes: [...new Set(which)].map(key => api.getRowNode(key)).filter(Boolean), force: true });
  const judged = found => {
    for (const [key, cells] of Object.entries(found)) {
      for (const [name, one] of Object.entries(cells)) {
        if (one === null) { if (faults[key]) delete faults[key][name]; } else (faults[key] ||= {})[name] = one;
      }
      if (faults[key] && !Object.keys(faults[key]).length) delete faults[key];
    }
    remember(); redraw(Object.keys(found));
  };
  const settled = key => { delete faults[key]; remember(); redraw([key]); };

  const block = text => {   /* a block as spreadsheets copy it: tabs, lines, and quotes around cells that hold these */
    const rows = [[]]; let cell = "", quoted = false, at = 0;
    const clean = text.replace(/\r\n?/g, "\n").replace(/\n$/, "");
    for (; at < clean.length; at++) {
      const char = clean[at];
      if (quoted) { if (char !== '"') cell += char; else if (clean[at + 1] === '"') { cell += char; at++; } else quoted = false; }
      else if (char === '"' && cell === "") quoted = true;
      else if (char === "\t") { rows.at(-1).push(cell); cell = ""; }
      else if (char === "\n") { rows.at(-1).push(cell); cell = ""; rows.push([]); }
      else cell += char;
    }
    rows.at(-1).push(cell);
    return rows;
  };
  const paste = event => {
    const focused = api?.getFocusedCell();
    if (!focused || api.getEditingCells().length || !event.target.closest?.(".rw-grid")) return;
    event.preventDefault();
    const rows = block(event.clipboardData.getData("text/plain"));
    const columns = api.getAllDisplayedColumns().map(one => one.getColId());
    const from = columns.indexOf(focused.column.getColId());
    const cells = []; let outside = 0;
    rows.forEach((line, down) => line.forEach((value, right) => {
      const node = api.getDisplayedRowAtIndex(focused.rowIndex + down), name = columns[from + right];
      const column = given.columns.find(one => one.name === name);
      if (!node || !column || !mayEdit(node.data.k, column)) outside++; else cells.push([node.data, name, value]);
    }));
    if (outside) rw.notice("warn", `${outside} of the pasted cells fall on columns or rows that can't be edited; they were left out.`);
    if (rows.length > 1000) { rw.notice("fail", "At most 1,000 rows can be pasted at once; nothing was."); return; }
    typed(cells);
  };
  const copy = event => {
    const focused = api?.getFocusedCell();
    if (!focused || !event.target.closest?.(".rw-grid") || String(getSelection())) return;
    const columns = api.getAllDisplayedColumns().map(one => one.getColId()).filter(name => given.columns.some(one => one.name === name));
    const picked = api.getSelectedRows();
    const cell = (data, name) => { const shown = String(text(data[name]) ?? ""); return /[\t\n"]/.test(shown) ? `"${shown.replaceAll('"', '""')}"` : shown; };
    const node = api.getDisplayedRowAtIndex(focused.rowIndex);
    const text = picked.length ? picked.map(data => columns.map(name => cell(data, name)).join("\t")).join("\n") : cell(node.data, focused.column.getColId());
    event.clipboardData.setData("text/plain", text); event.preventDefault();
  };

  /* The filter line and its completions */
  const box = () => document.querySelector("[data-testid=filter]");
  let offers = [], chosen = -1, timer = 0;
  const ask = (now = false) => {
    clearTimeout(timer);
    timer = setTimeout(() => { const field = box(); if (field) rw.act("filter", { text: field.value, caret: document.activeElement === field ? field.selectionStart ?? field.value.length : -1 }); }, now ? 0 : 120);
  };
  const drawOffers = () => {
    const list = byId("suggest"), field = box(); if (!list || !field) return;
    list.innerHTML = offers.map((one, n) => `<li role="option" id="offer-${n}" aria-selected="${n === chosen}" data-offer="${n}"><span>${rw.escaped(one.shown)}</span>${one.more ? `<small>${rw.escaped(one.more)}</small>` : ""}</li>`).join("");
    list.hidden = !offers.length || document.activeElement !== field;
    field.setAttribute("aria-expanded", String(!list.hidden));
    if (chosen >= 0 && !list.hidden) field.setAttribute("aria-activedescendant", "offer-" + chosen); else field.removeAttribute("aria-activedescendant");
    if (!list.hidden) list.style.left = Math.min(36 + (offers[0].start - (field.scrollLeft / 7.3)) * 7.3, Math.max(36, field.clientWidth - 300)) + "px";
    list.children[chosen]?.scrollIntoView({ block: "nearest" });
  };
  const close = () => { offers = []; chosen = -1; drawOffers(); };
  const take = n => {
    const field = box(), one = offers[n]; if (!one) return;
    const rest = field.value.slice(field.selectionStart).replace(one.text.endsWith(" ") ? /^ / : /^(?!)/, "");
    field.value = field.value.slice(0, one.start) + one.text + rest;
    const caret = one.start + one.text.length;
    field.focus(); field.setSelectionRange(caret, caret); close(); ask(true);
  };
  const setFilter = text => { const field = box(); field.value = text; close(); rw.act("filter", { text, caret: -1 }); };
  const counted = () => {
    const count = byId("count"); if (!count || !api || given === null) return;
    const all = given.rows.length, some = api.getDisplayedRowCount(), name = all === 1 ? "initiative" : "initiatives";
    count.textContent = keys === null ? `${all.toLocaleString("en-GB")} ${name}` : `${some.toLocaleString("en-GB")} of ${all.toLocaleString("en-GB")} ${name}`;
  };
  const answer = found => {   /* what the server says of the filter line */
    if (box() && found.of !== box().value) return;   /* more was typed since */
    offers = found.offers; chosen = -1; drawOffers();
    known = "numbers" in found ? found.of : known;   /* else it is no filter, or not yet one */
    document.querySelectorAll("[data-saved]").forEach(one => one.setAttribute("aria-pressed", one.dataset.saved === known && known !== ""));
    byId("save-filter-open")?.toggleAttribute("hidden", !known || known !== found.of);   /* what is saved is what the line says */
    if (byId("save-filter-text")) byId("save-filter-text").textContent = known;
    box()?.setAttribute("aria-invalid", String(Boolean(found.fault)));
    const wrong = byId("filter-fault");
    if (wrong) wrong.innerHTML = found.fault ? `<p>${rw.icon("fail")}<span>${rw.escaped(found.fault.said)}</span></p><code>${rw.escaped(found.fault.before)}<b>${rw.escaped(found.fault.at || " ")}</b>${rw.escaped(found.fault.after)}</code>` : "";
    if (!("numbers" in found)) return;
    keys = found.numbers === null ? null : new Set(found.numbers.map(keyOf));
    api?.onFilterChanged(); counted();
    const nothing = byId("backlog-empty");
    if (nothing && !("first" in nothing.dataset)) { nothing.innerHTML = found.empty || ""; nothing.hidden = !found.empty; }
  };

  /* Selection, keys, the panel */
  const selected = () => api ? api.getSelectedRows().map(row => row.k) : [];
  const picked = () => {
    const bar = byId("picked"); if (!bar) return;
    const count = selected().length;
    bar.hidden = !count; bar.querySelector("b").textContent = `${count.toLocaleString("en-GB")} selected`;
  };
  const panel = key => {
    const before = panelKey; panelKey = key;
    document.querySelector(".rw-panel")?.classList.toggle("open", Boolean(key));
    if (key && isPhone()) byId("panel-close")?.focus();
    if (!key && before && api) { const node = api.getRowNode(before); if (node?.displayed) api.setFocusedCell(node.rowIndex, "title"); }
    redraw([before, key].filter(Boolean));
  };
  const step = by => {
    const node = api?.getRowNode(panelKey); if (!node || node.rowIndex === null) return;
    const next = api.getDisplayedRowAtIndex(node.rowIndex + by); if (!next) return;
    api.ensureIndexVisible(next.rowIndex); panelKey = next.data.k; rw.act("open", { key: next.data.k });
  };
  const isTyping = at => at?.matches?.("input, textarea, select, [contenteditable=true]");
  const options = {
    getRowId: p => p.data.k,
    isFiltered: () => keys !== null,
    passes: node => keys.has(node.data.k),
    suppress: p => {   /* letters are keys of the page; the grid would begin to edit, and a space would scroll */
      if (p.editing || p.event.key.length !== 1 || p.event.ctrlKey || p.event.metaKey) return false;
      if (p.event.key === " ") p.event.preventDefault();
      return true;
    },
    ready: found => {
      api = found;
      api.addEventListener("selectionChanged", picked);
      api.addEventListener("cellClicked", p => {
        const one = fault(p.data.k, p.column.getColId());
        if (one?.level === "CONFLICT") rw.act("conflict", { key: p.data.k, column: p.column.getColId(), typed: one.typed, seen: one.seen });
        else if (p.column.getColId() === "title" && !p.event.defaultPrevented && !isTyping(p.event.target)) rw.act("open", { key: p.data.k });
      });
      api.addEventListener("cellKeyDown", p => {
        const { key, ctrlKey, metaKey } = p.event;
        if (isTyping(p.event.target) && !p.event.target.matches("[type=checkbox]")) return;
        if (key === " ") { p.node.setSelected(!p.node.isSelected()); }
        else if (key === "o" && !ctrlKey && !metaKey) rw.act("open", { key: p.data.k });
        else if (key === "Enter" && !p.column.isCellEditable(p.node)) rw.act("open", { key: p.data.k });
      });
      api.addEventListener("columnMoved", p => {
        if (!p.finished || p.source !== "uiColumnMoved") return;
        rw.act("columns", { names: shownNames() });
      });
      loaded();
    },
  };

  if (isHere) {
    document.addEventListener("input", event => { if (event.target === box()) ask(); });
    document.addEventListener("focusin", event => { if (event.target === box()) ask(true); });
    document.addEventListener("focusout", event => {   /* who leaves an unfinished text is told what is wrong with it */
      if (event.target !== box()) return;
      setTimeout(drawOffers, 150);
      clearTimeout(timer);
      if (box().value !== known) rw.act("filter", { text: box().value, caret: -1 });
    });
    document.addEventListener("keydown", event => {
      const head = event.target.closest?.(".rw-grid .ag-header-cell");
      if (!head || !event.shiftKey || event.altKey || event.ctrlKey || event.metaKey || !["ArrowLeft", "ArrowRight"].includes(event.key)) return;
      event.preventDefault(); event.stopImmediatePropagation();
      shift(head.getAttribute("col-id"), event.key === "ArrowLeft" ? -1 : 1);
    }, true);
    document.addEventListener("paste", paste);
    document.addEventListener("copy", copy);
    document.addEventListener("mousedown", event => {
      const one = event.target.closest("[data-offer]"); if (!one) return;
      event.preventDefault(); take(Number(one.dataset.offer));
    });
    document.addEventListener("click", event => {
      const chip = event.target.closest("[data-saved]");
      if (chip) { setFilter(chip.getAttribute("aria-pressed") === "true" ? "" : chip.dataset.saved); return; }
      const narrowed = event.target.closest("[data-narrow]"); if (narrowed) { setFilter(narrowed.dataset.narrow); return; }
      const many = event.target.closest("[data-many]"); if (!many) return;
      if (many.dataset.many === "clear") { api.deselectAll(); return; }
      rw.act("many", { what: many.dataset.many, keys: selected() });
    });
    document.addEventListener("keydown", event => {
      const field = box();
      if (event.target === field) {
        if (event.key === "ArrowDown" || event.key === "ArrowUp") {
          if (!offers.length) { ask(true); return; }
          chosen = (chosen + (event.key === "ArrowDown" ? 1 : -1) + offers.length + (chosen < 0 && event.key === "ArrowUp" ? 1 : 0)) % offers.length;
          drawOffers(); event.preventDefault();
        } else if ((event.key === "Enter" || event.key === "Tab") && offers.length && chosen >= 0) { take(chosen); event.preventDefault(); }
        else if (event.key === "Enter") { close(); ask(true); }
        else if (event.key === "Escape" && offers.length) { close(); event.preventDefault(); }
        return;
      }
      if (document.querySelector("dialog[open]")) return;
      if ((event.ctrlKey || event.metaKey) && event.key === "z" && !isTyping(event.target)) { rw.act("undo"); event.preventDefault(); }
      else if (event.key === "Escape" && panelKey && !api?.getEditingCells().length) rw.act("open", { key: "" });
      else if ((event.key === "[" || event.key === "]") && panelKey && !isTyping(event.target)) { step(event.key === "]" ? 1 : -1); event.preventDefault(); }
    });
    new MutationObserver(() => { if (api && given) { api.setGridOption("rowHeight", rowHeight()); api.resetRowHeights(); } })
      .observe(document.documentElement, { attributes: true, attributeFilter: ["data-density"], subtree: true });
    let was = isPhone();
    addEventListener("resize", () => { if (was !== isPhone() && given) { was = isPhone(); layOut(); } });
  }
  return {
    options, answer, update, judged, settled, reload, panel, setFilter,
    tick: names => document.querySelectorAll("#columns-form input").forEach(one => { one.checked = names.includes(one.value); }),
    steps: count => byId("undo")?.toggleAttribute("hidden", !count),
    deselect: () => api?.deselectAll(),
  };
})();

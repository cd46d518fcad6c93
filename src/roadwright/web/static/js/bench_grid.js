/* The workbench's choice of many candidates: a grid over rows that come over HTTP. An answer tells the order of their
   numbers; prices and firmness come later. What is told before the rows are here waits for them. */
"use strict";
rw.choice = (() => {
  let api = null, given = null, rows = new Map(), isWaiting = true, isFirm = false, hits = null, last = "", later = [], loads = 0;
  const isPhone = () => innerWidth < 700;
  const place = () => document.querySelector(".rw-choice-grid");
  const numberOf = key => Number(key.slice(key.lastIndexOf("-") + 1));
  const folded = text => text.normalize("NFC").toLowerCase().split(/\s+/).filter(Boolean).join(" ");
  const figure = value => value.toLocaleString("en-GB", { maximumFractionDigits: 0 });
  const link = row => `<a href="/backlog?open=${encodeURIComponent(row.k)}" tabindex="-1" title="${rw.escaped(row.t)}">${rw.escaped(row.t)}</a>`;
  const ready = tell => (...values) => { if (given) tell(...values); else if (place()) later.push(() => tell(...values)); };

  /* What stands in a cell. A switch stays as it is drawn, so that it keeps the focus; everything else is drawn anew. */
  const side = row => { const [glyph, words] = given.sides[row.side]; return `<span class="rw-side" title="${rw.escaped(words)}">${rw.icon(glyph)}<span class="sr-only">${rw.escaped(words)}</span></span>`; };
  const initiative = row => `<span class="rw-named">${link(row)}<small>${side(row)}${row.marked ? `<span class="changed">${rw.escaped(given.changed)}</span> · ` : ""}${rw.escaped(row.f)}</small></span>`;
  const price = row => {
    if (!row.p) return isWaiting ? `<span class="dim">${rw.escaped(given.pricing)}</span>` : "–";
    const [kind, words, drops, tip] = row.p, said = rw.escaped(words);
    const heard = tip && tip !== words ? `<span class="sr-only">${rw.escaped(tip)}</span>` : "";
    if (kind === "locked") return `<span class="rw-lock" title="${rw.escaped(tip)}">${rw.icon("lock")}<span class="cut"${heard && ' aria-hidden="true"'}>${said}</span>${heard}</span>`;
    const shown = kind === "costs" ? `<b class="price">${said}</b>` : `<span class="dim">${said}</span>`;
    return `<span${tip ? ` class="rw-tip" title="${rw.escaped(tip)}"` : ""}>${shown}${drops ? ` <span class="dim">drops ${drops}</span>` : ""}${heard}</span>`;
  };
  const firm = row => {
    if (!row.firm) return "";
    const [share, words, tip] = row.firm;
    return `<span class="rw-firm" title="${rw.escaped(tip)}"><span class="rw-meter" aria-hidden="true"><b style="width:${(share * 100).toFixed(1)}%"></b></span>${rw.escaped(words)}</span>`;
  };
  const radios = row => given.buttons.map(([way, words]) => `<button type="button" role="radio" aria-checked="${way === row.way}" tabindex="-1" id="sw-${rw.escaped(row.k)}-${way}" data-act="switch" data-key="${rw.escaped(row.k)}" data-way="${way}" data-testid="switch-${rw.escaped(row.k)}-${way}">${rw.escaped(words)}</button>`).join("");
  const tri = row => {
    const made = document.createElement("span");
    made.className = "rw-tri"; made.setAttribute("role", "radiogroup"); made.setAttribute("aria-label", row.t);
    made.innerHTML = radios(row);
    return made;
  };
  const turn = (group, way) => group.querySelectorAll("[role=radio]").forEach(b => b.setAttribute("aria-checked", b.dataset.way === way));
  class Switch {
    init(p) { this.group = tri(p.data); }
    getGui() { return this.group; }
    refresh(p) { turn(this.group, p.data.way); return true; }
  }
  class Card {   /* a phone's row: all of it in one cell */
    init(p) {
      this.card = document.createElement("div"); this.card.className = "rw-choice-card";
      for (const name of ["named", "gain", "p"]) { const part = document.createElement("div"); part.className = name; this.card.append(part); }
      this.group = tri(p.data); this.card.append(this.group); this.refresh(p);
    }
    getGui() { return this.card; }
    refresh(p) {
      const [named, gain, cost] = this.card.children;
      named.innerHTML = initiative(p.data); gain.innerHTML = `${rw.escaped(p.data.brings)}<small>${figure(p.data.tokens)} tokens</small>`; cost.innerHTML = price(p.data);
      turn(this.group, p.data.way); return true;
    }
  }
  const fullWidth = ({ data: row }) => {
    if (row.bare) return `<span class="rw-bare" role="gridcell">${link(row)} ${rw.escaped(given.unjudged[2])}</span>`;
    const [glyph, words, prices] = row.side < 2 ? given.sides[row.side] : given.unjudged;
    const count = [...rows.values()].filter(one => one.side === row.side).length;
    return `<span class="rw-choice-head" role="gridcell">${rw.icon(glyph)}<b>${rw.escaped(words)}</b><span class="rw-count">${figure(count)}</span>${row.side < 2 ? `<i>price ${rw.escaped(prices)}</i>` : ""}</span>`;
  };

  /* Columns. Blanks stand last, however a column is sorted; the sides stay apart. */
  const ordered = value => (_, __, one, two, falls) => rw.ordered(value(one.data), value(two.data), falls);
  const drawn = row => `${row.side} ${row.marked} ${row.way} ${row.p?.join("\t")} ${isWaiting}`;
  const falling = { sortingOrder: ["desc", "asc", null] };
  const columns = () => isPhone() ? [{ colId: "card", headerName: "Candidate", flex: 1, cellRenderer: Card, valueGetter: p => drawn(p.data), sortable: false }] : [
    { colId: "way", headerName: "Switch", width: 136, resizable: false, cellRenderer: Switch, valueGetter: p => p.data.way, comparator: ordered(row => given.buttons.findIndex(([way]) => way === row.way)), ...falling },
    { colId: "title", headerName: "Initiative", flex: 1, minWidth: 140, cellRenderer: p => initiative(p.data), valueGetter: p => `${p.data.side} ${p.data.marked}`, comparator: ordered(row => row.t) },
    { colId: "tokens", headerName: "Tokens", width: 82, type: "rightAligned", valueGetter: p => p.data.tokens, valueFormatter: p => figure(p.value), comparator: ordered(row => row.tokens), ...falling },
    { colId: "gain", headerName: given.star[0], headerTooltip: given.star[1], width: 92, type: "rightAligned", valueGetter: p => p.data.brings, comparator: ordered(row => row.gain), ...falling },
    { colId: "price", headerName: "Price", width: 162, cellClass: "p", cellRenderer: p => price(p.data), valueGetter: p => `${p.data.p?.join("\t")} ${isWaiting}`, comparator: ordered(row => row.p?.[4]), ...falling },
    { colId: "firm", headerName: "Firm", headerTooltip: "How often it is chosen when estimates are off", width: 92, hide: !isFirm, type: "rightAligned", cellRenderer: p => firm(p.data), valueGetter: p => p.data.firm?.join(), comparator: ordered(row => row.firm?.[0]), ...falling },
  ];
  const layOut = () => {
    api.setGridOption("headerHeight", isPhone() ? 0 : 31);
    api.setGridOption("columnDefs", columns());
    api.resetRowHeights();
  };

  /* Rows, and what is told of them */
  const loaded = async () => {
    const load = ++loads;
    given = null;
    const answer = await fetch(place().dataset.rows).catch(() => ({ ok: false }));   // no connection
    if (load !== loads) return;   /* asked again meanwhile: what was told since waits for those rows */
    if (answer.status === 401 || answer.redirected) { rw.signIn(); return; }
    if (!answer.ok) { rw.notice("fail", "The candidates could not be read. Reload the page to try again."); return; }
    const found = await answer.json();
    if (load !== loads) return;
    const all = found.keys.map((k, n) => ({ k, t: found.titles[n], f: found.facts[n], tokens: found.tokens[n], gain: found.gains[n], brings: found.brings[n], side: 1, place: n, way: "auto", p: null, firm: null, marked: false }));
    found.bare.forEach(([k, t, f], n) => all.push({ k, t, f, bare: true, side: 2, place: n }));
    for (const row of all) row.sought = folded(`${row.k} ${row.t} ${row.f}`);
    rows = new Map(all.map(row => [numberOf(row.k), row]));
    given = found;
    layOut();
    const heads = [0, 1, 2].filter(one => one < 2 || found.bare.length).map(one => ({ k: "head-" + one, head: true, side: one }));
    api.setGridOption("rowData", [...heads, ...all]);
    told.answer(found.answer); told.prices(found.prices); told.firmness(found.firmness); told.switches(found.ways);
    later.splice(0).forEach(one => one());
    search();
    api.setGridOption("loading", false);
    document.body.dataset.rows = all.length;
  };
  const changed = changes => {   /* focus stays in its row, wherever that moves to; only who works by keys is led there */
    const at = document.activeElement, line = at?.closest?.(".rw-choice-grid .ag-row");
    const key = line?.getAttribute("row-id"), column = at?.closest?.(".ag-cell")?.getAttribute("col-id");
    const isRadio = at?.matches?.("[role=radio]"), isLed = at?.matches?.(":focus-visible");
    const node = key && column && api.getRowNode(key), stood = node?.rowIndex;
    changes();
    if (!node?.displayed || node.rowIndex === stood && document.activeElement === at) return;
    if (isLed) { api.ensureNodeVisible(node); focus(node, column, isRadio); }
    else {   /* the grid has given the focus to the row that stands there now */
      const button = radio(node);
      last = key; api.clearFocusedCell();
      if (button) button.focus({ preventScroll: true }); else document.activeElement?.blur();
    }
  };
  const isSorted = () => api.getColumnState().some(one => one.sort);
  const renew = update => {
    if (!update.length) return;
    if (isSorted()) changed(() => api.applyTransaction({ update })); else api.applyTransactionAsync({ update });
  };
  const told = {
    answer: ({ chosen, rest, marked, saved, waiting }) => {
      const moved = [], sides = [chosen, rest], isMarked = new Set(marked);
      isWaiting = waiting;
      for (const row of rows.values()) if (!row.bare) Object.assign(row, { marked: false, firm: null, p: saved && given.saved[numberOf(row.k)] || null });
      sides.forEach((numbers, side) => numbers.forEach((number, place) => {
        const row = rows.get(number); if (!row) return;
        if (row.side !== side) moved.push(row.k);
        Object.assign(row, { side, place, marked: isMarked.has(number) });
      }));
      changed(() => {
        searched();
        api.applyTransaction({ update: [...rows.values()] });
        api.redrawRows({ rowNodes: [0, 1].map(one => api.getRowNode("head-" + one)) });
      });
      if (!api.getGridOption("loading")) for (const key of moved) place().querySelectorAll(`[row-id="${CSS.escape(key)}"]`).forEach(line => { line.classList.remove("moved"); void line.offsetWidth; line.classList.add("moved"); });
    },
    prices: found => {
      const update = [];
      for (const [number, one] of Object.entries(found)) { const row = rows.get(+number); if (row) { row.p = one; update.push(row); } }
      renew(update);
    },
    priced: () => { isWaiting = false; renew([...rows.values()]); },
    firmness: ({ said = {}, counts = {} }) => {
      const update = [];
      for (const [number, count] of Object.entries(counts)) { const row = rows.get(+number); if (row) { row.firm = said[count]; update.push(row); } }
      renew(update);
    },
    switches: ways => {
      const update = [];
      for (const row of rows.values()) { const way = ways[row.k] || "auto"; if (!row.bare && row.way !== way) { row.way = way; update.push(row); } }
      renew(update);
    },
  };

  /* The search */
  const field = () => document.getElementById("choice-search");
  const searched = () => {
    const wanted = folded(field()?.value || "");
    hits = wanted ? new Set([...rows.values()].filter(row => row.sought.includes(wanted)).map(row => row.k)) : null;
    if (hits) for (const row of rows.values()) if (hits.has(row.k)) hits.add("head-" + row.side);
  };
  const search = () => {
    if (!given) return;
    searched();
    api.onFilterChanged();
    const found = [...rows.values()].filter(row => hits?.has(row.k)).length;
    document.getElementById("choice-found").textContent = hits ? `${figure(found)} of ${figure(rows.size)} candidates` : "";
  };

  /* Keys: up and down from row to row, left and right inside a switch, Tab from cell to cell and out at a row's end */
  const radio = node => place().querySelector(`.ag-row[row-id="${CSS.escape(node.data.k)}"] [role=radio][aria-checked=true]`);
  const give = (node, tries = 20) => {   /* a row that moved out of sight is drawn a moment later */
    const button = radio(node), at = document.activeElement;
    if (button) button.focus({ preventScroll: true });
    else if (tries && (at === document.body || at.closest(".rw-choice-grid"))) requestAnimationFrame(() => give(node, tries - 1));
  };
  const focus = (node, column, isRadio) => {
    api.setFocusedCell(node.rowIndex, column);
    if (isRadio) give(node);
  };
  const isCandidate = node => node && !node.data.head && !node.data.bare;
  const step = (from, by) => {
    for (let at = from + by; at >= 0 && at < api.getDisplayedRowCount(); at += by) {
      const node = api.getDisplayedRowAtIndex(at);
      if (isCandidate(node)) return node;
    }
    return null;
  };
  const goTo = (node, column, isRadio) => { if (node) { api.ensureNodeVisible(node); focus(node, column, isRadio); } };
  const switches = () => isPhone() ? "card" : "way";
  const ways = { i: "in", a: "auto", x: "out" };
  document.addEventListener("keydown", event => {
    if (!given || event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
    const at = document.activeElement, line = at?.closest?.(".rw-choice-grid .ag-row"), node = line && api.getRowNode(line.getAttribute("row-id"));
    const by = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    const done = () => { event.preventDefault(); event.stopImmediatePropagation(); };
    if (node && by) {
      goTo(step(node.rowIndex, by), at.closest(".ag-cell")?.getAttribute("col-id") || switches(), at.matches("[role=radio]")); done();
    } else if (event.key === "ArrowDown" && (at === document.body || at === field())) {
      const after = at === document.body ? api.getRowNode(last) : null;
      goTo(step(after?.displayed ? after.rowIndex : -1, 1), switches(), true); done();
    } else if (node && isCandidate(node) && ways[event.key]) {
      const button = line.querySelector(`[data-way=${ways[event.key]}]`);
      if (at.matches("[role=radio]")) button.focus({ preventScroll: true });
      button.click(); done();
    } else if (node && event.key === "Enter" && !at.matches("a, button")) {
      line.querySelector(".ag-cell:focus a, .rw-bare a")?.click(); done();
    }
  }, true);
  document.addEventListener("input", event => { if (event.target === field()) search(); });
  let was = isPhone();
  addEventListener("resize", () => { if (given && was !== isPhone()) { was = isPhone(); layOut(); } });

  const options = {
    getRowId: p => p.data.k,
    getRowHeight: ({ data: row }) => row.head ? 30 : row.bare ? (isPhone() ? 60 : 38) : isPhone() ? 102 : 43,
    isFullWidthRow: p => Boolean(p.rowNode.data.head || p.rowNode.data.bare),
    fullWidth,
    rowClassRules: { marked: p => p.data.marked, bare: p => p.data.bare, head: p => p.data.head },
    order: ({ nodes }) => {
      const asSorted = api && isSorted();
      nodes.sort(({ data: a }, { data: b }) => a.side - b.side || Boolean(b.head) - Boolean(a.head) || (asSorted && !a.bare ? 0 : a.place - b.place));
    },
    isFiltered: () => hits !== null,
    passes: node => hits.has(node.data.k),
    suppress: p => p.event.target.matches("[role=radio]") && ["ArrowLeft", "ArrowRight", " ", "Enter"].includes(p.event.key),
    tab: ({ previousCellPosition: from, nextCellPosition: next, backwards }) => {
      if (next?.rowIndex === from.rowIndex) return next;
      const to = !backwards && !isCandidate(api.getDisplayedRowAtIndex(from.rowIndex)) && step(from.rowIndex, 1);
      if (to) return { rowIndex: to.rowIndex, column: next.column, rowPinned: null };
      document.getElementById(backwards ? "choice-begin" : "choice-end").focus({ preventScroll: true });   // the browser goes on from there
      return false;
    },
    ready: found => {
      api = found;
      api.addEventListener("cellFocused", p => {   /* a cell with a switch gives the focus on to it */
        if (p.column?.getColId?.() !== "way") return;
        const node = api.getDisplayedRowAtIndex(p.rowIndex), at = document.activeElement;
        if (isCandidate(node) && at?.matches(".ag-cell[col-id=way]")) radio(node)?.focus({ preventScroll: true });
      });
      loaded();
    },
  };
  return {
    options,
    load: () => { if (api) loaded(); },
    ...Object.fromEntries(Object.entries(told).map(([name, tell]) => [name, ready(tell)])),
    showFirm: () => { isFirm = true; if (given && !isPhone()) api.setColumnsVisible(["firm"], true); },
  };
})();

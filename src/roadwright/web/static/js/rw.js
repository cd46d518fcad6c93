/* The little that has to happen in the browser: one listener that turns presses into acts, and what the server asks
   to be done to rows and cells. An act is `data-act` and whatever other data-* its control has. */
"use strict";
const rw = {
  escaped: text => String(text ?? "").replace(/[&<>"']/g, c => `&#${c.charCodeAt(0)};`),
  icon: name => `<svg class="i" viewBox="0 0 16 16" aria-hidden="true"><path d="${rw.icons[name] || ""}"/></svg>`,
  icons: {},

  /* Acts */
  act(name, values = {}) {
    if (document.body.dataset.offline !== undefined) { rw.notice("warn", "Not connected: nothing was sent. Try again once the connection is back."); return; }
    emitEvent("act", { ...values, act: name });
  },
  busy(name, on) { document.querySelectorAll(`[data-act="${CSS.escape(name)}"]`).forEach(b => b.setAttribute("aria-busy", on)); },
  values(form) {
    const given = {};
    for (const [name, value] of new FormData(form)) {
      if (name in given) given[name] = [].concat(given[name], value); else given[name] = value;
    }
    return given;
  },

  /* What the server asks for */
  notice(kind, text) {
    const place = document.querySelector(".rw-notices"); if (!place) return;
    const one = document.createElement("div");
    one.className = kind; one.setAttribute("role", kind === "fail" ? "alert" : "status");
    one.innerHTML = `${rw.icon(kind)}<p>${rw.escaped(text)}</p><button type="button" aria-label="Close">${rw.icon("fail")}</button>`;
    one.querySelector("button").onclick = () => one.remove();
    place.append(one);
    while (place.children.length > 4) place.firstChild.remove();
    if (kind !== "fail") setTimeout(() => one.remove(), 8000);
  },
  /* Cells that come later: the HTML of `where` inside the row of each key. */
  cells(where, cells) {
    for (const [key, html] of Object.entries(cells)) {
      const cell = document.getElementById("r-" + key)?.querySelector(where);
      if (cell) cell.innerHTML = html;
    }
  },
  /* Rows that change sides: `bodies` names, for each tbody by its data-side, the keys of its rows in their order.
     Only rows that are not where they belong are moved; focus stays where it is. */
  answer({ table, bodies, marked = [] }) {
    const root = document.querySelector(table); if (!root) return;
    const focused = document.activeElement;
    for (const [side, keys] of Object.entries(bodies)) {
      const body = root.querySelector(`tbody[data-side="${CSS.escape(side)}"]`); if (!body) continue;
      let at = body.querySelector("tr[id^='r-']") ?? null;
      for (const key of keys) {
        const row = document.getElementById("r-" + key); if (!row) continue;
        if (row === at) { at = row.nextElementSibling; continue; }
        const changes = row.parentNode !== body;
        body.insertBefore(row, at);
        if (changes) { row.classList.remove("moved"); void row.offsetWidth; row.classList.add("moved"); }
      }
      const count = body.querySelector(".rw-count"); if (count) count.textContent = keys.length;
    }
    root.querySelectorAll("tr.marked").forEach(row => row.classList.remove("marked"));
    marked.forEach(key => document.getElementById("r-" + key)?.classList.add("marked"));
    if (focused?.isConnected) focused.focus({ preventScroll: true });
  },
  tab(name, list) {
    const tabs = document.querySelector(list || "[role=tablist]"); if (!tabs) return;
    for (const tab of tabs.querySelectorAll("[role=tab]")) {
      const on = tab.dataset.tab === name;
      tab.setAttribute("aria-selected", on); tab.tabIndex = on ? 0 : -1;
      document.getElementById(tab.getAttribute("aria-controls"))?.classList.toggle("hidden", !on);
    }
  },
  html(id, html) { const place = document.getElementById(id); if (place) place.innerHTML = html; },
  open(id) { const one = document.getElementById(id); if (one?.showModal && !one.open) one.showModal(); },
  close(id) { const one = document.getElementById(id); if (one?.open) one.close(); },
  density(name) { if (name === "normal") delete document.body.dataset.density; else document.body.dataset.density = name; },
  theme(name) { Quasar.Dark.set(name === "dark" || (name === "system" && matchMedia("(prefers-color-scheme: dark)").matches)); },
  place(address) { history.replaceState(history.state, "", address); },
  signIn() { location.href = "/sign-in?then=" + encodeURIComponent(location.pathname + location.search); },

  /* How a grid's values are ordered: figures by size, texts by their letters; blanks stand last, also where it falls. */
  isBlank: value => value === null || value === undefined || value === "",
  ordered(a, b, falls) {
    if (rw.isBlank(a) || rw.isBlank(b)) return rw.isBlank(a) && rw.isBlank(b) ? 0 : (rw.isBlank(a) ? 1 : -1) * (falls ? -1 : 1);
    return typeof a === "number" && typeof b === "number" ? a - b : String(a).localeCompare(String(b), "en", { sensitivity: "base", numeric: true });
  },
};

document.addEventListener("click", event => {
  const hit = event.target.closest("[data-act], [data-opens], [data-closes], [data-local]");
  if (!hit || hit.matches("form, input, select, textarea") || hit.getAttribute("aria-busy") === "true") return;
  const { act, opens, closes, local, shortcut, ...values } = hit.dataset;
  if (opens) { rw.open(opens); return; }
  if (closes !== undefined) { hit.closest("dialog")?.close(); return; }
  if (local === "print") { window.print(); return; }
  if (local === "keys") { rw.open("rw-keys"); return; }
  if (local === "copy") { navigator.clipboard?.writeText(values.text); rw.notice("ok", "Copied."); return; }
  if (local === "theme") {
    const dark = !document.body.classList.contains("body--dark");
    Quasar.Dark.set(dark); rw.act("theme", { theme: dark ? "dark" : "light" }); return;
  }
  const role = hit.getAttribute("role");
  if (role === "radio") {
    if (hit.getAttribute("aria-checked") === "true") return;
    for (const other of hit.closest("[role=radiogroup]").querySelectorAll("[role=radio]")) {
      other.setAttribute("aria-checked", other === hit); other.tabIndex = other === hit ? 0 : -1;
    }
  } else if (role === "switch") hit.setAttribute("aria-checked", hit.getAttribute("aria-checked") !== "true");
  else if (role === "tab") rw.tab(hit.dataset.tab, "#" + CSS.escape(hit.closest("[role=tablist]").id));
  if (act === undefined) return;
  delete values.testid; delete values.shortcut;
  if (role === "switch") values.on = hit.getAttribute("aria-checked") === "true";
  rw.act(act, values);
});

/* Forms are acts with the values of their fields; a field with data-act is one by itself, as it changes. */
document.addEventListener("submit", event => {
  const form = event.target.closest("form[data-act]"); if (!form) return;
  event.preventDefault();
  const { act, testid, ...values } = form.dataset;
  rw.act(act, { ...values, ...rw.values(form) });
});
document.addEventListener("change", event => {
  const field = event.target.closest("input[data-act], select[data-act], textarea[data-act]");
  if (!field || field.dataset.live !== undefined) return;
  rw.sent(field);
});
document.addEventListener("input", event => {
  const field = event.target.closest("[data-act][data-live]"); if (!field) return;
  clearTimeout(field.rwTimer);
  field.rwTimer = setTimeout(() => rw.sent(field), 150);
});
rw.sent = field => {
  const { act, live, testid, ...values } = field.dataset;
  rw.act(act, { ...values, value: field.type === "checkbox" ? field.checked : field.value });
};

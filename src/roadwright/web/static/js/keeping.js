/* Nothing that a person typed is lost, and the focus stays, when a region is redrawn, the page reloads or the
   connection goes. Fields keep what was typed by their id until their form is sent. */
"use strict";
{
  const place = "rw-typed " + location.pathname;
  let typed = {};
  try { typed = JSON.parse(sessionStorage.getItem(place) || "{}"); } catch { typed = {}; }
  const keep = () => { try { sessionStorage.setItem(place, JSON.stringify(typed)); } catch { /* no storage: until the page is left */ } };
  const kept = field => field.id && field.closest("form[data-act]") && field.type !== "password" && field.type !== "hidden";
  document.addEventListener("input", event => {
    const field = event.target;
    if (field.matches?.("input, textarea, select") && kept(field)) { typed[field.id] = field.type === "checkbox" ? field.checked : field.value; keep(); }
  });
  /* `rw.saved(id of the form)`: the server has taken it. */
  rw.saved = id => {
    const form = document.getElementById(id); if (!form) return;
    for (const field of form.elements) delete typed[field.id];
    keep(); form.reset?.();
  };
  let last = null;
  document.addEventListener("focusin", event => { if (event.target.id) last = event.target.id; });
  const restore = () => {
    for (const [id, value] of Object.entries(typed)) {
      const field = document.getElementById(id);
      if (!field || field === document.activeElement || !kept(field)) continue;
      if (field.type === "checkbox") field.checked = value; else if (field.value !== value) field.value = value;
    }
    if (last && document.activeElement === document.body) document.getElementById(last)?.focus({ preventScroll: true });
  };
  new MutationObserver(restore).observe(document, { childList: true, subtree: true });

  /* The connection: a bar with the time of what is shown, fields that can't be changed; on return the page asks again. */
  const lost = () => {
    if (document.body.dataset.offline !== undefined) return;
    document.body.dataset.offline = "";
    const bar = document.querySelector(".rw-offline span");
    if (bar) bar.textContent = `Not connected; what you see is from ${new Date().toISOString().slice(11, 16)} UTC`;
    document.querySelectorAll("main input, main textarea").forEach(field => { if (!field.readOnly) { field.readOnly = true; field.dataset.wasOpen = ""; } });
    fetch("/api/v1/me").then(answer => { if (answer.status === 401) rw.signIn(); }).catch(() => {});
  };
  const back = () => {
    if (document.body.dataset.offline === undefined) return;
    delete document.body.dataset.offline;
    document.querySelectorAll("[data-was-open]").forEach(field => { field.readOnly = false; delete field.dataset.wasOpen; });
    rw.act("returned");
  };
  const attach = () => {
    if (!window.socket?.connected || !window.did_handshake) { setTimeout(attach, 50); return; }
    window.socket.on("connect", back);
    window.socket.on("disconnect", () => setTimeout(() => { if (!window.socket.connected) lost(); }, 800));
    window.socket.on("connect_error", lost);
    document.body.dataset.live = "";
  };
  attach();
}

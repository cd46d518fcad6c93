/* Cards of a roadmap's board are dragged to another lane, or up and down in theirs. Without a mouse: the card's "more". */
"use strict";
{
  let dragged = null;
  const unmark = () => document.querySelectorAll(".rw-entry.before, ol.over").forEach(one => one.classList.remove("before", "over"));
  const below = (lane, y) => [...lane.querySelectorAll(".rw-entry")].find(card => {
    if (card === dragged) return false;
    const box = card.getBoundingClientRect();
    return y < box.top + box.height / 2;
  });
  document.addEventListener("dragstart", event => {
    dragged = event.target.closest?.(".rw-entry[draggable]") ?? null;
    if (dragged) { event.dataTransfer.effectAllowed = "move"; event.dataTransfer.setData("text/plain", dragged.dataset.key); }
  });
  document.addEventListener("dragend", () => { dragged = null; unmark(); });
  document.addEventListener("dragover", event => {
    const lane = dragged && event.target.closest(".rw-lane")?.querySelector("ol[data-lane]"); if (!lane) return;
    event.preventDefault(); unmark();
    lane.classList.add("over"); below(lane, event.clientY)?.classList.add("before");
  });
  document.addEventListener("drop", event => {
    const lane = dragged && event.target.closest(".rw-lane")?.querySelector("ol[data-lane]"); if (!lane) return;
    event.preventDefault();
    const next = below(lane, event.clientY), { key, mark } = dragged.dataset;
    unmark(); lane.querySelector(".none")?.remove();
    lane.insertBefore(dragged, next ?? null);
    rw.act("move", { key, mark, lane: lane.dataset.lane, before: next ? next.dataset.key : "" });
  });
  document.addEventListener("keydown", event => {
    const tabs = document.getElementById("tabs-roadmap");
    if (!tabs || event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
    if (event.target.closest?.("input, textarea, select")) return;
    if ("123".includes(event.key)) tabs.querySelectorAll("[role=tab]")[Number(event.key) - 1]?.click();
    else if (event.key === "w") document.querySelector("[data-act=waive]")?.click();
  });
}

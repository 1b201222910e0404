/* Dragging over a calendar fills the times of the override form below it. The form alone does the same. */
(() => {
  "use strict";
  /* Where the calendar is wider than the screen it begins with today, also in browsers that do not do so themselves. */
  const today = document.querySelector(".cal th.today"), sheet = today?.closest(".scroll");
  if (sheet && sheet.scrollWidth > sheet.clientWidth) sheet.scrollLeft = today.offsetLeft - today.closest("tr").firstElementChild.offsetWidth;

  const table = document.querySelector(".cal[data-zone]"), from = document.getElementById("starts_at"), until = document.getElementById("ends_at");
  if (!table || !from || !until) return;
  const pick = document.getElementById("pick"), days = Array.from(table.querySelectorAll("thead th[data-day]")), slots = Number(table.dataset.slots);
  let first = -1, last = -1;

  const column = (x) => {
    const widths = days.map((day) => day.getBoundingClientRect());
    const day = Math.max(0, widths.findLastIndex((one) => one.left <= x));
    return day * slots + Math.min(slots - 1, Math.max(0, Math.floor((x - widths[day].left) / widths[day].width * slots)));
  };
  const edge = (slot) => {
    const day = days[Math.min(Math.floor(slot / slots), days.length - 1)], hours = (slot - days.indexOf(day) * slots) * 24 / slots;
    const date = new Date(day.dataset.day + "T00:00:00Z");
    date.setUTCHours(hours);
    return date.toISOString().slice(0, 16).replace("T", " ") + " " + table.dataset.zone;
  };
  const ends = () => [Math.min(first, last), Math.max(first, last) + 1];
  function draw() {
    const box = table.getBoundingClientRect(), slot = days[0].getBoundingClientRect().width / slots, [begin, end] = ends();
    pick.style.insetInlineStart = days[0].getBoundingClientRect().left - box.left + begin * slot + "px";
    pick.style.inlineSize = (end - begin) * slot + "px";
    pick.hidden = false;
  }
  function stop() { first = -1; pick.hidden = true; }

  table.addEventListener("pointerdown", (event) => {
    if (event.pointerType === "touch" || event.button || !event.target.closest("td[colspan]")) return;
    event.preventDefault();
    first = last = column(event.clientX);
    table.setPointerCapture(event.pointerId);
    draw();
  });
  table.addEventListener("pointermove", (event) => { if (first >= 0) { last = column(event.clientX); draw(); } });
  table.addEventListener("pointercancel", stop);
  document.addEventListener("keydown", (event) => { if (event.key === "Escape") stop(); });
  table.addEventListener("pointerup", () => {
    if (first < 0) return;
    [from.value, until.value] = ends().map(edge);
    stop();
    document.getElementById("add").scrollIntoView({ block: "nearest" });
    document.getElementById("person").focus();
  });
})();

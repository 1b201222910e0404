/* Tocsin: comfort on top of pages that work without it. Live regions, keys, drafts. No library, nothing inline. */
(() => {
  "use strict";
  const body = document.body;
  const $$ = (selector, root = document) => Array.from(root.querySelectorAll(selector));

  /* Live: the server says that something happened, the page is asked again, and marked regions take their new text. */
  let position = Number(body.dataset.position || 0);
  let stream = null, poll = 0, due = 0, asking = false, again = false, last = 0;
  const how = document.getElementById("as-of-how");
  const say = (text) => { if (how && how.textContent !== text) how.textContent = text; };
  const regions = () => $$("[data-live][id]");
  const about = () => {
    const named = regions().map((one) => one.dataset.live.trim());
    return named.some((text) => text === "" || text === "*") ? "" : [...new Set(named.join(" ").split(/\s+/))].filter((id) => id !== "-").join(",");
  };
  const busy = (region) => region.contains(document.activeElement) && document.activeElement.matches("input:not([type=checkbox]), textarea, select")
    || $$("input[type=checkbox]:checked", region).length > 0 && region.dataset.keep !== undefined;

  /* What somebody is pressing stays until it is let go: replaced in between, it would never hear of the press. */
  let pressed = null, since = 0, missed = false;
  const isPressed = (region) => pressed && region.contains(pressed) && Date.now() - since < 2000;
  for (const begins of ["pointerdown", "keydown"]) document.addEventListener(begins, (event) => { pressed = event.target; since = Date.now(); }, true);
  for (const ends of ["pointerup", "pointercancel", "keyup"]) document.addEventListener(ends, () => setTimeout(() => { pressed = null; if (missed) { missed = false; soon(); } }), true);

  async function refresh() {
    if (asking) { again = true; return; }
    asking = true;
    try {
      const answer = await fetch(location.href, { headers: { "X-Live": "1" }, credentials: "same-origin" });
      if (answer.redirected && new URL(answer.url).pathname.startsWith("/account/")) { say(", signed out"); stop(); return; }
      if (answer.status === 405) { say(", shown once"); stop(); return; }
      if (!answer.ok) throw new Error(String(answer.status));
      take(new DOMParser().parseFromString(await answer.text(), "text/html"));
      say(stream && stream.readyState === 1 ? ", live" : ", asked every 15 s");
    } catch {
      say(", not reachable, this may be old");
    } finally {
      asking = false;
      last = Date.now();
      if (again) { again = false; soon(); }
    }
  }
  function addSymbols(fresh) {
    const sprite = document.getElementById("sprite"), newer = fresh.getElementById("sprite");
    if (sprite && newer) for (const symbol of $$("symbol", newer)) if (!$$("symbol", sprite).some((one) => one.id === symbol.id)) sprite.append(document.importNode(symbol, true));
  }
  function take(fresh) {
    addSymbols(fresh);
    for (const region of regions()) {
      const next = fresh.getElementById(region.id);
      if (next ? region.innerHTML === next.innerHTML || busy(region) : region.dataset.go === undefined) continue;
      if (isPressed(region)) { missed = true; continue; }
      if (!next) { region.remove(); continue; }
      const open = $$("details[open][id]", region).map((one) => one.id);
      const held = document.activeElement && region.contains(document.activeElement) ? document.activeElement.id : "";
      const atEnd = region.scrollTop + region.clientHeight >= region.scrollHeight - 4;
      region.replaceChildren(...Array.from(document.importNode(next, true).childNodes));
      for (const id of open) { const one = document.getElementById(id); if (one && region.contains(one)) one.open = true; }
      if (held) document.getElementById(held)?.focus();
      if (region.dataset.follow !== undefined && atEnd) region.scrollTop = region.scrollHeight;
    }
    document.title = fresh.title;
    for (const id of ["as-of-time"]) { const now = document.getElementById(id), next = fresh.getElementById(id); if (now && next) now.replaceChildren(...next.childNodes); }
    position = Math.max(position, Number(fresh.body.dataset.position || 0));
    body.dataset.position = String(position);
    document.dispatchEvent(new Event("tocsin:fresh"));
  }
  /* Many pages hear the same news: they ask spread over as many milliseconds as the server says. */
  const soon = (within = 0) => { due ||= setTimeout(() => { due = 0; refresh(); }, Math.max(150 + Math.random() * within, last + 1000 - Date.now())); };

  /* New lines of a log come with the news: drawn like those of the page, which has them too when it is asked. */
  function arrive(text) {
    const log = document.querySelector("#log[data-room] .log");
    if (!log || !text) return;
    const fresh = new DOMParser().parseFromString("<ol>" + text + "</ol>", "text/html");
    addSymbols(fresh);
    for (const line of $$("li[id]", fresh).reverse()) if (!document.getElementById(line.id)) log.prepend(document.importNode(line, true));
    document.dispatchEvent(new Event("tocsin:arrived"));
  }

  function start() {
    if (!regions().length || body.dataset.position === undefined) return;
    clearInterval(poll);
    poll = setInterval(() => { if (!stream || stream.readyState !== 1 || tick++ % 4 === 3) refresh(); }, 15000);
    if (!window.EventSource) return;
    stream = new EventSource("/live?after=" + position + "&about=" + encodeURIComponent(about()) + "&room=" + (document.querySelector("#log[data-room]")?.dataset.room || ""));
    stream.addEventListener("open", () => say(", live"));
    stream.addEventListener("news", (event) => { position = Math.max(position, Number(event.lastEventId || 0)); const news = JSON.parse(event.data); arrive(news.lines); soon(news.within); });
    stream.addEventListener("elsewhere", () => { stream.close(); stream = null; say(", asked every 15 s"); });
    stream.addEventListener("error", () => say(", asked every 15 s"));
  }
  let tick = 0;
  function stop() { stream?.close(); stream = null; clearInterval(poll); }
  document.addEventListener("visibilitychange", () => { if (document.hidden) stop(); else { refresh(); start(); } });
  window.addEventListener("pagehide", stop);
  window.addEventListener("pageshow", (event) => { if (event.persisted) { refresh(); start(); } });
  const afterPaint = (work) => requestAnimationFrame(() => setTimeout(work));
  if (!document.hidden) afterPaint(start);

  /* Relative times stay true while the page stands. */
  const span = (seconds) => seconds < 120 ? Math.floor(seconds) + " s" : seconds < 7200 ? Math.floor(seconds / 60) + " min"
    : seconds < 172800 ? Math.floor(seconds / 3600) + " h" : Math.floor(seconds / 86400) + " d";
  const asOf = document.querySelector("#as-of-time time");
  const drift = asOf ? Date.parse(asOf.dateTime) - Date.now() : 0;
  setInterval(() => {
    if (document.hidden) return;
    for (const time of $$("time[data-age]")) {
      const away = (Date.parse(time.dateTime) - Date.now() - drift) / 1000;
      const text = away <= 0 ? span(-away) + " ago" : "in " + span(away);
      if (time.textContent !== text) time.textContent = text;
    }
    for (const left of $$("[data-until]")) {
      const seconds = Math.floor((Date.parse(left.dataset.until) - Date.now() - drift) / 1000);
      const text = seconds <= -60 ? span(-seconds) + " late" : seconds <= 0 ? "due"
        : seconds < 3600 ? Math.floor(seconds / 60) + " min " + String(seconds % 60).padStart(2, "0") + " s" : null;
      if (text && left.textContent !== text) left.textContent = text;
    }
  }, 1000);

  /* Drafts: what is typed into a field with data-draft is kept here until the server has it. */
  const key = (field) => "draft " + location.pathname + " " + field.dataset.draft;
  const keep = (field) => { try { field.value ? localStorage.setItem(key(field), field.value) : localStorage.removeItem(key(field)); } catch { /* private window */ } };
  for (const field of $$("[data-draft]")) {
    try { const kept = localStorage.getItem(key(field)); if (kept && !field.value) field.value = kept; } catch { /* private window */ }
    field.addEventListener("input", () => keep(field));
  }

  document.addEventListener("submit", (event) => {
    if (event.defaultPrevented) return;
    for (const field of $$("[data-draft]", event.target)) { try { localStorage.removeItem(key(field)); } catch { /* private window */ } }
  });
  /* A refused form: each sentence leads to its field, also where that is one of several with a name. */
  document.getElementById("not-saved")?.addEventListener("click", (event) => {
    const name = event.target.hash?.slice(1);
    const field = name && $$("input, select, textarea", document.querySelector("main")).find((one) => one.id === name || one.name === name);
    if (!field) return;
    event.preventDefault();
    for (let around = field.closest("details"); around; around = around.parentElement.closest("details")) around.open = true;
    field.scrollIntoView({ block: "center" });
    field.focus({ preventScroll: true });
  });
  document.addEventListener("tocsin:refresh", refresh);
  document.addEventListener("tocsin:kept", (event) => keep(event.target));

  /* Choosing all rows, and the number in the button. */
  const count = () => {
    for (const bar of $$("[data-chosen]")) {
      const number = $$("input[name=" + bar.dataset.chosen + "]:checked").length;
      for (const place of $$("[data-count]", bar)) place.textContent = number ? String(number) : "";
      for (const button of $$("button", bar)) { button.classList.toggle("go", number > 0); button.classList.toggle("wait", !number); }
    }
  };
  document.addEventListener("change", (event) => {
    const box = event.target;
    if (box.dataset && box.dataset.all) for (const one of $$("input[name=" + box.dataset.all + "]")) one.checked = box.checked;
    if (box.name === "service") for (const one of $$("[data-of]")) one.hidden = one.dataset.of !== box.value;
    count();
  });
  count();

  /* The palette: what may be done here, where to go, what bears the words, under the field of the bar while one types. */
  const field = document.querySelector(".bar .find input");
  if (field) {
    const list = document.createElement("div");
    Object.assign(list, { id: "palette", className: "palette", hidden: true });
    list.setAttribute("role", "listbox");
    list.setAttribute("aria-label", "Search or go to");
    field.form.append(list);
    for (const [name, value] of Object.entries({ role: "combobox", "aria-controls": "palette", "aria-autocomplete": "list", "aria-expanded": "false", autocomplete: "off" })) field.setAttribute(name, value);
    let asked = null, wait = 0, at = -1;
    const options = () => $$("a", list);
    const close = () => { asked?.abort(); list.hidden = true; at = -1; field.setAttribute("aria-expanded", "false"); field.removeAttribute("aria-activedescendant"); };
    const mark = (place) => {
      const all = options();
      all[at]?.setAttribute("aria-selected", "false");
      at = place;
      if (!all[at]) { field.removeAttribute("aria-activedescendant"); return; }
      all[at].setAttribute("aria-selected", "true");
      all[at].scrollIntoView({ block: "nearest" });
      field.setAttribute("aria-activedescendant", all[at].id);
    };
    const point = (step) => {
      const many = options().length;
      if (!list.hidden && many) mark((at + step + (at < 0 && step < 0 ? 1 : 0) + many) % many);
    };
    const ask = async () => {
      asked?.abort();
      asked = new AbortController();
      try {
        const answer = await fetch("/palette?" + new URLSearchParams({ q: field.value, from: location.pathname }), { signal: asked.signal });
        if (!answer.ok || answer.redirected) return close();
        const page = new DOMParser().parseFromString(await answer.text(), "text/html");
        const pointed = options()[at]?.href;
        list.replaceChildren(...page.body.childNodes);
        list.hidden = !options().length || document.activeElement !== field;
        field.setAttribute("aria-expanded", String(!list.hidden));
        mark(options().findIndex((one) => one.href === pointed));
      } catch { /* a later letter asked again, or the line is cut: Enter still searches */ }
    };
    field.addEventListener("input", () => { clearTimeout(wait); wait = setTimeout(ask, 40); });
    field.addEventListener("focus", ask);
    field.addEventListener("blur", () => setTimeout(close, 150));
    list.addEventListener("mousedown", (event) => event.preventDefault());
    field.addEventListener("keydown", (event) => {
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (step) { event.preventDefault(); point(step); }
      else if (event.key === "Enter" && at >= 0) { event.preventDefault(); location.href = options()[at].href; }
      else if (event.key === "Escape" && !list.hidden) { event.preventDefault(); event.stopPropagation(); close(); }
    });
  }

  /* Keys. Never inside a field; one switch on the profile turns single keys off. Ctrl K always finds. */
  let chord = "", chosen = -1;
  const places = { h: "/", a: "/alerts", i: "/incidents", o: "/oncall", s: "/status/internal", p: "/postmortems", x: "/actions" };
  const find = () => { const field = $$(".find input, main input[type=search]").find((one) => one.offsetParent); if (field) { field.focus(); field.select(); } else location.href = "/search"; };
  function move(step) {
    const links = $$("main .rows tbody th a[href], main .rows tbody td.top > a[href]");
    if (!links.length) return;
    chosen = Math.min(Math.max(chosen + step, 0), links.length - 1);
    links[chosen].focus();
  }
  const press = (name) => { const one = document.querySelector("[data-key=" + name + "]"); if (one) one.click(); return Boolean(one); };
  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") { event.preventDefault(); find(); return; }
    if (event.ctrlKey || event.metaKey || event.altKey || body.dataset.shortcuts !== "on") return;
    if (event.target.matches("input, textarea, select, [contenteditable]")) { if (event.key === "Escape") event.target.blur(); return; }
    const was = chord; chord = "";
    if (was === "g" && places[event.key]) { location.href = places[event.key]; return; }
    const act = { "/": find, "?": () => { location.href = "/keys"; }, j: () => move(1), k: () => move(-1), g: () => { chord = "g"; },
      d: () => press("d") || (location.href = document.querySelector(".bar .end .btn")?.href || "/declare"),
      x: () => document.activeElement.closest("tr")?.querySelector("input[type=checkbox]")?.click(),
      ".": () => navigator.clipboard?.writeText(location.href) }[event.key];
    if (act) { event.preventDefault(); act(); return; }
    if (/^[aeuslrtn]$/.test(event.key) && press(event.key)) event.preventDefault();
  });
})();

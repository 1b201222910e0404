/* The room: what is typed waits here until the server has it, goes out once, and the reader is known to be here. */
(() => {
  "use strict";
  const form = document.getElementById("say");
  if (!form) return;
  document.body.classList.add("scripted");
  const field = form.elements.text, files = form.elements.files, note = form.querySelector("[data-note]");
  const token = () => form.elements.csrfmiddlewaretoken.value;
  const fresh = () => crypto.randomUUID ? crypto.randomUUID() : Date.now() + "-" + Math.random();
  const tell = (words) => { if (note.textContent !== words) note.textContent = words; };
  const refresh = () => document.dispatchEvent(new Event("tocsin:refresh"));
  const clear = () => { field.value = ""; field.removeAttribute("aria-invalid"); field.dispatchEvent(new Event("tocsin:kept", { bubbles: true })); };
  const limit = Number(form.dataset.limit);
  /* Hours as the log has them: in the zone of the reader's profile, wherever this browser thinks it is. */
  const clock = (at) => {
    const how = { hour: "2-digit", minute: "2-digit", hour12: false };
    try { return at.toLocaleTimeString("en-GB", { ...how, timeZone: form.dataset.zone }); } catch { return at.toLocaleTimeString("en-GB", how); }
  };

  /* One queue for each room, in this browser: words that were sent and not yet stored. */
  const name = "unsent " + form.dataset.room;
  const read = () => { try { return JSON.parse(localStorage.getItem(name)) || []; } catch { return memory; } };
  let memory = [], sent = [], busy = false, again = 0, pause = 2000;
  const write = (queue) => {
    memory = queue;
    try { queue.length ? localStorage.setItem(name, JSON.stringify(queue)) : localStorage.removeItem(name); } catch { /* private window */ }
    draw();
  };

  /* The lines that wait stand above the log, dashed, until they are lines of it. */
  const box = document.createElement("ol");
  box.className = "log";
  box.setAttribute("aria-label", "Not sent yet");
  function draw() {
    const queue = [...sent, ...read()];
    box.replaceChildren(...queue.map((one) => {
      const item = document.createElement("li"), time = document.createElement("time"), side = document.createElement("div");
      const who = document.createElement("span"), how = document.createElement("span"), words = document.createElement("div");
      const at = new Date(one.at);
      time.dateTime = at.toISOString();
      time.textContent = clock(at);
      side.className = "pending"; who.className = "who"; who.textContent = "You";
      how.className = "role"; how.textContent = sent.includes(one) ? "sent" : "not sent yet, trying; kept on this device";
      words.textContent = one.text;
      side.append(who, how, words); item.append(time, side);
      return item;
    }).reverse());
    if (queue.length && !box.isConnected) document.getElementById("log").before(box);
    if (!queue.length) box.remove();
  }

  /* What was sent stays until the log shows it; a page that was asked for too early does not, the next one does. */
  const stands = (one) => document.getElementById("log").textContent.includes(one.text);
  document.addEventListener("tocsin:fresh", () => { sent = sent.filter((one) => --one.looks > 0 && !stands(one)); draw(); });
  document.addEventListener("tocsin:arrived", () => { sent = sent.filter((one) => !stands(one)); draw(); });

  async function post(body, multipart) {
    const wait = new AbortController(), timer = setTimeout(() => wait.abort(), multipart ? 600000 : 20000);
    try {
      const answer = await fetch(form.action, { method: "POST", body, credentials: "same-origin", headers: { "X-Live": "1" }, signal: wait.signal });
      if (answer.redirected) return { later: "Signed out. Sign in again in another tab; it goes out then." };
      const type = answer.headers.get("content-type") || "";
      const said = type.includes("json") ? await answer.json() : {};
      if (answer.ok) return { path: said.path };
      if (answer.status >= 500 || answer.status === 408 || answer.status === 429) return { later: said.detail || "" };
      return { refused: said.detail || "The server refused this (" + answer.status + "). Load the page again; your words stay here." };
    } catch { return { later: "" }; } finally { clearTimeout(timer); }
  }

  async function drain() {
    clearTimeout(again);
    if (busy) return;
    busy = true;
    try {
      for (let queue = read(); queue.length; queue = read()) {
        const one = queue[0], body = new URLSearchParams({ ...one.fields, text: one.text, client_key: one.key, csrfmiddlewaretoken: token() });
        const done = await post(body);
        if (done.later !== undefined) { tell(done.later); again = setTimeout(drain, pause); pause = Math.min(pause * 2, 30000); return; }
        pause = 2000;
        if (!done.refused && !one.text.startsWith("/")) sent.push({ ...one, looks: 2 });
        write(read().filter((other) => other.key !== one.key));
        if (done.refused) { giveBack(one, done.refused); continue; }
        tell("");
        if (done.path && new URL(done.path, location.href).pathname !== location.pathname) { location.href = done.path; return; }
        refresh();
      }
    } finally { busy = false; }
  }
  /* Refused words go back to where they were typed, in front of what was typed since. */
  function giveBack(one, why) {
    field.value = field.value ? one.text + "\n" + field.value : one.text;
    field.setAttribute("aria-invalid", "true");
    field.dispatchEvent(new Event("tocsin:kept", { bubbles: true }));
    tell("Not sent. " + why);
    field.focus();
  }

  async function withFiles() {
    const large = Array.from(files.files).find((one) => one.size > limit);
    if (large) { tell(large.name + " is larger than " + limit / 1048576 + " MiB."); return; }
    form.dataset.waiting = "";
    tell("Sending files …");
    const done = await post(new FormData(form), true);
    if (done.later !== undefined) { tell(done.later || "Not sent yet, trying again. Keep this page open: files are not kept elsewhere."); again = setTimeout(withFiles, 5000); return; }
    delete form.dataset.waiting;
    form.elements.client_key.value = fresh();
    if (done.refused) { tell("Not sent. " + done.refused); return; }
    clear(); files.value = ""; chosen(); tell(""); unreply();
    refresh();
  }
  const unreply = () => { if (form.elements.reply_to) { document.getElementById("reply").remove(); history.replaceState(null, "", location.pathname); } };

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (form.dataset.waiting !== undefined) return;
    document.getElementById("say-e")?.remove();
    if (files.files.length) { withFiles(); return; }
    const text = field.value.trim();
    if (!text) { field.focus(); return; }
    const fields = { tab: form.elements.tab.value };
    if (form.elements.reply_to) fields.reply_to = form.elements.reply_to.value;
    write([...read(), { key: form.elements.client_key.value, text, fields, at: Date.now() }]);
    form.elements.client_key.value = fresh();
    clear(); tell(""); unreply();
    drain();
  });
  field.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing && matchMedia("(pointer: fine)").matches) { event.preventDefault(); form.requestSubmit(); }
  });

  /* Files: chosen, pasted or dropped. */
  const chosen = () => { document.getElementById("chosen").textContent = Array.from(files.files).map((one) => one.name).join(", "); };
  function take(found) {
    if (!found || !found.length) return false;
    const all = new DataTransfer();
    for (const one of [...files.files, ...found]) all.items.add(one);
    files.files = all.files;
    chosen();
    return true;
  }
  files.addEventListener("change", chosen);
  field.addEventListener("paste", (event) => { if (take(event.clipboardData?.files)) event.preventDefault(); });
  form.addEventListener("dragover", (event) => { if (event.dataTransfer?.types.includes("Files")) event.preventDefault(); });
  form.addEventListener("drop", (event) => { if (take(event.dataTransfer?.files)) event.preventDefault(); });

  /* What can be done with a message is drawn above it when somebody asks for it. Without this script its own page has it. */
  let opened = "";
  const messageOf = (link) => link.closest("li").id;
  function menu(link) {
    const before = link.nextElementSibling;
    if (before?.classList.contains("menu")) { before.remove(); opened = ""; link.setAttribute("aria-expanded", "false"); return; }
    const made = document.createElement("p");
    made.className = "menu row small";
    made.append(document.getElementById("acts").content.cloneNode(true));
    for (const one of made.querySelectorAll("[data-when]")) if (!link.dataset.is.includes(one.dataset.when)) one.remove();
    for (const one of made.children) {
      if (one.value) one.value = one.value.replace("MSG", messageOf(link));
      else one.href = one.dataset.href.replace("MSG", messageOf(link));
    }
    link.after(made);
    link.setAttribute("aria-expanded", "true");
    opened = messageOf(link);
  }
  document.addEventListener("click", (event) => {
    const link = event.target.closest("#log .acts");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    menu(link);
  });
  document.addEventListener("tocsin:fresh", () => {
    const link = opened && document.getElementById(opened)?.querySelector(".acts");
    if (link && !link.nextElementSibling?.classList.contains("menu")) menu(link);
  });

  /* Marks go out in place. */
  document.getElementById("act").addEventListener("submit", async (event) => {
    event.preventDefault();
    const body = new URLSearchParams(new FormData(event.target));
    if (event.submitter) body.append(event.submitter.name, event.submitter.value);
    event.submitter?.closest(".menu")?.remove();
    opened = "";
    try {
      const answer = await fetch(event.target.action, { method: "POST", body, credentials: "same-origin", headers: { "X-Live": "1" } });
      tell(answer.ok ? "" : "Not marked: somebody changed this message meanwhile.");
    } catch { tell("Not marked: no connection."); }
    refresh();
  });

  /* Here: said once at the beginning, then once a minute while the page is looked at. */
  const here = document.getElementById("here");
  let reported = 0, shown = -1;
  async function report() {
    const position = Number(document.body.dataset.position || 0);
    if (document.hidden || (Date.now() - reported < 55000 && (position === shown || Date.now() - reported < 10000))) return;
    reported = Date.now(); shown = position;
    here.elements.read.value = String(position);
    try { await fetch(here.action, { method: "POST", body: new URLSearchParams(new FormData(here)), credentials: "same-origin", headers: { "X-Live": "1" } }); } catch { reported = 0; }
  }
  setInterval(report, 10000);
  document.addEventListener("visibilitychange", report);
  document.addEventListener("tocsin:fresh", report);
  requestAnimationFrame(() => setTimeout(report));

  window.addEventListener("online", () => { pause = 2000; drain(); });
  window.addEventListener("storage", (event) => { if (event.key === name) draw(); });
  draw();
  if (read().length) drain();
})();

/* The live editor of a state document: a text for each section that several people type in. Without it every section is a form. */
import * as Y from "yjs";
import { Awareness } from "y-protocols/awareness";
import { Kept } from "./kept.js";
import { Line, NOT_FOR_YOU, NOT_TAKEN, SIGNED_OUT } from "./line.js";
import { Section } from "./sections.js";

const CALM = 400, SAVED = "Saved";

function begin(root) {
  const doc = new Y.Doc(), awareness = new Awareness(doc);
  const sections = [...root.querySelectorAll("form[data-section]")].map((form) => new Section(form, doc.getText(form.dataset.section), awareness));
  const kept = new Kept(doc, root.dataset.document, root.dataset.me);
  const address = new URL(`/live/document/${root.dataset.key}`, location.href);
  address.protocol = address.protocol.replace("http", "ws");
  awareness.setLocalState({ cursor: null });
  const line = new Line(doc, awareness, address.href, kept, () => later());
  const state = root.querySelector("[data-state]"), spoken = root.querySelector("[data-spoken]"), people = root.querySelector("[data-people]");
  let due = 0, stage = "";

  /* Words change at most every few moments, and are spoken only when the line comes or goes. "Saved" never waits to be taken back. */
  function later() {
    if (line?.everSynced) for (const section of sections) section.open();
    if (line?.over) for (const section of sections) section.close();
    if (line?.waiting && state.textContent === SAVED) show();
    due ||= setTimeout(() => { due = 0; show(); }, line?.over || stage === "" ? 0 : CALM);
  }

  function show() {
    const now = line.over ? "over" : line.synced ? "live" : "away";
    state.textContent = words(line);
    state.className = now === "live" ? "small dim" : now === "away" ? "small warn" : "small alarm";
    if (stage && now !== stage) spoken.textContent = words(line);
    stage = now;
  }

  awareness.on("change", () => {
    const found = new Map();
    for (const [client, { user, cursor }] of awareness.getStates()) {
      if (client !== doc.clientID && user) found.set(user.id, { ...found.get(user.id), ...user, ...(cursor ? { section: cursor.section } : {}) });
    }
    people.replaceChildren(...[...found.values()].sort((a, b) => a.name.localeCompare(b.name)).map((user) => person(user, sections)));
    people.parentElement.hidden = !found.size;
  });
}

function person(user, sections) {
  const item = document.createElement("li"), mark = document.createElement("span");
  mark.className = `who who-${user.colour}`;
  const place = sections.find((one) => one.slug === user.section);
  item.append(mark, user.name, place ? ` in “${place.area.dataset.heading}”` : "");
  return item;
}

const changes = (count) => count === 1 ? "1 change waits" : `${count} changes wait`;

function words({ over, why, synced, everSynced, waiting }) {
  if (over === SIGNED_OUT) return `Signed out. ${waiting ? `${changes(waiting)} in this browser; sign in again and come back.` : "Sign in again to go on."}`;
  if (over === NOT_FOR_YOU) return "This document is not open to you any more.";
  if (over === NOT_TAKEN) return `Not taken: ${why} Copy what you need, then load the page again.`;
  if (synced) return waiting ? "Saving" : SAVED;
  if (!everSynced) return "Connecting. Until then each section saves with its button.";
  return waiting ? `Offline: ${changes(waiting)}` : "Offline: go on writing, it is sent later";
}

const root = document.querySelector("[data-document]");
if (root) begin(root);

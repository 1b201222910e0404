/* The line to the server: what is typed goes out and is counted until it is stored; when the line breaks, typing goes on. */
import * as Y from "yjs";
import { applyAwarenessUpdate, encodeAwarenessUpdate, removeAwarenessStates } from "y-protocols/awareness";
import * as decoding from "lib0/decoding";
import * as encoding from "lib0/encoding";

const TEXT = 0, PRESENCE = 1, STORED = 8, REFUSED = 9;
const ASKED = 0, ANSWERED = 1, TYPED = 2;
const SILENCE = 25000, FIRST_WAIT = 500, LONGEST_WAIT = 8000;
export const SIGNED_OUT = 4401, NOT_FOR_YOU = 4403, NOT_TAKEN = 4409;

export class Line {
  /* `changed` is called whenever `synced`, `waiting` (changes that are not stored), `over` or `why` may be new. */
  constructor(doc, awareness, address, kept, changed) {
    Object.assign(this, { doc, awareness, address, kept, changed, synced: false, everSynced: false, waiting: 0, over: 0, why: "" });
    this.flights = [];
    this.wait = FIRST_WAIT;
    this.waiting = kept.adopt(this);
    doc.on("update", (update, origin) => origin === this || this.typed(update));
    awareness.on("update", (change, origin) => origin === this || this.say(PRESENCE, encodeAwarenessUpdate(awareness, [doc.clientID])));
    addEventListener("online", () => this.open());
    addEventListener("offline", () => this.lost());
    document.addEventListener("visibilitychange", () => document.hidden || this.open());
    setInterval(() => this.socket && Date.now() - this.heard > SILENCE && this.lost(), 5000);
    this.open();
  }

  open() {
    if (this.socket || this.over) return;
    clearTimeout(this.again);
    const socket = new WebSocket(this.address);
    Object.assign(this, { socket, heard: Date.now(), theirs: null });
    socket.binaryType = "arraybuffer";
    socket.onopen = () => this.say(TEXT, Y.encodeStateVector(this.doc), ASKED);
    socket.onmessage = (event) => this.hear(new Uint8Array(event.data));
    socket.onclose = (event) => this.socket === socket && this.lost(event.code);
  }

  lost(code = 0) {
    const socket = this.socket;
    this.socket = null;
    this.synced = false;
    this.flights = [];
    if (socket) socket.close();
    removeAwarenessStates(this.awareness, [...this.awareness.getStates().keys()].filter((id) => id !== this.doc.clientID), this);
    if ([SIGNED_OUT, NOT_FOR_YOU, NOT_TAKEN].includes(code)) this.over = code;
    if (code === NOT_FOR_YOU) this.kept.forget();
    if (!this.over) {
      this.again = setTimeout(() => this.open(), this.wait * (0.5 + Math.random()));
      this.wait = Math.min(this.wait * 2, LONGEST_WAIT);
    }
    this.changed();
  }

  typed(update) {
    this.waiting += 1;
    this.kept.soon();
    if (this.synced) this.send(TYPED, update, 1);
    this.changed();
  }

  send(about, update, changes) {
    this.flights.push(changes);
    this.say(TEXT, update, about);
  }

  say(kind, data, about) {
    if (!this.socket || this.socket.readyState !== 1) return;
    const message = encoding.createEncoder();
    encoding.writeVarUint(message, kind);
    if (about !== undefined) encoding.writeVarUint(message, about);
    encoding.writeVarUint8Array(message, data);
    this.socket.send(encoding.toUint8Array(message));
  }

  hear(data) {
    this.heard = Date.now();
    const message = decoding.createDecoder(data), kind = decoding.readVarUint(message);
    if (kind === TEXT) this.hearText(decoding.readVarUint(message), decoding.readVarUint8Array(message));
    else if (kind === PRESENCE) applyAwarenessUpdate(this.awareness, decoding.readVarUint8Array(message), this);
    else if (kind === STORED) this.stored(decoding.readVarUint(message));
    else if (kind === REFUSED) { this.why = decoding.readVarString(message); this.over = NOT_TAKEN; this.changed(); }
  }

  hearText(about, data) {
    if (about === ASKED) { this.theirs = data; return; }
    Y.applyUpdate(this.doc, data, this);
    if (about === ANSWERED) this.meet();
  }

  /* Both sides have said what they know: now hand over what the server lacks. */
  meet() {
    this.synced = this.everSynced = true;
    this.wait = FIRST_WAIT;
    const lacking = Y.encodeStateAsUpdate(this.doc, this.theirs);
    if (this.waiting || lacking.length > 2) this.send(ANSWERED, lacking, this.waiting);
    else this.kept.settle();
    this.say(PRESENCE, encodeAwarenessUpdate(this.awareness, [this.doc.clientID]));
    this.changed();
  }

  stored(count) {
    for (; count > 0 && this.flights.length; count -= 1) this.waiting -= this.flights.shift();
    if (this.synced && !this.flights.length && !this.waiting) this.kept.settle();
    this.changed();
  }
}

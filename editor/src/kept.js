/* What the server does not have yet, kept in this browser, so that a closed window loses nothing. One entry for each window. */
import * as Y from "yjs";
import { fromBase64, toBase64 } from "lib0/buffer";

export class Kept {
  constructor(doc, document, person) {
    this.doc = doc;
    this.prefix = `doc ${document} ${person} `;
    this.mine = this.prefix + doc.clientID;
    this.adopted = new Map();
    this.stored = Y.encodeStateVector(doc);
    this.timer = 0;
    addEventListener("pagehide", () => this.timer && this.write());
  }

  /* Take in what other windows of this person left behind; how many there were. */
  adopt(origin) {
    for (const name of names(this.prefix)) {
      try {
        const text = localStorage.getItem(name);
        Y.applyUpdate(this.doc, fromBase64(text), origin);
        this.adopted.set(name, text);
      } catch { /* nothing that can be read */ }
    }
    return this.adopted.size;
  }

  soon() {
    this.timer ||= setTimeout(() => this.write(), 100);
  }

  write() {
    this.timer = clearTimeout(this.timer) || 0;
    try { localStorage.setItem(this.mine, toBase64(Y.encodeStateAsUpdate(this.doc, this.stored))); } catch { /* private window, or full */ }
  }

  /* The server has everything. What another window wrote since it was taken in stays. */
  settle() {
    this.timer = clearTimeout(this.timer) || 0;
    this.stored = Y.encodeStateVector(this.doc);
    try {
      localStorage.removeItem(this.mine);
      for (const [name, text] of this.adopted) if (localStorage.getItem(name) === text) localStorage.removeItem(name);
    } catch { /* private window */ }
    this.adopted.clear();
  }

  /* It is not theirs to have any more. */
  forget() {
    this.timer = clearTimeout(this.timer) || 0;
    try { for (const name of names(this.prefix)) localStorage.removeItem(name); } catch { /* private window */ }
  }
}

const names = (prefix) => Object.keys(localStorage).filter((name) => name.startsWith(prefix));

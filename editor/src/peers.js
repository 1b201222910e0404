/* Where the others are: a caret with a name, and what they have chosen. Colour, line style and the name say who it is. */
import * as Y from "yjs";
import { Annotation, RangeSet } from "@codemirror/state";
import { Decoration, ViewPlugin, WidgetType } from "@codemirror/view";

const moved = Annotation.define();
const SHOWN = 4000;

class Caret extends WidgetType {
  constructor(user, fresh) { super(); this.user = user; this.fresh = fresh; }
  eq(other) { return other.user.id === this.user.id && other.user.colour === this.user.colour && other.fresh === this.fresh; }
  ignoreEvent() { return true; }
  get estimatedHeight() { return -1; }
  toDOM() {
    const caret = document.createElement("span"), name = document.createElement("span");
    caret.className = `peer peer-${this.user.colour}${this.fresh ? " fresh" : ""}`;
    caret.setAttribute("aria-hidden", "true");
    name.textContent = this.user.name;
    caret.append(name);
    return caret;
  }
}

export const peers = (awareness, text, section) => ViewPlugin.fromClass(class {
  constructor(view) {
    this.view = view;
    this.seen = new Map();
    this.decorations = this.build();
    this.heard = () => { view.dispatch({ annotations: [moved.of(true)] }); clearTimeout(this.timer); this.timer = setTimeout(this.heard, SHOWN, true); };
    this.listen = ({ added, updated, removed }, origin) => {
      const others = [...added, ...updated, ...removed].filter((id) => id !== awareness.clientID);
      if (others.length) this.heard();
    };
    awareness.on("change", this.listen);
  }

  destroy() { awareness.off("change", this.listen); clearTimeout(this.timer); }

  update(update) {
    if (update.selectionSet || update.focusChanged || update.docChanged) this.tell(update);
    if (update.docChanged || update.transactions.some((one) => one.annotation(moved))) this.decorations = this.build();
  }

  tell({ view, state, focusChanged }) {
    if (!view.hasFocus) {
      if (focusChanged && awareness.getLocalState()?.cursor?.section === section) awareness.setLocalStateField("cursor", null);
      return;
    }
    const { anchor, head } = state.selection.main;
    const at = (place) => Y.relativePositionToJSON(Y.createRelativePositionFromTypeIndex(text, place));
    queueMicrotask(() => awareness.setLocalStateField("cursor", { section, anchor: at(Math.min(anchor, text.length)), head: at(Math.min(head, text.length)) }));
  }

  build() {
    const found = [], length = this.view.state.doc.length;
    for (const [client, { user, cursor }] of awareness.getStates()) {
      if (client === awareness.clientID || !user || cursor?.section !== section) continue;
      const anchor = place(cursor.anchor, text, length), head = place(cursor.head, text, length);
      if (anchor === null || head === null) continue;
      const where = `${anchor} ${head}`, last = this.seen.get(client);
      if (last?.where !== where) this.seen.set(client, { where, since: Date.now() });
      const fresh = Date.now() - this.seen.get(client).since < SHOWN;
      const from = Math.min(anchor, head), to = Math.max(anchor, head);
      if (from !== to) found.push(Decoration.mark({ class: `chosen peer-${user.colour}` }).range(from, to));
      found.push(Decoration.widget({ widget: new Caret(user, fresh), side: head >= anchor ? -1 : 1 }).range(head));
    }
    return RangeSet.of(found, true);
  }
}, { decorations: (plugin) => plugin.decorations });

/* A cursor that somebody else's program sent: anything may be in it. */
function place(json, text, length) {
  try {
    const found = Y.createAbsolutePositionFromRelativePosition(Y.createRelativePositionFromJSON(json), text.doc);
    return found && found.type === text ? Math.min(found.index, length) : null;
  } catch {
    return null;
  }
}

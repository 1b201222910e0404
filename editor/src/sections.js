/* One section: its form becomes an editor once the text is here. In a shadow root, so that our policy for styles stays strict. */
import { defaultKeymap } from "@codemirror/commands";
import { Compartment, EditorState } from "@codemirror/state";
import { EditorView, keymap } from "@codemirror/view";
import { yCollab, yUndoManagerKeymap } from "y-codemirror.next";
import { peers } from "./peers.js";

const caret = {};
for (const [number, colour] of ["--accent", "--warn", "--ink", "--muted"].entries()) {
  for (const [later, style] of ["solid", "dashed"].entries()) {
    const name = `.peer-${number + 1 + later * 4}`;
    caret[`.peer${name}`] = { borderInlineStart: `2px ${style} var(${colour})` };
    caret[`.peer${name} > span`] = { backgroundColor: `var(${colour})` };
    caret[`.chosen${name}`] = { backgroundColor: `color-mix(in srgb, var(${colour}) 22%, transparent)` };
  }
}

const look = EditorView.theme({
  "&": { color: "var(--ink)", backgroundColor: "var(--paper)", border: "1px solid var(--muted)", borderRadius: "var(--radius)" },
  "&.cm-focused": { outline: "3px solid var(--accent)", outlineOffset: "2px" },
  ".cm-scroller": { fontFamily: "inherit", lineHeight: "1.5rem", overflowX: "hidden" },
  ".cm-content": { padding: ".5rem 0 1.25rem", minBlockSize: "5rem", caretColor: "var(--ink)" },
  ".cm-line": { padding: "0 .75rem" },
  ".peer": { position: "relative", marginInlineStart: "-1px", marginInlineEnd: "-1px" },
  ".peer > span": { position: "absolute", insetBlockStart: "100%", insetInlineStart: "-2px", zIndex: "1", display: "none", maxInlineSize: "12rem", overflow: "hidden",
    padding: "0 .25rem", color: "var(--paper)", font: "600 .6875rem/1rem var(--sans)", whiteSpace: "nowrap", textOverflow: "ellipsis", pointerEvents: "none" },
  ".peer.fresh > span, .peer:hover > span": { display: "block" },
  ...caret,
});

export class Section {
  constructor(form, text, awareness) {
    this.form = form;
    this.slug = form.dataset.section;
    this.area = form.querySelector("textarea");
    this.text = text;
    this.awareness = awareness;
    this.writable = new Compartment();
  }

  /* Whether somebody typed into the form before the editor was there: then it stays a form, and saving merges. */
  get dirty() { return this.area.value !== this.area.defaultValue; }

  open() {
    if (this.view || this.dirty) return;
    const focused = document.activeElement === this.area, chosen = Math.min(this.area.selectionStart, this.text.length);
    const host = document.createElement("div");
    host.className = "editor";
    host.addEventListener("keydown", (event) => event.ctrlKey || event.metaKey || event.stopPropagation());
    const root = host.attachShadow({ mode: "open" });
    this.form.before(host);
    this.form.hidden = true;
    this.view = new EditorView({ parent: root, root, state: this.state() });
    if (focused) { this.view.focus(); this.view.dispatch({ selection: { anchor: chosen } }); }
  }

  close() {
    this.view?.dispatch({ effects: this.writable.reconfigure([EditorState.readOnly.of(true), EditorView.editable.of(false)]) });
  }

  state() {
    const label = `${this.area.dataset.heading}, written together`;
    return EditorState.create({
      doc: this.text.toString(),
      extensions: [
        keymap.of([...yUndoManagerKeymap, ...defaultKeymap]),
        EditorView.lineWrapping,
        EditorView.contentAttributes.of({ "aria-label": label, spellcheck: "true", autocapitalize: "sentences" }),
        yCollab(this.text, null),
        peers(this.awareness, this.text, this.slug),
        this.writable.of([]),
        look,
      ],
    });
  }
}

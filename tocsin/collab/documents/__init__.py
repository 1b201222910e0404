"""The text of state documents: typed by several at once, revised, restored, carried out and back in."""

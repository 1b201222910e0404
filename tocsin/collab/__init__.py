"""Where a team works together: rooms with messages, state documents, short links."""

"""Pages elsewhere that repeat what ours say, each told by due rows of its own, with what came of every one."""

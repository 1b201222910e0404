"""What every room stands on: time, ids, the event log, work, storage, the way out. No domain nouns live here."""

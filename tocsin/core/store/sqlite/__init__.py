"""Our SQLite backend for Django: the library with the WAL-reset fix, one writer at a time, every commit on disk."""

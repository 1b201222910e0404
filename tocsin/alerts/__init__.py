"""Alert events become alerts: integration keys, dedup, resolve by source."""

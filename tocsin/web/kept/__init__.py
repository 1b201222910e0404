"""A bare door to what everybody may read: kept ready in memory and on disk, served without the store."""

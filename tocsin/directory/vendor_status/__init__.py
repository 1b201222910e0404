"""What vendors say of their own state: read from their feeds, kept as rows, never greener than the last reading."""

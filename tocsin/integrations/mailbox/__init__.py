"""The demo's built-in mailbox, where no SMTP server is configured."""

"""A templated HTTP call: ntfy, Gotify, any SMS or voice gateway."""

"""What staff and customers are told: pages, components, entries and their updates."""

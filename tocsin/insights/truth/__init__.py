"""How truthful and punctual an organisation was towards staff and customers."""

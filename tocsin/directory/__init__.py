"""People, teams, access; services, products, severities: who and what the other rooms speak about."""

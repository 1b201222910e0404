"""Any page elsewhere, by a signed call with the entry as JSON in the shape that hosted pages send."""

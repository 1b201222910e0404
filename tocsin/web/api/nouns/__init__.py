"""One module per noun of the API: its schema, its list, its object, its verbs."""

"""The ways out of the house: one mail builder, one HTTP client, one list of addresses nobody may be sent to."""

"""The company blog: what the house writes down for everybody in it, such as what an incident has taught."""

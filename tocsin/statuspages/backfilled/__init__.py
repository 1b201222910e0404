"""Past incidents that are written down afterwards for customers: told to nobody, never about an incident of the house."""

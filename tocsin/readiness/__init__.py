"""Whether we are prepared: what is set up and what is missing, and what is at hand when this house itself is down."""

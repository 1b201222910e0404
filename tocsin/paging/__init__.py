"""Pages until somebody answers: escalations, pages, delivery attempts, and the engine modules that drive them."""

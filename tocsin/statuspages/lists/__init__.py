"""Distribution lists: who of the house hears by mail what the company is told, and the thread each list reads it in."""

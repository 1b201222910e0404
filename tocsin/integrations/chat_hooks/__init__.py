"""Chat rooms of people outside, reached by the incoming webhook that their chat product gives out."""

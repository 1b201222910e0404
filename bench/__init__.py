"""Figures beside a peer or a physical limit."""

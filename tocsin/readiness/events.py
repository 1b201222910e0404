"""What readiness announces."""

from __future__ import annotations

KIT_MADE = "kit.made"
"""A new edition of the offline kit. data: files (names), bytes"""

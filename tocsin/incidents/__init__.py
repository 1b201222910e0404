"""Incidents: report, severity, roles, timeline, impact times, resolution."""

"""Prometheus Alertmanager, and everything that speaks its webhook format, version 4."""

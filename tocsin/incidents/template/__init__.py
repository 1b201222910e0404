"""Incident templates: what a team has prepared for the incidents it knows, and what of it was carried out."""

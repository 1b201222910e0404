"""Pages about people, teams, services and the installation itself."""

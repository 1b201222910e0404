"""Who may pass: access to each route, sign-in, patience with guessing, security headers."""

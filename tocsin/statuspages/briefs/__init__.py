"""What a follow-up to the company is made of, and what it answers before it goes."""

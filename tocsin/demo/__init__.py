"""The demo company: Larkfield sells rail tickets. Made through commands only, so it can hold nothing a user could not."""

"""Status pages as such: their addresses, their looks, their words, and which of them an update goes to."""

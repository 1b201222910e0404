"""A second reader: somebody is asked to read words before they go out. Nobody has to wait for the answer."""

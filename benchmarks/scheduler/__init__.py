"""The dispatcher's speed, and its rule in virtual time beside other rules."""

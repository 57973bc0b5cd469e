"""The animatic: a shot drawn from its script, where there is no model to make it."""

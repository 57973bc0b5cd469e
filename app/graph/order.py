"""Order keys: strings that leave room between any two, so that nothing else is renumbered."""

"""What every domain stands on: database, Redis, plugins, blocking work, ids, logs. No film here."""

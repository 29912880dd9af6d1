"""Words: letters by mail, reminders, preferences, and the log of what went out."""

"""The ground that every context stands on."""

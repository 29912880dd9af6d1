"""Money: subscriptions, invoices, payments."""

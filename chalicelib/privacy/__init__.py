"""What a client may ask of what is kept about them: a copy, an end, and how long until then."""

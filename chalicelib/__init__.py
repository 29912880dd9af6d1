"""Meanwhile: asynchronous therapy on Lambda, in seven contexts."""

"""What `make bench` runs: instruments that find functions, routes and rows by themselves, and what they may cost."""

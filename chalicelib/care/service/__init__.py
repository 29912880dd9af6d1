"""Use cases of the loop, one verb each."""

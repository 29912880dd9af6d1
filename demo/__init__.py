"""A believable practice, made through the public API, and the clips it sends."""

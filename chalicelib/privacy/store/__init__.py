"""Where keeping, copies and erasures lie, and the files of copies."""

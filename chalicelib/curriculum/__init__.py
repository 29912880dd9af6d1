"""What is taught: resources, lessons, programs and their versions."""

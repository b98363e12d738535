"""Posts: threads that people begin, feeds of them, and what is found in them."""

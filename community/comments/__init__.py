"""Comments: answers to a post, and the one that its author says helped."""

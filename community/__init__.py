"""Community: pseudonymous peers, moderated, behind a wall towards tier, price and collection."""

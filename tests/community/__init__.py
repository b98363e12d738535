"""The community: posts, the people behind them, and the wall around them."""

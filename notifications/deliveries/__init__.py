"""From the wish to tell her something to what became of it at each of her devices.

An intent is one thing to tell, once for each purpose, subject and occasion, written with whatever
happened. It waits until it is due; planning puts it into her inbox and makes deliveries of it, one
for each way to reach her, or notes why there is none. A delivery is judged again when its turn
comes, sent under a lease, and ends in an outcome. A message whose fate is not known is not sent
again, unless the second would replace the first on her screen.
"""

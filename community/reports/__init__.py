"""A member says that somebody should look at something.

One report for each reporter, target and reason; all of them gather in the target's one case. She
reads later what came of it, and nobody learns who reported.
"""

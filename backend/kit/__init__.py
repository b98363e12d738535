"""Tools that know nothing of borrowers: database, clock, problems, outbox, jobs, paging.

Nothing here imports a feature. What the assembly must tell a tool (addresses, keys, who
hears what) it says once at start, through the tool's own `configure` function.
"""

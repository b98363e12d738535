"""Evidence: what was decided, for whom, on what grounds and why, in a log that only grows.

An act writes an entry in its own transaction; a job puts entries in order and signs the tree over
them [RFC 6962, C2SP tlog-tiles]. The public log holds salted commitments alone. A record is sealed
under its borrower's own data key: destroying that key erases it and leaves every proof valid.
"""

"""Every event the product can announce, one file per source.

An event is a frozen dataclass in the past tense with the ids and the few figures that its
hearers need. Fields are only ever added, with defaults. A `backfill` event is history that was
imported: it is kept in the order of things, and nobody is told.
"""

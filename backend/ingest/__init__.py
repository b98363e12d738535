"""Ingest: facts in from the lender's core system, one by one, as a stream, or from files.

One set of schemas checks every way in (`schemas`), one service stores them (`service`): a single
call, a line of a batch and a row of a file end in the same place. A call is settled at once and
announced; a batch is stored set-based and settled by the worker. Same id, same content: nothing
changes.
"""

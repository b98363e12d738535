"""The inbox: what she was told, whether or not anything rang.

An item keeps its template, version and variables; its words are made when she reads it, in the
language that she reads in. It is written before anything is sent.
"""

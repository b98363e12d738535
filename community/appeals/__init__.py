"""An author asks for a second look, for 180 days; somebody else gives it.

The database itself refuses a reviewer who decided or confirmed what is appealed.
"""

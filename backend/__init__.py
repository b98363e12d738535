"""The ground everyone stands on, and the assembly of the whole product."""

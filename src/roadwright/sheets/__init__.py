"""The generic sheet engine: tab declarations, reader, merge, writer, and the backends that hold the cells."""

"""Typed rows: merged with what is stored, validated and saved. Sheets make them of cells, an API of JSON."""

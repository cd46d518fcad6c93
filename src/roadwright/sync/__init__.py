"""Sheets and database, brought together: one generic engine, and one module per workbook that binds tabs to models."""

"""A double of the Sheets API, on a port of this machine: what people do to a spreadsheet, and what can go wrong."""

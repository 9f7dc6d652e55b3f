"""What the pages are made of: charts, tables, panels, each drawn from a query's result."""

"""Parts of the pages: charts, tables, panels, each drawn from a query's result."""

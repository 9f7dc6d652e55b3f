"""`simulator mcp`: runs, failures and rows for programs that speak the Model Context Protocol."""

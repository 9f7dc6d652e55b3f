"""What follows when executions start and end: events on the bus, rows counted, the report brought home."""

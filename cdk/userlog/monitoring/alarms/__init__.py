"""The alarms: what an operator is told, and what to do about it. One event tells once."""

"""What an operator sees: metrics, alarms, the dashboard, the topic for alarms."""

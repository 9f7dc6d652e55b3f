"""For the operator: metrics, alarms, the dashboard, the topic for alarms."""

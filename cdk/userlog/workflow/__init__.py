"""From an upload to a run: the EventBridge rule, the two state machines with their roles, the queues for failures."""

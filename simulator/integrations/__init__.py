"""What a Task may call: one file an integration, and the registry that finds it by the Task's Resource."""

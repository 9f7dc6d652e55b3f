"""An interpreter of the Amazon States Language in JSONPath mode: compiles a definition, runs its executions."""

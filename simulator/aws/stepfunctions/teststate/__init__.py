"""The TestState API: one state, run once, with what its data flow did. API reference, "TestState"."""

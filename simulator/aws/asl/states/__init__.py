"""The state types, one a module, and what they share: data flow, Retry, Catch."""

"""Executions started by a Task, and Tasks that wait: for a token, for an execution, for as long as they may."""

"""Distributed Map: reads items, runs a child execution for each piece of them, writes the results."""

"""Distributed Map without a server: a store in memory."""

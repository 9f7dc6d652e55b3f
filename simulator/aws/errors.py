"""Errors of the servers that play AWS on this machine."""

from __future__ import annotations


class ServerError(Exception):
    """A server cannot start or go on. The message is for people: what happened, and what to do about it."""

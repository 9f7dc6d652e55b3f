"""Redrives a run of an earlier process, from its folder."""

"""Paths, intrinsic functions and numbers of the Amazon States Language."""

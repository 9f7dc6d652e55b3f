"""Faults that are injected on purpose (`run --fault`): their notation, and their effects."""

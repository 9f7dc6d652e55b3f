"""Templates as tests read them: synthesized once, their intrinsic functions resolved."""

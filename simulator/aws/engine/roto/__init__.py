"""roto as the engine: a server of its own (Rust), behind the same chain of applications as moto."""

"""What a field can hold besides a constant: paths, templates, intrinsic functions, Choice rules."""

"""Values of fields that are not constants: paths, templates, intrinsic functions, Choice rules."""

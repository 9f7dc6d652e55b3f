"""The cloud that stays up, without starting one."""

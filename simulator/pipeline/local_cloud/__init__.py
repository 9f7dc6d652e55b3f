"""The local cloud that stays up (`up`), and how other processes of this machine find it."""

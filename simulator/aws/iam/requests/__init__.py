"""Which actions a request asks for, and on what: as the service that answers it reads it."""

"""Aurora PostgreSQL: the cluster and the login roles."""

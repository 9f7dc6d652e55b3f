-- What user-log-user-reader may do. Its login role is there on AWS only (aws_roles.sql), so elsewhere nothing is granted.
DO $grants$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'user_log_reader') THEN
        GRANT SELECT ON users, user_statistics TO user_log_reader;
    END IF;
END
$grants$;

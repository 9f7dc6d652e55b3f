-- What user-log-processor may do. Its login role is there on AWS only (aws_roles.sql), so elsewhere nothing is granted.
DO $grants$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'user_log_processor') THEN
        GRANT SELECT ON users, user_statistics TO user_log_processor;
        GRANT INSERT, UPDATE ON user_statistics TO user_log_processor;
        -- Locking a user's row asks for UPDATE on one of its columns.
        GRANT UPDATE (updated_at) ON users TO user_log_processor;
    END IF;
END
$grants$;

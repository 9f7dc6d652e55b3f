-- The login roles of the functions on AWS: by IAM token, without a password. This is one statement, since the RDS Data
-- API takes no more, and may be run again. It runs before the migrations, which say what the others may do with a table.
DO $roles$
DECLARE
    login_role text;
BEGIN
    FOREACH login_role IN ARRAY ARRAY['user_log_migrator', 'user_log_processor', 'user_log_reader'] LOOP
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = login_role) THEN
            EXECUTE format('CREATE ROLE %I LOGIN', login_role);
        END IF;
        EXECUTE format('GRANT rds_iam TO %I', login_role);
        EXECUTE format('GRANT CONNECT ON DATABASE %I TO %I', current_database(), login_role);
    END LOOP;
    EXECUTE format('REVOKE ALL ON DATABASE %I FROM PUBLIC', current_database());
    REVOKE ALL ON SCHEMA public FROM PUBLIC;
    GRANT USAGE ON SCHEMA public TO user_log_processor, user_log_reader;
    GRANT USAGE, CREATE ON SCHEMA public TO user_log_migrator;
    -- Users are loaded by way of a temporary table.
    EXECUTE format('GRANT TEMPORARY ON DATABASE %I TO user_log_migrator', current_database());
END
$roles$

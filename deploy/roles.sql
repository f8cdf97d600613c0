-- The two roles and the database, for psql as a superuser. Doing it again sets the passwords and changes nothing else.
-- Reads OWNER_DATABASE_PASSWORD and APP_DATABASE_PASSWORD from the environment.
\set ON_ERROR_STOP on
\getenv owner_password OWNER_DATABASE_PASSWORD
\getenv app_password APP_DATABASE_PASSWORD
SELECT 'CREATE ROLE lpo_owner' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'lpo_owner') \gexec
SELECT 'CREATE ROLE lpo_app' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'lpo_app') \gexec
ALTER ROLE lpo_owner LOGIN NOSUPERUSER NOCREATEROLE NOCREATEDB PASSWORD :'owner_password';
ALTER ROLE lpo_app LOGIN NOSUPERUSER NOCREATEROLE NOCREATEDB PASSWORD :'app_password';
-- A query of a page takes milliseconds; one that hangs must not hold a connection for ever.
ALTER ROLE lpo_app SET statement_timeout = '60s';
ALTER ROLE lpo_app SET idle_in_transaction_session_timeout = '120s';
SELECT 'CREATE DATABASE lpo OWNER lpo_owner ENCODING ''UTF8'' TEMPLATE template0'
  WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = 'lpo') \gexec
-- Nobody else may connect; what lpo_app may do inside is given by `manage.py release`.
REVOKE ALL ON DATABASE lpo FROM PUBLIC;
GRANT CONNECT ON DATABASE lpo TO lpo_app;

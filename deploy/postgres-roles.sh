#!/bin/sh
# Run once by the postgres image, at its first start: the product's role and, behind the wall, the
# community's. Neither is a superuser nor a member of the other (docs/operating.md).
set -eu
password() {
  found=$(sed -nE 's|^[a-z]+://[^:]+:([A-Za-z0-9_.~-]+)@.*$|\1|p' "/run/secrets/$1")
  [ -n "$found" ] || { echo "$1: no password that this script reads" >&2; exit 1; }
  echo "$found"
}
own=$(password database_url)
walled=$(password community_database_url)
psql --set=ON_ERROR_STOP=1 --username=postgres --dbname=postgres \
  --set=own="$own" --set=walled="$walled" <<'SQL'
CREATE ROLE goodfaith LOGIN PASSWORD :'own';
CREATE ROLE goodfaith_community LOGIN PASSWORD :'walled';
CREATE DATABASE goodfaith OWNER goodfaith;
SQL

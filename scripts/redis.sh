#!/bin/sh
# Redis as Celery's queue: keeps nothing, asks for the password of .env. It is percent-encoded there; Redis reads \x40 for %40.
set -eu
umask 077
config="$(mktemp)"
printf 'requirepass "%s"\nsave ""\nappendonly no\nbind * -::*\nport %s\nmaxmemory 256mb\nmaxmemory-policy noeviction\n' \
    "$(printf '%s' "$REDIS_PASSWORD" | sed 's/%/\\x/g')" "${REDIS_PORT:-6379}" >"$config"
exec redis-server "$config"

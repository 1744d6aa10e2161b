#!/bin/sh
# Starts everything and waits until it is ready. The first start draws the passwords and keeps them
# in `.env`, readable by its owner only; it belongs into the backup.
set -eu
cd "$(dirname "$0")"
umask 077

if [ ! -f .env ]; then
  draw() { head -c 30 /dev/urandom | base64 | tr -d '/+=\n'; }
  eventstore=$(draw)
  clickhouse=$(draw)
  hosts=eventstore-1:2113,eventstore-2:2113,eventstore-3:2113
  cat > .env.new <<END
EVENTSTORE_PASSWORD=$eventstore
EVENTSTORE_URL=esdb://admin:$eventstore@$hosts?tls=true&tlsCAFile=/certs/ca.crt
CLICKHOUSE_PASSWORD=$clickhouse
CLICKHOUSE_CLUSTER_SECRET=$(draw)
CLICKHOUSE_1_URL=http://ledger:$clickhouse@clickhouse-1:8123
CLICKHOUSE_2_URL=http://ledger:$clickhouse@clickhouse-2:8123
END
  mv .env.new .env
fi

exec docker compose up --build --detach --wait "$@"

#!/bin/sh
# Becomes the service of this image. With CLUSTER_ID set, a log folder that is new is formatted first, for that cluster;
# gateways and shims need none, they ask the quorum which cluster it is.
set -eu
apps=/opt/milena/apps
if [ -n "${CLUSTER_ID:-}" ]; then
  node "$apps/milena/main.js" storage format --ignore-formatted --cluster-id "$CLUSTER_ID" "$@" >&2
fi
exec node "$apps/$MILENA_APP/main.js" "$@"

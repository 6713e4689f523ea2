#!/usr/bin/env bash
# Verifies a webhook of DCVaaS with openssl. Other users of the machine may see the key while it runs.
set -uf

# The raw body comes on standard input.
verify() {
  local secret=$1 id=$2 timestamp=$3 signatures=$4 now key expected given
  now=$(date +%s)
  [[ $timestamp =~ ^[1-9][0-9]{0,11}$ ]] || return 1
  ((now - timestamp < 300 && timestamp - now < 300)) || return 1 # older than 5 minutes: a replay
  key=$(printf %s "${secret#whsec_}" | base64 -d | od -An -v -tx1 | tr -d ' \n')
  expected=v1,$({ printf %s "$id.$timestamp." && cat; } |
    openssl dgst -sha256 -mac HMAC -macopt "hexkey:$key" -binary | base64)
  for given in $signatures; do
    [[ $given == "$expected" ]] && return 0
  done
  return 1
}

verify "$WEBHOOK_SECRET" "$WEBHOOK_ID" "$WEBHOOK_TIMESTAMP" "$WEBHOOK_SIGNATURE"

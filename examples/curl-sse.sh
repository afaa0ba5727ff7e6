#!/usr/bin/env bash
# Reads a room with curl: server-sent events come in, and each ping of the server is answered by a request of its own.
# Usage: bash examples/curl-sse.sh [http://127.0.0.1:8000] [room1]. It prints one message a line, as JSON.
set -euo pipefail
server=${1:-http://127.0.0.1:8000}
room=${2:-room1}

# One command a line: who we are (nobody), and the room.
commands='{"id":1,"connect":{}}
{"id":2,"subscribe":{"channel":"'$room'"}}'

# The value of a field of the JSON text $2.
field() { sed -n 's/.*"'"$1"'":"\([^"]*\)".*/\1/p' <<<"$2"; }

curl --silent --show-error --no-buffer --fail --get "$server/connection/sse" --data-urlencode "cf_connect=$commands" |
  while IFS= read -r line; do
    message=$(tr -d '\r' <<<"${line#data: }")
    case $message in
      '') ;; # An event ends with an empty line.
      '{}')
        # A ping. Without this answer the server ends the stream after 8 seconds.
        curl --silent --show-error --fail "$server/emulation" \
          --data '{"session":"'"$session"'","node":"'"$node"'","data":"{}"}'
        ;;
      '{"id":1,"connect":'*)
        session=$(field session "$message")
        node=$(field node "$message")
        ;;
      *) printf '%s\n' "$message" ;;
    esac
  done

#!/usr/bin/env bash
# Puts COACH_IMAGE in the place of the coach that serves, and nobody waits for it.
#
#   blue-green.sh [PROBE...]
#
# It starts the colour that is not there, waits until it is ready, and runs PROBE with the name of its
# service behind it. Only then the old colour is told to end: its sockets hear 1012 and come back
# through the proxy, which finds the other one. Where anything fails the new colour goes, and the old
# one has never stopped serving.
set -euo pipefail
set +x
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
: "${COACH_COMPOSE:=docker compose}" "${COACH_PROJECT:=coach}"
: "${COACH_READY_TRIES:=60}" "${COACH_PAUSE_S:=1}" "${COACH_DRAIN_S:=30}"
export COACH_SECCOMP=${COACH_SECCOMP:-$here/seccomp.json}

compose() {
  # shellcheck disable=SC2086 # "docker compose" is two words
  command $COACH_COMPOSE --project-name "$COACH_PROJECT" --file "$here/compose.yaml" --profile green "$@"
}

is_ready() { compose exec -T "web-$1" coach healthcheck > /dev/null 2>&1; }

serving() {
  local colour
  for colour in blue green; do
    if is_ready "$colour"; then echo "$colour"; return; fi
  done
}

wait_until_ready() {
  local try
  for ((try = 0; try < COACH_READY_TRIES; try++)); do
    if is_ready "$1"; then return; fi
    sleep "$COACH_PAUSE_S"
  done
  return 1
}

give_up() { # give_up COLOUR WHY
  trap '' INT TERM HUP
  compose stop --timeout "$COACH_DRAIN_S" "web-$1" > /dev/null 2>&1 || true
  local goes_on="nobody serves"
  if [ "$old" ]; then goes_on="web-$old goes on"; fi
  echo "blue-green.sh: web-$1 $2; it was stopped, and $goes_on" >&2
  exit 1
}

case ${1:-} in -*) echo "blue-green.sh [PROBE...]: ${1} is no probe; nothing was started" >&2; exit 2 ;; esac
if [ "$#" -gt 0 ] && ! command -v "$1" > /dev/null; then
  echo "blue-green.sh: there is no command $1 to probe with; nothing was started" >&2
  exit 2
fi
old=$(serving)
if [ "$old" = blue ]; then new=green; else new=blue; fi
echo "serving: ${old:-nobody}; starting web-$new"
trap 'give_up "$new" "was interrupted"' INT TERM HUP
compose up --detach --no-deps "web-$new" > /dev/null || give_up "$new" "does not start"
wait_until_ready "$new" || give_up "$new" "is not ready after $COACH_READY_TRIES tries"
if [ "$#" -gt 0 ]; then "$@" "web-$new" || give_up "$new" "failed its probe"; fi
trap '' INT TERM HUP # two colours that both serve are no end
if [ "$old" ]; then
  echo "web-$new is ready; ending web-$old"
  compose stop --timeout "$COACH_DRAIN_S" "web-$old" > /dev/null
fi
echo "serving: $new"

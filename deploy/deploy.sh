#!/usr/bin/env bash
# Brings COACH_IMAGE to one machine.
#
#   deploy.sh staging|prod               pull secrets, render, start, probe, switch
#   deploy.sh staging|prod run WORDS...  a command of coach, with the same settings and secrets
#   deploy.sh staging|prod start|stop    what was deployed, for a machine that goes on and off
#   deploy.sh staging|prod down [--volumes]           its containers and networks go; with --volumes all data, too
#   deploy.sh staging|prod restore FILE [OPTION]...   puts a backup in place, while nobody works on the tables
#   deploy.sh staging|prod probe SERVICE smoke and SLO of a colour
#
# What belongs to an environment stands in $COACH_DEPLOY/ENVIRONMENT/deploy.env (docs/deployment.md). A
# secret is printed by COACH_PULL_SECRETS as NAME=value, kept in files that one container can read, and
# said by nobody. prod refuses an image that has not passed the Must scenarios on staging, a migration
# that is not safe, and a probe that fails.
set -euo pipefail
set +vx
umask 077
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
: "${COACH_DEPLOY:=/etc/coach}" "${COACH_DEPLOY_STATE:=/var/lib/coach-deploy}"
ALL=(--profile green --profile engine)
WANTED=(POSTGRES_PASSWORD REDIS_PASSWORD COACH_KEK)

refuse() { echo "deploy.sh: $*" >&2; exit 1; }

compose() {
  # shellcheck disable=SC2086 # "docker compose" is two words
  command $COACH_COMPOSE --project-name "$COACH_PROJECT" --file "$here/compose.yaml" "$@" 9>&-
}

settings() {
  local file=$COACH_DEPLOY/$environment/deploy.env
  [ -r "$file" ] || refuse "there is no $file"
  set -a
  # shellcheck disable=SC1090 # whoever deploys wrote it
  . "$file"
  set +a
  set +vx
  state=$COACH_DEPLOY_STATE/$environment
  export COACH_COMPOSE=${COACH_COMPOSE:-docker compose} COACH_PROJECT=${COACH_PROJECT:-coach-$environment}
  export COACH_RUNTIME=${COACH_RUNTIME:-docker} COACH_SECCOMP=${COACH_SECCOMP:-$here/seccomp.json}
  export COACH_SECRETS=$state/secrets COACH_CERTIFICATES=$state/certificates
  : "${COACH_IMAGE:?name the image of coach}" "${COACH_DOMAIN:?name the domain}"
  : "${COACH_PULL_SECRETS:?name the command that prints the secrets}"
}

# Each value goes into a variable of this shell and into its files; no program gets one as a word.
pull_secrets() {
  local name value printed
  printed=$(bash -c "$COACH_PULL_SECRETS" 2> /dev/null 9>&-) || refuse "COACH_PULL_SECRETS failed"
  declare -gA secret=()
  while IFS='=' read -r name value; do
    case $name in ''|'#'*) ;; *) secret[$name]=${value%$'\r'} ;; esac
  done <<< "$printed"
  for name in "${WANTED[@]}"; do
    [ "${secret[$name]:-}" ] || refuse "COACH_PULL_SECRETS printed no $name"
  done
  for name in POSTGRES_PASSWORD REDIS_PASSWORD; do
    [[ ${secret[$name]} =~ ^[A-Za-z0-9_-]{24,}$ ]] \
      || refuse "$name takes 24 or more letters, digits, - and _ (openssl rand -hex 24)"
  done
  [[ ${secret[COACH_KEK]} == '{'*'"keys"'*'}' ]] || refuse "COACH_KEK takes the ring of keys on one line, without quotes (docs/keys.md)"
}

render() {
  install -d -m 0711 "$COACH_DEPLOY_STATE" "$state" "$COACH_SECRETS"
  install -d -m 0700 "$COACH_CERTIFICATES"
  own 65533 "$COACH_CERTIFICATES"
  secret_file postgres_password 999 "${secret[POSTGRES_PASSWORD]}"
  secret_file redis_conf 999 "requirepass ${secret[REDIS_PASSWORD]}
maxmemory-policy noeviction
save \"\""
  secret_file database_url 65532 "postgresql://coach:${secret[POSTGRES_PASSWORD]}@postgres:5432/coach"
  secret_file redis_url 65532 "redis://:${secret[REDIS_PASSWORD]}@redis:6379/0"
  secret_file coach-kek 65532 "${secret[COACH_KEK]}"
}

# Written in place, and only where it is another: a container that has the file mounted keeps seeing it.
secret_file() { # secret_file NAME OWNER TEXT
  local file=$COACH_SECRETS/$1
  if ! printf '%s\n' "$3" | cmp --silent - "$file"; then
    [ ! -e "$file" ] || chmod 0600 "$file"
    printf '%s\n' "$3" > "$file"
  fi
  chmod 0400 "$file"
  own "$2" "$file"
}

# The numbers of the containers' users; whoever is not root maps their own to them (rootless).
own() { if [ "$(id -u)" = 0 ]; then chown "$1:$1" "$2"; fi; }

# Two at once would each end the colour that the other one starts. Descriptor 9 holds the turn; it is
# closed to what is called, since a container's monitor would hold it for as long as it lives.
take_turn() {
  install -d -m 0711 "$COACH_DEPLOY_STATE" "$state"
  exec 9> "$state/turn"
  flock --nonblock 9 || refuse "another deploy.sh works on $environment: wait until it has ended"
}

image_id() { $COACH_RUNTIME image inspect --format '{{.Id}}' "$COACH_IMAGE"; }

coach() {
  local terminal=()
  if [ ! -t 0 ]; then terminal=(-T); fi
  compose run --rm --no-deps "${terminal[@]}" worker "$@"
}

# What is on stdin belongs to the command that is run afterwards.
start_stores() {
  compose up --detach postgres redis caddy > /dev/null < /dev/null || refuse "PostgreSQL, Redis or the proxy does not start"
  local try
  for ((try = 0; try < ${COACH_READY_TRIES:-60}; try++)); do
    if compose exec -T postgres pg_isready --quiet --host 127.0.0.1 < /dev/null; then return; fi
    sleep "${COACH_PAUSE_S:-1}"
  done
  refuse "PostgreSQL is not ready"
}

check_migration() {
  if [ "${COACH_MIGRATION_CHECK:-}" ]; then
    bash -c "$COACH_MIGRATION_CHECK" > /dev/null 2>&1 9>&- || refuse "the migration is not safe, says COACH_MIGRATION_CHECK"
  else
    coach doctor --before-upgrade > /dev/null || refuse "the migration is not safe: deploy.sh $environment run doctor --before-upgrade"
  fi
}

# Asked through the proxy, as everybody asks.
smoke() {
  curl --fail --silent --show-error --max-time 10 --retry 5 --retry-all-errors --output /dev/null \
    ${COACH_CURL:+"$COACH_CURL"} "https://$COACH_DOMAIN${COACH_PUBLIC_PORT:+:$COACH_PUBLIC_PORT}/livez" \
    || refuse "https://$COACH_DOMAIN/livez does not answer"
}

probe() { # of the new colour, from within: smoke and SLO
  compose --profile green exec -T "$1" python3 - --requests "${COACH_SLO_REQUESTS:-200}" \
    --p95-ms "${COACH_SLO_P95_MS:-250}" < "$here/probe.py"
}

usage() { sed -n 's/^#   \(deploy.sh .*\)/\1/p' "${BASH_SOURCE[0]}" >&2; exit 2; }

# A word too many is no wish to deploy.
words() { [ "$1" -eq "$2" ] || usage; } # words WANTED GIVEN

green_on_staging() { [ -r "$COACH_DEPLOY_STATE/staging/green" ] && grep -qxF "$1" "$COACH_DEPLOY_STATE/staging/green"; }

deploy() {
  local id
  id=$(image_id) || refuse "there is no image $COACH_IMAGE"
  if [ "$environment" = prod ]; then
    green_on_staging "$id" || refuse "$COACH_IMAGE has not passed the Must scenarios on staging"
  fi
  pull_secrets
  render
  start_stores
  check_migration
  note_colour
  bash "$here/blue-green.sh" "$here/deploy.sh" "$environment" probe 9>&- | tee "$state/switch" \
    || refuse "$environment was not changed"
  note_colour
  compose up --detach --no-deps worker ${COACH_ENGINE_URL:+engine} > /dev/null || refuse "the worker does not start"
  smoke
  if [ "$environment" = staging ]; then try_must "$id"; fi
  echo "$environment: $COACH_IMAGE serves https://$COACH_DOMAIN"
}

try_must() { # try_must IMAGE: prod takes what passed here
  rm -f "$state/green"
  if [ -z "${COACH_MUST:-}" ]; then
    echo "staging: COACH_MUST names no Must scenarios, so prod will refuse this image"
    return
  fi
  bash -c "$COACH_MUST" 9>&- || refuse "the Must scenarios failed on staging"
  echo "$1" > "$state/green"
}

# Whoever is ended while it switches leaves the switch to go on, and the next one to note its end.
note_colour() {
  local colour=
  if [ -r "$state/switch" ]; then
    colour=$(sed -n 's/^serving: \(blue\|green\)$/\1/p' "$state/switch" | tail -n 1)
  fi
  if [ "$colour" ]; then echo "$colour" > "$state/colour"; fi
}

start() {
  note_colour
  [ -s "$state/colour" ] || refuse "nothing was deployed yet: deploy.sh $environment"
  compose "${ALL[@]}" start postgres redis caddy worker ${COACH_ENGINE_URL:+engine} "web-$(cat "$state/colour")"
}

# Whoever works on the tables would go on with those of before. Where it fails they go on with them.
restore() {
  local service
  [ "$#" -gt 0 ] || refuse "deploy.sh $environment restore FILE [OPTION]..."
  for service in worker engine web-blue web-green; do # one that was never made cannot be stopped
    compose "${ALL[@]}" stop --timeout "${COACH_DRAIN_S:-30}" "$service" > /dev/null 2>&1 || true
  done
  if coach backup restore "$@" --yes; then start; return; fi
  start
  refuse "nothing was restored; $environment goes on as it was"
}

environment=${1:-}
case $environment in staging|prod) ;; *) usage ;; esac
case ${2:-deploy} in
  deploy) [ "$#" -le 2 ] || usage ;;
  start|stop) words 2 "$#" ;;
  probe) words 3 "$#" ;;
  down) ;;
  restore|run) [ "$#" -ge 3 ] || usage ;;
  *) usage ;;
esac
settings
case ${2:-deploy} in deploy|start|stop|down|restore) take_turn ;; esac
case ${2:-deploy} in
  deploy) deploy ;;
  probe) probe "$3" ;;
  start) start ;;
  stop) compose "${ALL[@]}" stop ;;
  down) shift 2; compose "${ALL[@]}" down --timeout "${COACH_DRAIN_S:-30}" "$@" ;;
  restore) pull_secrets; render; start_stores; shift 2; restore "$@" ;;
  run) pull_secrets; render; start_stores; shift 2; coach "$@" ;;
esac

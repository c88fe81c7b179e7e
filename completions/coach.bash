# bash completion for coach, written by .ci/command_pages.py
#   coach completion bash > ~/.local/share/bash-completion/completions/coach
_coach() {
    local word="${COMP_WORDS[COMP_CWORD]}" path="" awaited="" i
    local valued=" --account --add --after --age --as --asset --auto --base-url --bias --candles --cap-size --days --delay --device --end --equity --fail-on --faults --fills --format --from --granularity --head --healthcheck --home --host --intensity --key-file --keys --labels --last --limit --log --market-seed --method --metrics --no-trade-after --out --outcome --pair --passphrase-file --password-file --percent --port --preset --price --public-name --quote --rational --reason --rev --rule --scope --seed --set --since --skip-after-loss --source --split --start --stop --stop-after-losses --subject --symbol --sync-hours --table --target --time-threshold --tls-cert --tls-key --to --traders --trusted-proxy --type --until --wait-lock --week --weeks --workers --zone "
    local known="| demo| connect| connect coinbase| connect kraken| connect binance| disconnect| accounts| accounts set| accounts pairs| accounts remove| users| users list| users add| users password| users disable| users enable| users link| users unlink| users allow| users disallow| users remove| token| token create| token list| token revoke| import| import csv| import sync| import list| import undo| trades| pnl| biases| tags| why| label| note| note add| note list| note search| note edit| note remove| note restore| plans| plans add| plans list| plans remove| plans questions| plans answer| rules| rules add| rules show| rules edit| rules list| rules breaches| rules pause| rules resume| rules remove| rules schema| rules history| rules diff| rules rollback| rules presets| rules dry-run| rules status| rules calibrate| rules proposals| rules accept| rules dismiss| check| simulate| experiments| experiments start| experiments list| experiments show| experiments stop| experiments result| digest| reflect| reflect ask| reflect list| reflect usage| candles| candles import| candles fetch| candles sources| candles list| candles prune| events| events devices| events forget| jobs| jobs list| jobs show| jobs retry| tui| serve| worker| schedule| schedule print| schedule install| schedule remove| schedule status| schedule run| status| sandbox| lab| lab evaluate| lab generate| lab disposition| secrets| secrets encrypt| secrets decrypt| secrets edit| secrets verify| secrets rotate-recipients| db| db status| db start| db stop| db upgrade| db url| db role-script| db partitions| db epoch| keys| keys status| keys rotate| keys rewrap| keys export-recovery| keys restore| keys seal| keys abandon| audit| audit head| audit verify| doctor| config| config list| config get| config set| config unset| config path| completion| help| version|"
    for ((i = 1; i < COMP_CWORD; i++)); do
        awaited=""
        if [[ ${COMP_WORDS[i]} == -* ]]; then
            if [[ $valued == *" ${COMP_WORDS[i]} "* ]]; then
                awaited="${COMP_WORDS[i]}"
                ((i++))
            fi
        elif [[ $known == *"|$path ${COMP_WORDS[i]}|"* ]]; then
            path+=" ${COMP_WORDS[i]}"
        fi
    done
    if [[ -n $awaited ]] && ((i > COMP_CWORD)); then
        path+="|$awaited"
    fi
    case "$path" in
        "") COMPREPLY=($(compgen -W "demo connect disconnect accounts users token import trades pnl biases tags why label note plans rules check simulate experiments digest reflect candles events jobs tui serve worker schedule status sandbox lab secrets db keys audit doctor config completion help version --version -V --json --quiet -q --yes -y --no-input --no-color --debug --home --zone -h --help" -- "$word")) ;;
        " demo") COMPREPLY=($(compgen -W "--evidence --json --quiet -q --yes -y --no-input --no-color --debug --home --zone -h --help" -- "$word")) ;;
        " connect") COMPREPLY=($(compgen -W "coinbase kraken binance --json --quiet -q --yes -y --no-input --no-color --debug --home --zone -h --help" -- "$word")) ;;
        " connect coinbase") COMPREPLY=($(compgen -W "--key-file --oauth --paste --port --account --base-url --json --quiet -q --yes -y --no-input --no-color --debug --home --zone -h --help" -- "$word")) ;;
        " connect kraken") COMPREPLY=($(compgen -W "--key-file --account --base-url --json --quiet -q --yes -y --no-input --no-color --debug --home --zone -h --help" -- "$word")) ;;
        " connect binance") COMPREPLY=($(compgen -W "--key-file --pair --account --base-url --json --quiet -q --yes -y --no-input --no-color --debug --home --zone -h --help" -- "$word")) ;;
        " disconnect") COMPREPLY=($(compgen -W "--json --quiet -q --yes -y --no-input --no-color --debug --home --zone -h --help" -- "$word") $(compgen -f -- "$word")) ;;
        " accounts") COMPREPLY=($(compgen -W "set pairs remove --after --limit --json --quiet -q --yes -y --no-input --no-color --debug --home --zone -h --help" -- "$word")) ;;
        " accounts set") COMPREPLY=($(compgen -W "--shorts --no-shorts --equity --sync-hours --json --quiet -q --yes -y --no-input --no-color --debug --home --zone -h --help" -- "$word") $(compgen -f -- "$word")) ;;
        " accounts pairs") COMPREPLY=($(compgen -W "--add --remove --json --quiet -q --yes -y --no-input --no-color --debug --home --zone -h --help" -- "$word") $(compgen -f -- "$word")) ;;
        " accounts remove") COMPREPLY=($(compgen -W "--json --quiet -q --yes -y --no-input --no-color --debug --home --zone -h --help" -- "$word") $(compgen -f -- "$word")) ;;
        " users") COMPREPLY=($(compgen -W "list add password disable enable link unlink allow disallow remove --json --quiet -q --yes -y --no-input --no-color --debug --home --zone -h --help" -- "$word")) ;;
        " users list") COMPREPLY=($(compgen -W "--json --quiet -q --yes -y --no-input --no-color --debug --home --zone -h --help" -- "$word")) ;;
        " users add") COMPREPLY=($(compgen -W "--zone --password-file --json --quiet -q --yes -y --no-input --no-color --debug --home -h --help" -- "$word") $(compgen -f -- "$word")) ;;
        " users password") COMPREPLY=($(compgen -W "--password-file --forget-codes --json --quiet -q --yes -y --no-input --no-color --debug --home --zone -h --help" -- "$word") $(compgen -f -- "$word")) ;;
        " users disable") COMPREPLY=($(compgen -W "--json --quiet -q --yes -y --no-input --no-color --debug --home --zone -h --help" -- "$word") $(compgen -f -- "$word")) ;;
        " users enable") COMPREPLY=($(compgen -W "--json --quiet -q --yes -y --no-input --no-color --debug --home --zone -h --help" -- "$word") $(compgen -f -- "$word")) ;;
        " users link") COMPREPLY=($(compgen -W "--subject --json --quiet -q --yes -y --no-input --no-color --debug --home --zone -h --help" -- "$word") $(compgen -f -- "$word")) ;;
        " users unlink") COMPREPLY=($(compgen -W "--json --quiet -q --yes -y --no-input --no-color --debug --home --zone -h --help" -- "$word") $(compgen -f -- "$word")) ;;
        " users allow") COMPREPLY=($(compgen -W "--json --quiet -q --yes -y --no-input --no-color --debug --home --zone -h --help" -- "$word") $(compgen -f -- "$word")) ;;
        " users disallow") COMPREPLY=($(compgen -W "--json --quiet -q --yes -y --no-input --no-color --debug --home --zone -h --help" -- "$word") $(compgen -f -- "$word")) ;;
        " users remove") COMPREPLY=($(compgen -W "--json --quiet -q --yes -y --no-input --no-color --debug --home --zone -h --help" -- "$word") $(compgen -f -- "$word")) ;;
        " token") COMPREPLY=($(compgen -W "create list revoke --json --quiet -q --yes -y --no-input --no-color --debug --home --zone -h --help" -- "$word")) ;;
        " token create") COMPREPLY=($(compgen -W "--scope --days --json --quiet -q --yes -y --no-input --no-color --debug --home --zone -h --help" -- "$word") $(compgen -f -- "$word")) ;;
        " token list") COMPREPLY=($(compgen -W "--json --quiet -q --yes -y --no-input --no-color --debug --home --zone -h --help" -- "$word")) ;;
        " token revoke") COMPREPLY=($(compgen -W "--json --quiet -q --yes -y --no-input --no-color --debug --home --zone -h --help" -- "$word") $(compgen -f -- "$word")) ;;
        " import") COMPREPLY=($(compgen -W "csv sync list undo --json --quiet -q --yes -y --no-input --no-color --debug --home --zone -h --help" -- "$word")) ;;
        " import csv") COMPREPLY=($(compgen -W "--as --account --dry-run --strict --zone --anyway --shorts --no-shorts --json --quiet -q --yes -y --no-input --no-color --debug --home -h --help" -- "$word") $(compgen -f -- "$word")) ;;
        " import sync") COMPREPLY=($(compgen -W "--account --since --anyway --due --json --quiet -q --yes -y --no-input --no-color --debug --home --zone -h --help" -- "$word")) ;;
        " import list") COMPREPLY=($(compgen -W "--after --limit --json --quiet -q --yes -y --no-input --no-color --debug --home --zone -h --help" -- "$word")) ;;
        " import undo") COMPREPLY=($(compgen -W "--json --quiet -q --yes -y --no-input --no-color --debug --home --zone -h --help" -- "$word") $(compgen -f -- "$word")) ;;
        " trades") COMPREPLY=($(compgen -W "--since --until --symbol --account --open --after --limit --json --quiet -q --yes -y --no-input --no-color --debug --home --zone -h --help" -- "$word")) ;;
        " pnl") COMPREPLY=($(compgen -W "--method --symbol --account --json --quiet -q --yes -y --no-input --no-color --debug --home --zone -h --help" -- "$word")) ;;
        " pnl|--method") COMPREPLY=($(compgen -W "fifo average" -- "$word")) ;;
        " biases") COMPREPLY=($(compgen -W "--days --bias --all --json --quiet -q --yes -y --no-input --no-color --debug --home --zone -h --help" -- "$word")) ;;
        " tags") COMPREPLY=($(compgen -W "--bias --after --limit --json --quiet -q --yes -y --no-input --no-color --debug --home --zone -h --help" -- "$word")) ;;
        " why") COMPREPLY=($(compgen -W "--days --json --quiet -q --yes -y --no-input --no-color --debug --home --zone -h --help" -- "$word") $(compgen -f -- "$word")) ;;
        " label") COMPREPLY=($(compgen -W "--reason --list --after --limit --json --quiet -q --yes -y --no-input --no-color --debug --home --zone -h --help" -- "$word") $(compgen -f -- "$word")) ;;
        " note") COMPREPLY=($(compgen -W "add list search edit remove restore --json --quiet -q --yes -y --no-input --no-color --debug --home --zone -h --help" -- "$word")) ;;
        " note add") COMPREPLY=($(compgen -W "--json --quiet -q --yes -y --no-input --no-color --debug --home --zone -h --help" -- "$word") $(compgen -f -- "$word")) ;;
        " note list") COMPREPLY=($(compgen -W "--since --until --symbol --after --limit --last --removed --json --quiet -q --yes -y --no-input --no-color --debug --home --zone -h --help" -- "$word")) ;;
        " note search") COMPREPLY=($(compgen -W "--since --until --symbol --after --limit --last --json --quiet -q --yes -y --no-input --no-color --debug --home --zone -h --help" -- "$word") $(compgen -f -- "$word")) ;;
        " note edit") COMPREPLY=($(compgen -W "--json --quiet -q --yes -y --no-input --no-color --debug --home --zone -h --help" -- "$word") $(compgen -f -- "$word")) ;;
        " note remove") COMPREPLY=($(compgen -W "--json --quiet -q --yes -y --no-input --no-color --debug --home --zone -h --help" -- "$word") $(compgen -f -- "$word")) ;;
        " note restore") COMPREPLY=($(compgen -W "--json --quiet -q --yes -y --no-input --no-color --debug --home --zone -h --help" -- "$word") $(compgen -f -- "$word")) ;;
        " plans") COMPREPLY=($(compgen -W "add list remove questions answer --after --limit --json --quiet -q --yes -y --no-input --no-color --debug --home --zone -h --help" -- "$word")) ;;
        " plans add") COMPREPLY=($(compgen -W "--symbol --percent --start --end --json --quiet -q --yes -y --no-input --no-color --debug --home --zone -h --help" -- "$word") $(compgen -f -- "$word")) ;;
        " plans list") COMPREPLY=($(compgen -W "--after --limit --json --quiet -q --yes -y --no-input --no-color --debug --home --zone -h --help" -- "$word")) ;;
        " plans remove") COMPREPLY=($(compgen -W "--json --quiet -q --yes -y --no-input --no-color --debug --home --zone -h --help" -- "$word") $(compgen -f -- "$word")) ;;
        " plans questions") COMPREPLY=($(compgen -W "--after --limit --json --quiet -q --yes -y --no-input --no-color --debug --home --zone -h --help" -- "$word")) ;;
        " plans answer") COMPREPLY=($(compgen -W "--json --quiet -q --yes -y --no-input --no-color --debug --home --zone -h --help" -- "$word") $(compgen -f -- "$word")) ;;
        " rules") COMPREPLY=($(compgen -W "add show edit list breaches pause resume remove schema history diff rollback presets dry-run status calibrate proposals accept dismiss --json --quiet -q --yes -y --no-input --no-color --debug --home --zone -h --help" -- "$word")) ;;
        " rules add") COMPREPLY=($(compgen -W "--from --preset --dry-run --json --quiet -q --yes -y --no-input --no-color --debug --home --zone -h --help" -- "$word") $(compgen -f -- "$word")) ;;
        " rules show") COMPREPLY=($(compgen -W "--json --quiet -q --yes -y --no-input --no-color --debug --home --zone -h --help" -- "$word") $(compgen -f -- "$word")) ;;
        " rules edit") COMPREPLY=($(compgen -W "--reason --json --quiet -q --yes -y --no-input --no-color --debug --home --zone -h --help" -- "$word") $(compgen -f -- "$word")) ;;
        " rules list") COMPREPLY=($(compgen -W "--after --limit --json --quiet -q --yes -y --no-input --no-color --debug --home --zone -h --help" -- "$word")) ;;
        " rules breaches") COMPREPLY=($(compgen -W "--since --after --limit --last --json --quiet -q --yes -y --no-input --no-color --debug --home --zone -h --help" -- "$word") $(compgen -f -- "$word")) ;;
        " rules pause") COMPREPLY=($(compgen -W "--json --quiet -q --yes -y --no-input --no-color --debug --home --zone -h --help" -- "$word") $(compgen -f -- "$word")) ;;
        " rules resume") COMPREPLY=($(compgen -W "--json --quiet -q --yes -y --no-input --no-color --debug --home --zone -h --help" -- "$word") $(compgen -f -- "$word")) ;;
        " rules remove") COMPREPLY=($(compgen -W "--json --quiet -q --yes -y --no-input --no-color --debug --home --zone -h --help" -- "$word") $(compgen -f -- "$word")) ;;
        " rules schema") COMPREPLY=($(compgen -W "--json --quiet -q --yes -y --no-input --no-color --debug --home --zone -h --help" -- "$word")) ;;
        " rules history") COMPREPLY=($(compgen -W "--after --limit --json --quiet -q --yes -y --no-input --no-color --debug --home --zone -h --help" -- "$word") $(compgen -f -- "$word")) ;;
        " rules diff") COMPREPLY=($(compgen -W "--from --to --json --quiet -q --yes -y --no-input --no-color --debug --home --zone -h --help" -- "$word") $(compgen -f -- "$word")) ;;
        " rules rollback") COMPREPLY=($(compgen -W "--to --json --quiet -q --yes -y --no-input --no-color --debug --home --zone -h --help" -- "$word") $(compgen -f -- "$word")) ;;
        " rules presets") COMPREPLY=($(compgen -W "--json --quiet -q --yes -y --no-input --no-color --debug --home --zone -h --help" -- "$word") $(compgen -f -- "$word")) ;;
        " rules dry-run") COMPREPLY=($(compgen -W "--from --preset --json --quiet -q --yes -y --no-input --no-color --debug --home --zone -h --help" -- "$word") $(compgen -f -- "$word")) ;;
        " rules status") COMPREPLY=($(compgen -W "--since --fail-on --json --quiet -q --yes -y --no-input --no-color --debug --home --zone -h --help" -- "$word") $(compgen -f -- "$word")) ;;
        " rules calibrate") COMPREPLY=($(compgen -W "--auto --json --quiet -q --yes -y --no-input --no-color --debug --home --zone -h --help" -- "$word") $(compgen -f -- "$word")) ;;
        " rules proposals") COMPREPLY=($(compgen -W "--all --after --limit --json --quiet -q --yes -y --no-input --no-color --debug --home --zone -h --help" -- "$word")) ;;
        " rules accept") COMPREPLY=($(compgen -W "--json --quiet -q --yes -y --no-input --no-color --debug --home --zone -h --help" -- "$word") $(compgen -f -- "$word")) ;;
        " rules dismiss") COMPREPLY=($(compgen -W "--json --quiet -q --yes -y --no-input --no-color --debug --home --zone -h --help" -- "$word") $(compgen -f -- "$word")) ;;
        " check") COMPREPLY=($(compgen -W "--price --json --quiet -q --yes -y --no-input --no-color --debug --home --zone -h --help" -- "$word") $(compgen -f -- "$word")) ;;
        " simulate") COMPREPLY=($(compgen -W "--rule --skip-after-loss --cap-size --delay --no-trade-after --stop-after-losses --stop --target --untouched --days --split --compounding --json --quiet -q --yes -y --no-input --no-color --debug --home --zone -h --help" -- "$word")) ;;
        " experiments") COMPREPLY=($(compgen -W "start list show stop result --json --quiet -q --yes -y --no-input --no-color --debug --home --zone -h --help" -- "$word")) ;;
        " experiments start") COMPREPLY=($(compgen -W "--weeks --outcome --quote --json --quiet -q --yes -y --no-input --no-color --debug --home --zone -h --help" -- "$word") $(compgen -f -- "$word")) ;;
        " experiments list") COMPREPLY=($(compgen -W "--after --limit --json --quiet -q --yes -y --no-input --no-color --debug --home --zone -h --help" -- "$word")) ;;
        " experiments show") COMPREPLY=($(compgen -W "--json --quiet -q --yes -y --no-input --no-color --debug --home --zone -h --help" -- "$word") $(compgen -f -- "$word")) ;;
        " experiments stop") COMPREPLY=($(compgen -W "--json --quiet -q --yes -y --no-input --no-color --debug --home --zone -h --help" -- "$word") $(compgen -f -- "$word")) ;;
        " experiments result") COMPREPLY=($(compgen -W "--json --quiet -q --yes -y --no-input --no-color --debug --home --zone -h --help" -- "$word") $(compgen -f -- "$word")) ;;
        " digest") COMPREPLY=($(compgen -W "--week --format --evidence --verify --json --quiet -q --yes -y --no-input --no-color --debug --home --zone -h --help" -- "$word")) ;;
        " digest|--format") COMPREPLY=($(compgen -W "text md html json" -- "$word")) ;;
        " reflect") COMPREPLY=($(compgen -W "ask list usage --show-prompt --json --quiet -q --yes -y --no-input --no-color --debug --home --zone -h --help" -- "$word")) ;;
        " reflect ask") COMPREPLY=($(compgen -W "--show-prompt --json --quiet -q --yes -y --no-input --no-color --debug --home --zone -h --help" -- "$word") $(compgen -f -- "$word")) ;;
        " reflect list") COMPREPLY=($(compgen -W "--last --json --quiet -q --yes -y --no-input --no-color --debug --home --zone -h --help" -- "$word")) ;;
        " reflect usage") COMPREPLY=($(compgen -W "--days --json --quiet -q --yes -y --no-input --no-color --debug --home --zone -h --help" -- "$word")) ;;
        " candles") COMPREPLY=($(compgen -W "import fetch sources list prune --json --quiet -q --yes -y --no-input --no-color --debug --home --zone -h --help" -- "$word")) ;;
        " candles import") COMPREPLY=($(compgen -W "--source --symbol --json --quiet -q --yes -y --no-input --no-color --debug --home --zone -h --help" -- "$word") $(compgen -f -- "$word")) ;;
        " candles fetch") COMPREPLY=($(compgen -W "--symbol --since --until --granularity --source --json --quiet -q --yes -y --no-input --no-color --debug --home --zone -h --help" -- "$word")) ;;
        " candles sources") COMPREPLY=($(compgen -W "--symbol --granularity --json --quiet -q --yes -y --no-input --no-color --debug --home --zone -h --help" -- "$word")) ;;
        " candles list") COMPREPLY=($(compgen -W "--after --limit --json --quiet -q --yes -y --no-input --no-color --debug --home --zone -h --help" -- "$word")) ;;
        " candles prune") COMPREPLY=($(compgen -W "--dry-run --json --quiet -q --yes -y --no-input --no-color --debug --home --zone -h --help" -- "$word")) ;;
        " events") COMPREPLY=($(compgen -W "devices forget --since --until --type --limit --follow -f --device --json --quiet -q --yes -y --no-input --no-color --debug --home --zone -h --help" -- "$word")) ;;
        " events devices") COMPREPLY=($(compgen -W "--json --quiet -q --yes -y --no-input --no-color --debug --home --zone -h --help" -- "$word")) ;;
        " events forget") COMPREPLY=($(compgen -W "--json --quiet -q --yes -y --no-input --no-color --debug --home --zone -h --help" -- "$word") $(compgen -f -- "$word")) ;;
        " jobs") COMPREPLY=($(compgen -W "list show retry --after --limit --json --quiet -q --yes -y --no-input --no-color --debug --home --zone -h --help" -- "$word")) ;;
        " jobs list") COMPREPLY=($(compgen -W "--after --limit --json --quiet -q --yes -y --no-input --no-color --debug --home --zone -h --help" -- "$word")) ;;
        " jobs show") COMPREPLY=($(compgen -W "--json --quiet -q --yes -y --no-input --no-color --debug --home --zone -h --help" -- "$word") $(compgen -f -- "$word")) ;;
        " jobs retry") COMPREPLY=($(compgen -W "--json --quiet -q --yes -y --no-input --no-color --debug --home --zone -h --help" -- "$word") $(compgen -f -- "$word")) ;;
        " tui") COMPREPLY=($(compgen -W "--demo --json --quiet -q --yes -y --no-input --no-color --debug --home --zone -h --help" -- "$word") $(compgen -f -- "$word")) ;;
        " serve") COMPREPLY=($(compgen -W "--host --port --no-worker --tls-cert --tls-key --log --metrics --public-name --trusted-proxy --json --quiet -q --yes -y --no-input --no-color --debug --home --zone -h --help" -- "$word")) ;;
        " worker") COMPREPLY=($(compgen -W "--once --json --quiet -q --yes -y --no-input --no-color --debug --home --zone -h --help" -- "$word")) ;;
        " schedule") COMPREPLY=($(compgen -W "print install remove status run --json --quiet -q --yes -y --no-input --no-color --debug --home --zone -h --help" -- "$word")) ;;
        " schedule print") COMPREPLY=($(compgen -W "--cron --systemd --json --quiet -q --yes -y --no-input --no-color --debug --home --zone -h --help" -- "$word")) ;;
        " schedule install") COMPREPLY=($(compgen -W "--cron --systemd --json --quiet -q --yes -y --no-input --no-color --debug --home --zone -h --help" -- "$word")) ;;
        " schedule remove") COMPREPLY=($(compgen -W "--json --quiet -q --yes -y --no-input --no-color --debug --home --zone -h --help" -- "$word")) ;;
        " schedule status") COMPREPLY=($(compgen -W "--json --quiet -q --yes -y --no-input --no-color --debug --home --zone -h --help" -- "$word")) ;;
        " schedule run") COMPREPLY=($(compgen -W "--wait-lock --healthcheck --json --quiet -q --yes -y --no-input --no-color --debug --home --zone -h --help" -- "$word") $(compgen -f -- "$word")) ;;
        " status") COMPREPLY=($(compgen -W "--json --quiet -q --yes -y --no-input --no-color --debug --home --zone -h --help" -- "$word")) ;;
        " sandbox") COMPREPLY=($(compgen -W "--port --seed --keys --faults --json --quiet -q --yes -y --no-input --no-color --debug --home --zone -h --help" -- "$word")) ;;
        " lab") COMPREPLY=($(compgen -W "evaluate generate disposition --json --quiet -q --yes -y --no-input --no-color --debug --home --zone -h --help" -- "$word")) ;;
        " lab evaluate") COMPREPLY=($(compgen -W "--fills --labels --traders --candles --days --set --seed --rational --full --check --table --markdown --workers --json --quiet -q --yes -y --no-input --no-color --debug --home --zone -h --help" -- "$word")) ;;
        " lab generate") COMPREPLY=($(compgen -W "--out --set --seed --market-seed --days --traders --rational --bias --intensity --rev --faults --gzip --json --quiet -q --yes -y --no-input --no-color --debug --home --zone -h --help" -- "$word")) ;;
        " lab disposition") COMPREPLY=($(compgen -W "--method --no-short --time-threshold --time-series --asset --portfolio-driven --json --quiet -q --yes -y --no-input --no-color --debug --home --zone -h --help" -- "$word") $(compgen -f -- "$word")) ;;
        " secrets") COMPREPLY=($(compgen -W "encrypt decrypt edit verify rotate-recipients --json --quiet -q --yes -y --no-input --no-color --debug --home --zone -h --help" -- "$word")) ;;
        " secrets encrypt") COMPREPLY=($(compgen -W "--age --out --in-place -i --format --json --quiet -q --yes -y --no-input --no-color --debug --home --zone -h --help" -- "$word") $(compgen -f -- "$word")) ;;
        " secrets decrypt") COMPREPLY=($(compgen -W "--key-file --format --json --quiet -q --yes -y --no-input --no-color --debug --home --zone -h --help" -- "$word") $(compgen -f -- "$word")) ;;
        " secrets edit") COMPREPLY=($(compgen -W "--key-file --format --json --quiet -q --yes -y --no-input --no-color --debug --home --zone -h --help" -- "$word") $(compgen -f -- "$word")) ;;
        " secrets verify") COMPREPLY=($(compgen -W "--key-file --format --json --quiet -q --yes -y --no-input --no-color --debug --home --zone -h --help" -- "$word") $(compgen -f -- "$word")) ;;
        " secrets rotate-recipients") COMPREPLY=($(compgen -W "--age --key-file --format --json --quiet -q --yes -y --no-input --no-color --debug --home --zone -h --help" -- "$word") $(compgen -f -- "$word")) ;;
        " db") COMPREPLY=($(compgen -W "status start stop upgrade url role-script partitions epoch --json --quiet -q --yes -y --no-input --no-color --debug --home --zone -h --help" -- "$word")) ;;
        " db status") COMPREPLY=($(compgen -W "--json --quiet -q --yes -y --no-input --no-color --debug --home --zone -h --help" -- "$word")) ;;
        " db start") COMPREPLY=($(compgen -W "--json --quiet -q --yes -y --no-input --no-color --debug --home --zone -h --help" -- "$word")) ;;
        " db stop") COMPREPLY=($(compgen -W "--json --quiet -q --yes -y --no-input --no-color --debug --home --zone -h --help" -- "$word")) ;;
        " db upgrade") COMPREPLY=($(compgen -W "--json --quiet -q --yes -y --no-input --no-color --debug --home --zone -h --help" -- "$word")) ;;
        " db url") COMPREPLY=($(compgen -W "--json --quiet -q --yes -y --no-input --no-color --debug --home --zone -h --help" -- "$word")) ;;
        " db role-script") COMPREPLY=($(compgen -W "--json --quiet -q --yes -y --no-input --no-color --debug --home --zone -h --help" -- "$word")) ;;
        " db partitions") COMPREPLY=($(compgen -W "--json --quiet -q --yes -y --no-input --no-color --debug --home --zone -h --help" -- "$word")) ;;
        " db epoch") COMPREPLY=($(compgen -W "--show --json --quiet -q --yes -y --no-input --no-color --debug --home --zone -h --help" -- "$word")) ;;
        " keys") COMPREPLY=($(compgen -W "status rotate rewrap export-recovery restore seal abandon --json --quiet -q --yes -y --no-input --no-color --debug --home --zone -h --help" -- "$word")) ;;
        " keys status") COMPREPLY=($(compgen -W "--json --quiet -q --yes -y --no-input --no-color --debug --home --zone -h --help" -- "$word")) ;;
        " keys rotate") COMPREPLY=($(compgen -W "--incident --json --quiet -q --yes -y --no-input --no-color --debug --home --zone -h --help" -- "$word")) ;;
        " keys rewrap") COMPREPLY=($(compgen -W "--drop-former --json --quiet -q --yes -y --no-input --no-color --debug --home --zone -h --help" -- "$word")) ;;
        " keys export-recovery") COMPREPLY=($(compgen -W "--out --passphrase-file --json --quiet -q --yes -y --no-input --no-color --debug --home --zone -h --help" -- "$word")) ;;
        " keys restore") COMPREPLY=($(compgen -W "--passphrase-file --json --quiet -q --yes -y --no-input --no-color --debug --home --zone -h --help" -- "$word") $(compgen -f -- "$word")) ;;
        " keys seal") COMPREPLY=($(compgen -W "--key-file --remove --json --quiet -q --yes -y --no-input --no-color --debug --home --zone -h --help" -- "$word") $(compgen -f -- "$word")) ;;
        " keys abandon") COMPREPLY=($(compgen -W "--json --quiet -q --yes -y --no-input --no-color --debug --home --zone -h --help" -- "$word")) ;;
        " audit") COMPREPLY=($(compgen -W "head verify --after --limit --last --json --quiet -q --yes -y --no-input --no-color --debug --home --zone -h --help" -- "$word")) ;;
        " audit head") COMPREPLY=($(compgen -W "--json --quiet -q --yes -y --no-input --no-color --debug --home --zone -h --help" -- "$word")) ;;
        " audit verify") COMPREPLY=($(compgen -W "--head --json --quiet -q --yes -y --no-input --no-color --debug --home --zone -h --help" -- "$word")) ;;
        " doctor") COMPREPLY=($(compgen -W "--json --quiet -q --yes -y --no-input --no-color --debug --home --zone -h --help" -- "$word")) ;;
        " config") COMPREPLY=($(compgen -W "list get set unset path --json --quiet -q --yes -y --no-input --no-color --debug --home --zone -h --help" -- "$word")) ;;
        " config list") COMPREPLY=($(compgen -W "--show-origin --json --quiet -q --yes -y --no-input --no-color --debug --home --zone -h --help" -- "$word")) ;;
        " config get") COMPREPLY=($(compgen -W "--json --quiet -q --yes -y --no-input --no-color --debug --home --zone -h --help" -- "$word") $(compgen -f -- "$word")) ;;
        " config set") COMPREPLY=($(compgen -W "--json --quiet -q --yes -y --no-input --no-color --debug --home --zone -h --help" -- "$word") $(compgen -f -- "$word")) ;;
        " config unset") COMPREPLY=($(compgen -W "--json --quiet -q --yes -y --no-input --no-color --debug --home --zone -h --help" -- "$word") $(compgen -f -- "$word")) ;;
        " config path") COMPREPLY=($(compgen -W "--json --quiet -q --yes -y --no-input --no-color --debug --home --zone -h --help" -- "$word")) ;;
        " completion") COMPREPLY=($(compgen -W "bash zsh fish --json --quiet -q --yes -y --no-input --no-color --debug --home --zone -h --help" -- "$word")) ;;
        " help") COMPREPLY=($(compgen -W "--json --quiet -q --yes -y --no-input --no-color --debug --home --zone -h --help" -- "$word") $(compgen -f -- "$word")) ;;
        " version") COMPREPLY=($(compgen -W "--json --quiet -q --yes -y --no-input --no-color --debug --home --zone -h --help" -- "$word")) ;;
        *) COMPREPLY=($(compgen -f -- "$word")) ;;
    esac
}
complete -o filenames -F _coach coach

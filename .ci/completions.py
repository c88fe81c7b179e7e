"""Completions for bash, zsh and fish: scripts that hold every word, and start no coach."""

from collections.abc import Iterator

from command_tree import ShownCommand, ShownOption

BASH = """\
# bash completion for coach, written by .ci/command_pages.py
#   coach completion bash > ~/.local/share/bash-completion/completions/coach
_coach() {{
    local word="${{COMP_WORDS[COMP_CWORD]}}" path="" awaited="" i
    local valued=" {valued} "
    local known="{known}"
    for ((i = 1; i < COMP_CWORD; i++)); do
        awaited=""
        if [[ ${{COMP_WORDS[i]}} == -* ]]; then
            if [[ $valued == *" ${{COMP_WORDS[i]}} "* ]]; then
                awaited="${{COMP_WORDS[i]}}"
                ((i++))
            fi
        elif [[ $known == *"|$path ${{COMP_WORDS[i]}}|"* ]]; then
            path+=" ${{COMP_WORDS[i]}}"
        fi
    done
    if [[ -n $awaited ]] && ((i > COMP_CWORD)); then
        path+="|$awaited"
    fi
    case "$path" in
{cases}
        *) COMPREPLY=($(compgen -f -- "$word")) ;;
    esac
}}
complete -o filenames -F _coach coach
"""
ZSH = """\
#compdef coach
# zsh completion for coach, written by .ci/command_pages.py
#   coach completion zsh > a folder of $fpath, as the file _coach
_coach() {{
    local spot="" awaited="" i
    local valued=" {valued} "
    local known="{known}"
    for ((i = 2; i < CURRENT; i++)); do
        awaited=""
        if [[ $words[i] == -* ]]; then
            if [[ $valued == *" $words[i] "* ]]; then
                awaited="$words[i]"
                ((i++))
            fi
        elif [[ $known == *"|$spot $words[i]|"* ]]; then
            spot+=" $words[i]"
        fi
    done
    if [[ -n $awaited ]] && ((i > CURRENT)); then
        spot+="|$awaited"
    fi
    case "$spot" in
{cases}
        *) _files ;;
    esac
}}
if [[ $funcstack[1] == _coach ]]; then
    _coach "$@"
elif (( $+functions[compdef] )); then
    compdef _coach coach
fi
"""
FISH = """\
# fish completion for coach, written by .ci/command_pages.py
#   coach completion fish > ~/.config/fish/completions/coach.fish
function __coach_words
    set -l path ""
    set -l awaited ""
    set -l skip 0
    set -l valued {valued}
    set -l known {known}
    set -l typed (commandline -opc)
    for word in $typed[2..]
        if test $skip = 1
            set skip 0
            set awaited ""
        else if string match -q -- "-*" $word
            if contains -- $word $valued
                set skip 1
                set awaited $word
            end
        else if contains -- "$path $word" $known
            set path "$path $word"
        end
    end
    if test $skip = 1
        set path "$path|$awaited"
    end
    switch "$path"
{cases}
        case "*"
            __fish_complete_path (commandline -ct)
    end
end
complete -c coach -f -a "(__coach_words)"
"""


def bash(tree: ShownCommand) -> str:
    """Return the script for bash."""
    return BASH.format(
        valued=" ".join(valued(tree)),
        known="".join(f"|{spelled(one)}" for one in tree.walk() if one.path) + "|",
        cases="\n".join(_bash(key, words, files=files) for key, words, files in places(tree)),
    )


def zsh(tree: ShownCommand) -> str:
    """Return the script for zsh."""
    return ZSH.format(
        valued=" ".join(valued(tree)),
        known="".join(f"|{spelled(one)}" for one in tree.walk() if one.path) + "|",
        cases="\n".join(_zsh(key, words, files=files) for key, words, files in places(tree)),
    )


def fish(tree: ShownCommand) -> str:
    """Return the script for fish, which shows a line about each word."""
    return FISH.format(
        valued=" ".join(valued(tree)),
        known=" ".join(f'"{spelled(one)}"' for one in tree.walk() if one.path),
        cases="\n".join(_fish(key, words, files=files) for key, words, files in places(tree)),
    )


def places(tree: ShownCommand) -> Iterator[tuple[str, dict[str, str], bool]]:
    """Yield every place of the line: its key, the words there with a line each, and files or not.

    A key is the words before, and behind a bar the option whose value is awaited.
    """
    for command in tree.walk():
        words = {one.path[-1]: one.about for one in command.below}
        words |= {word: "" for one in command.arguments for word in one.choices}
        takes_files = bool(command.arguments) and not all(one.choices for one in command.arguments)
        words |= {name: option.about for option in command.options for name in option.names}
        yield spelled(command), words, takes_files and not command.below
        for option in command.options:
            for name in option.names if option.choices else ():
                yield f"{spelled(command)}|{name}", dict.fromkeys(option.choices, ""), False


def valued(tree: ShownCommand) -> list[str]:
    """Return the options that take a value wherever they stand."""
    options = [option for one in tree.walk() for option in one.options]
    flags = {name for option in options if not option.takes for name in option.names}
    return sorted({name for option in options for name in _names(option)} - flags)


def _names(option: ShownOption) -> tuple[str, ...]:
    return option.names if option.takes else ()


def spelled(command: ShownCommand) -> str:
    """Return the words that lead to a command, each with a space before it."""
    return "".join(f" {word}" for word in command.path)


def _bash(key: str, words: dict[str, str], *, files: bool) -> str:
    more = ' $(compgen -f -- "$word")' if files else ""
    return f'        "{key}") COMPREPLY=($(compgen -W "{" ".join(words)}" -- "$word"){more}) ;;'


def _zsh(key: str, words: dict[str, str], *, files: bool) -> str:
    return f'        "{key}") compadd -- {" ".join(words)}{"; _files" if files else ""} ;;'


def _fish(key: str, words: dict[str, str], *, files: bool) -> str:
    lines = (
        f"'{word}'\\t{_quoted(about)}" if about else f"'{word}'" for word, about in words.items()
    )
    path = "\n            __fish_complete_path (commandline -ct)" if files else ""
    return f'        case "{key}"\n            printf "%s\\n" {" ".join(lines)}{path}'


def _quoted(about: str) -> str:
    safe = about.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{safe}'"

"""Write the tables of docs/evidence.md anew.

python bench/evidence.py                  the page's own: --set evidence --full --seed 1
python bench/evidence.py --set tune       the same of the set that constants are tuned on
python bench/evidence.py --rational 64    smaller, to see how it goes
python bench/evidence.py --write          put them into the page

It prints what `coach lab evaluate --markdown` prints, with the command above it. The whole page
takes about half an hour of processor time, so a quarter of an hour on two cores.
"""

import argparse
import subprocess
import sys
from pathlib import Path

PAGE = Path(__file__).parents[1] / "docs" / "evidence.md"
BEGIN, END = "<!-- tables -->\n", "<!-- end of the tables -->\n"


def main() -> None:
    """Print the tables, or put them into the page."""
    parser = argparse.ArgumentParser(description="the tables of docs/evidence.md")
    parser.add_argument("--set", default="evidence", choices=("tune", "evidence"))
    parser.add_argument("--rational", type=int, help="fewer traders")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--write", action="store_true", help="put them into the page")
    asked = parser.parse_args()
    size = ["--full"] if asked.rational is None else ["--full", "--rational", str(asked.rational)]
    words = ["lab", "evaluate", "--set", asked.set, *size, "--seed", str(asked.seed), "--markdown"]
    command = [sys.executable, "-m", "coach", *words]
    tables = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    made = f"Made by `coach {' '.join(words)}`.\n\n{tables.rstrip()}\n\n"
    if not asked.write:
        sys.stdout.write(made)
        return
    before, _, rest = PAGE.read_text().partition(BEGIN)
    _, _, after = rest.partition(END)
    PAGE.write_text(f"{before}{BEGIN}\n{made}{END}{after}")


if __name__ == "__main__":
    main()

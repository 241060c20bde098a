"""Command line of the differential tests."""

import argparse
import sys

from ci.fuzzers import plc
from hil.plc import PROFILES


def main() -> int:
    """Run the cases; print the first difference, or how many agreed."""
    parser = argparse.ArgumentParser(prog="ci/fuzz", description="random cases against an independent evaluator")
    parser.add_argument("what", choices=["plc"])
    parser.add_argument("--cases", type=int, default=10_000, help="expressions and programs in all (default 10000)")
    parser.add_argument("--seed", type=int, default=0, help="of the first case (default 0)")
    parser.add_argument("--profile", choices=list(PROFILES), help="only this one (default all in turn)")
    given = parser.parse_args()
    done, difference = plc.fuzz(given.cases, given.seed, [given.profile] if given.profile else list(PROFILES))
    print(difference or f"{done} cases, no difference")
    return 1 if difference else 0


if __name__ == "__main__":
    sys.exit(main())

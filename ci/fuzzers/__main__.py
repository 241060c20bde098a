"""Command line of the tests by the number."""

import argparse
import sys

from ci.fuzzers import can, links, plc, sources
from hil.plc import PROFILES


def main() -> int:
    """Run the cases; print the first difference, or how many agreed."""
    parser = argparse.ArgumentParser(
        prog="ci/fuzz",
        description="expressions and programs against an independent evaluator, damaged sources, or damaged bytes",
    )
    parser.add_argument("what", choices=["plc", "sources", "links", "can"])
    parser.add_argument(
        "--cases", type=int, default=10_000, help="in all, for links and can of each parser (default 10000)"
    )
    parser.add_argument("--seed", type=int, default=0, help="of the first case (default 0)")
    parser.add_argument("--profile", choices=list(PROFILES), help="only this one (default all in turn)")
    given = parser.parse_args()
    if given.what == "sources":
        done, fault = sources.fuzz(given.cases, given.seed)
        print(fault or f"{done} damaged sources, each a diagnostic or a program")
        return 1 if fault else 0
    if given.what == "links":
        done, fault = links.fuzz(given.cases, given.seed)
        print(fault or f"{done} mutated inputs, {given.cases} of each parser, no fault")
        return 1 if fault else 0
    if given.what == "can":
        done, fault = can.fuzz(given.cases, given.seed)
        print(fault or f"{done} damaged files, lines and frames, each read or refused")
        return 1 if fault else 0
    done, difference = plc.fuzz(given.cases, given.seed, [given.profile] if given.profile else list(PROFILES))
    print(difference or f"{done} cases, no difference")
    return 1 if difference else 0


if __name__ == "__main__":
    sys.exit(main())

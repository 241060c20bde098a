from ci.fuzzers.links import fuzz, parsers


def test_mutated_bytes_end_in_one_class_of_error() -> None:
    done, fault = fuzz(150, 1)
    assert fault == ""
    assert done == 150 * len(list(parsers()))

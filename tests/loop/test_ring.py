import numpy as np

from hil.loop import HOST, Loop, Ring
from tests.loop._kernels import LOG, noting


def bench(capacity: int, *, waits: bool, period: int = 1) -> tuple[Loop, Ring]:
    image = LOG.new()
    ring = Ring(image, period, capacity, waits=waits)
    return Loop([noting(image, 1), ring.step], 1), ring


def test_a_row_is_the_time_and_the_image_as_it_was() -> None:
    loop, ring = bench(10, waits=True)
    loop.run(3)
    rows = ring.take()
    assert rows["t"].tolist() == [0, 1, 2]
    assert rows["image"]["count"].tolist() == [1, 2, 3]
    assert len(ring.take()) == 0


def test_an_image_of_any_size_comes_out_whole() -> None:
    image = np.zeros(1, np.dtype([("a", "i2"), ("b", "i1")]))
    ring = Ring(image, 1, 4, waits=True)
    image["a"], image["b"] = -2, 3
    Loop([ring.step], 1).run(1)
    assert ring.take()["image"].tolist() == [(-2, 3)]


def test_a_full_ring_that_waits_hands_over_and_loses_nothing() -> None:
    loop, ring = bench(4, waits=True)
    found, handed = [], []
    while status := loop.run(11):
        handed.append((status, loop.tick))
        found += ring.take()["t"].tolist()
    assert handed == [(HOST, 3), (HOST, 7)]
    assert found + ring.take()["t"].tolist() == list(range(11))
    assert ring.lost == 0


def test_rows_come_out_in_order_however_the_ring_lies() -> None:
    loop, ring = bench(5, waits=False)
    found = []
    for until in (3, 7, 8, 12, 17, 20):
        assert loop.run(until) == 0
        found += ring.take()["t"].tolist()
    assert found == list(range(20))


def test_a_full_ring_that_does_not_wait_counts_what_it_loses() -> None:
    loop, ring = bench(4, waits=False)
    assert loop.run(7) == 0
    assert ring.lost == 3
    assert ring.take()["t"].tolist() == [0, 1, 2, 3]
    loop.run(9)
    assert ring.take()["t"].tolist() == [7, 8]
    assert ring.lost == 3


def test_the_loss_is_in_the_image_of_the_rows_behind_it() -> None:
    image = np.zeros(1, [("lost", "i8")])
    ring = Ring(image, 1, 2, waits=False, lost=image["lost"])
    loop = Loop([ring.step], 1)
    loop.run(5)
    ring.take()
    loop.run(6)
    assert ring.take()["image"]["lost"].tolist() == [3]


def test_a_ring_samples_at_its_own_period() -> None:
    loop, ring = bench(10, waits=True, period=3)
    loop.run(8)
    assert ring.take()["t"].tolist() == [0, 3, 6]

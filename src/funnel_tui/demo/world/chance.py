"""Random streams by name: equal names give equal draws, whatever was drawn elsewhere before."""

from math import exp, log
from random import Random


def stream(seed: int, *names: object) -> Random:
    """A generator of its own for the thing that `names` name."""
    return Random("/".join(map(str, (seed, *names))))


def around(rng: Random, median: float, spread: float) -> float:
    """A log-normal draw: half lie below `median`, `spread` is sigma (0.5 narrow, 1.2 long-tailed)."""
    return rng.lognormvariate(log(median), spread)


def poisson(rng: Random, mean: float) -> int:
    """A count with the given mean; the normal approximation serves from 40 on."""
    if mean > 40:
        return max(0, round(rng.gauss(mean, mean**0.5)))
    limit, product, count = exp(-mean), rng.random(), 0
    while product > limit:
        product *= rng.random()
        count += 1
    return count

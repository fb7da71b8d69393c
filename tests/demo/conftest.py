import pytest

from tests.demo.worlds import Client, Hands, make_world


@pytest.fixture(scope="session")
def client() -> Client:
    """Twelve days and a clock that stands still: shared, so nobody may move it."""
    hands = Hands()
    return Client(make_world(hands=hands), hands)

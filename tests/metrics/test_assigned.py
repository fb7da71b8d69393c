"""What a teammate has is theirs by assignment, whoever replied last: behind each count stand as many conversations."""

from dataclasses import replace

from hypothesis import given

from funnel_tui.metrics import ReportRequest, build_board, items_behind
from funnel_tui.model.boards import HumanBoard, Items, Place, TeammateRow
from tests.metrics.test_consistency import WORLDS, Asked, asked, profile
from tests.reference.strategies import World


def behind(here: Asked, mate: TeammateRow, metric: str, request: ReportRequest) -> Items:
    place = Place(metric, (("assignee", (f"{mate.source}/{mate.id}",)),))
    return items_behind(here.reader, here.settings, request, place, here.question.as_of)


@profile
@given(WORLDS)
def test_behind_what_a_teammate_has_stand_as_many_conversations(world: World) -> None:
    with asked(world) as here:
        board = build_board(here.reader, here.settings, here.request(), "human", here.question.as_of)
        assert isinstance(board, HumanBoard)
        for mate in board.duty:
            for metric, count in (("queue.open", mate.open), ("queue.waiting", mate.waiting)):
                items = behind(here, mate, metric, here.request())
                assert (items.total, len(items.rows)) == (count, count), (mate, metric)


@profile
@given(WORLDS)
def test_a_filter_that_chose_the_teammate_does_not_choose_among_theirs(world: World) -> None:
    with asked(world) as here:
        request = replace(here.request(), filters={})
        board = build_board(here.reader, here.settings, request, "human", here.question.as_of)
        assert isinstance(board, HumanBoard)
        for mate in board.duty:
            chosen = replace(request, filters={"agent": (f"{mate.source}/{mate.id}",)})
            assert behind(here, mate, "queue.open", chosen).total == mate.open

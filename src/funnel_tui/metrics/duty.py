"""The teammates now, and what they did in the period."""

from dataclasses import replace

from funnel_tui.metrics.groups import Groups
from funnel_tui.model.items import TeammateRow
from funnel_tui.store.filters import Part, supported
from funnel_tui.store.reader import Reader
from funnel_tui.store.scope import Scope


def teammates(reader: Reader, scope: Scope, groups: Groups | None = None) -> list[TeammateRow]:
    """Those who pass the scope's filters, on duty first, then by name; none under a filter that teammates cannot pass.

    What they have and did is counted under the filters too, but for the one that chose them. `groups` are those of the
    scope, where they have been read.
    """
    if not scope.keys <= supported("teammate"):
        return []
    theirs = replace(scope, filters={key: values for key, values in scope.filters.items() if key != "agent"})
    if groups is None or groups.scope != theirs:
        groups = Groups(reader, theirs)
    done = groups.sums(["resolved"])["agent"]
    queue = reader.assigned(("queue_open", "queue_waiting"), theirs)
    found = []
    for mate in reader.teammates(scope):
        part = Part("agent", mate.id, mate.wid)
        open_, waiting = queue.get((mate.wid, mate.id), (0, 0))
        found.append(
            TeammateRow(
                source=mate.source,
                id=mate.id,
                name=mate.name,
                team=mate.team,
                away=mate.away,
                open=open_,
                waiting=waiting,
                resolved=int(done.get(part, {}).get("resolved", 0)),
                first_response=groups.values("first_response", [part]).median,
            )
        )
    return sorted(found, key=lambda mate: mate.away)

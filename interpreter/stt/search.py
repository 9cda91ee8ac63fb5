"""Viterbi search over many phrases at once, exact and vectorised: no beam, every phrase gets its score.

A network is a list of *paths* (one per sentence template). A path is a chain of *pieces* (a piece of text, or a slot
with all its values); between two pieces lies a *junction*, where a pause may stand. A piece is a small acyclic graph of
phones, and each phone is three states. Every frame moves all states of all phrases by a dozen array operations.

Run forwards, the network gives the best score of each path. Run backwards too, junctions give the best score of the
whole sentence through each single value of a slot (Forney 1973; max-marginals), so the three best nouns are known
exactly and not only the winner.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from interpreter.stt.acoustic import Floats, Ints

NEVER = np.float32(-1e30)
"""Logarithm of a chance of nothing that survives additions."""

_ENTRY = -1
PAUSE_COST = np.float32(-3.0)
"""Log-probability of making a pause where one may be."""


@dataclass(frozen=True)
class Piece:
    """Alternatives of one place in a sentence, as an acyclic graph of sounds."""

    sounds: tuple[str, ...]
    """The sound of each node, in an order in which predecessors come first."""
    arcs: Ints
    """Shape ``(arcs, 2)``: from, to; from is -1 where the piece begins."""
    exits: Ints
    """Shape ``(exits, 2)``: value index, node after which the piece may end with that value; sorted by value."""
    values: int
    """How many values the exits tell apart."""


def piece(sequences: Sequence[tuple[int, tuple[str, ...]]]) -> Piece:
    """Join sound sequences, each with the index of its value, into one graph; common beginnings and ends are shared.

    A sound ending in ``?`` may be skipped; the last one of a sequence that would leave nothing else may not.
    """
    # A tree of the sequences: state -> sound -> state.
    children: list[dict[str, int]] = [{}]
    ends: list[set[int]] = [set()]
    for value, sounds in sequences:
        if all(sound.endswith("?") for sound in sounds):
            sounds = (*sounds[:-1], sounds[-1].rstrip("?")) if sounds else ("SIL",)
        state = 0
        for sound in sounds:
            if sound not in children[state]:
                children[state][sound] = len(children)
                children.append({})
                ends.append(set())
            state = children[state][sound]
        ends[state].add(value)
    # States with the same future become one; the tree lists parents first, so the reverse order meets children first.
    same: dict[tuple[object, ...], int] = {}
    merged = [0] * len(children)
    for state in range(len(children) - 1, -1, -1):
        future = (
            frozenset((sound, merged[child]) for sound, child in children[state].items()),
            frozenset(ends[state]),
        )
        merged[state] = same.setdefault(future, state)
    # Edges become nodes, parents first: depth-first finishing order of the merged graph, reversed.
    order: list[int] = []
    seen: set[int] = set()
    stack: list[tuple[int, bool]] = [(merged[0], False)]
    while stack:
        state, done = stack.pop()
        if done:
            order.append(state)
            continue
        if state in seen:
            continue
        seen.add(state)
        stack.append((state, True))
        stack.extend((merged[child], False) for child in children[state].values())
    sounds_out: list[str] = []
    arcs: list[tuple[int, int]] = []
    before: dict[int, set[int]] = {state: set() for state in order}
    before[merged[0]] = {_ENTRY}
    exits: list[tuple[int, int]] = []
    for state in reversed(order):
        exits += [(value, node) for value in ends[state] for node in before[state]]
        for sound, child in children[state].items():
            node = len(sounds_out)
            sounds_out.append(sound.rstrip("?"))
            arcs += [(source, node) for source in before[state]]
            before[merged[child]].add(node)
            if sound.endswith("?"):
                before[merged[child]] |= before[state]
    exits = sorted({(value, node) for value, node in exits if node != _ENTRY})
    used = sorted({value for value, _ in exits})
    return Piece(
        tuple(sounds_out),
        np.array(arcs, np.int32).reshape(-1, 2),
        np.array(exits, np.int32).reshape(-1, 2),
        max(used) + 1 if used else 0,
    )


@dataclass(frozen=True)
class _Groups:
    """Indices in runs, for a maximum over each run."""

    members: Ints
    starts: npt.NDArray[np.intp]

    def best(self, scores: Floats) -> Floats:
        return np.asarray(np.maximum.reduceat(scores[self.members], self.starts))


def _groups(keys: npt.NDArray[np.integer], members: npt.NDArray[np.integer], count: int, nothing: int) -> _Groups:
    """Group members by key 0..count-1; a key without members gets ``nothing``."""
    missing = np.setdiff1d(np.arange(count), keys)
    keys = np.concatenate([keys, missing])
    members = np.concatenate([members, np.full(len(missing), nothing)])
    order = np.argsort(keys, kind="stable")
    return _Groups(members[order].astype(np.int32), np.searchsorted(keys[order], np.arange(count)))


class Network:
    """Paths of pieces, ready to be run. Immutable: every utterance runs its own :class:`Run` over it."""

    def __init__(
        self, paths: Sequence[Sequence[int]], pieces: Sequence[Piece], stay: Floats, move: Floats, labels: Ints
    ) -> None:
        """Build the network.

        ``paths``: for each path its pieces by index. ``labels``: for all nodes of all pieces in order, then one for
        the pause, the column of the first of their three states in the emission table; ``stay`` and ``move``: the
        transition log-probabilities by the same order, shape ``(nodes, 3)``.
        """
        first = np.cumsum([0, *(len(p.sounds) for p in pieces)])
        columns: list[npt.NDArray[np.integer]] = []
        arc_from: list[npt.NDArray[np.integer]] = []
        arc_to: list[npt.NDArray[np.integer]] = []
        exit_value: list[npt.NDArray[np.integer]] = []
        exit_node: list[npt.NDArray[np.integer]] = []
        value_junction: list[int] = []
        pause = int(first[-1])
        self.places: list[tuple[int, int]] = []
        """For each junction its path and the piece's place in it."""
        self.first_value: list[int] = []
        """For each junction the index of its first value."""
        finals: list[int] = []
        # Sources beyond the nodes are kept negative until the number of nodes is known: -1 start, -2-j junction j.
        columns.append(np.array([pause]))
        nodes = 1  # node 0 is the silence before the speech
        arc_from.append(np.array([-1]))
        arc_to.append(np.array([0]))
        values = 0
        trailing: list[int] = []
        for number, path in enumerate(paths):
            sources = [-1, 0]
            for place, index in enumerate(path):
                part = pieces[index]
                size = len(part.sounds)
                columns.append(np.arange(first[index], first[index + 1]))
                inner = part.arcs[part.arcs[:, 0] >= 0]
                arc_from.append(inner[:, 0] + nodes)
                arc_to.append(inner[:, 1] + nodes)
                entered = part.arcs[part.arcs[:, 0] < 0, 1] + nodes
                for source in sources:
                    arc_from.append(np.full(len(entered), source))
                    arc_to.append(entered)
                exit_value.append(part.exits[:, 0] + values)
                exit_node.append(part.exits[:, 1] + nodes)
                junction = len(self.places)
                self.places.append((number, place))
                self.first_value.append(values)
                value_junction += [junction] * part.values
                values += part.values
                nodes += size
                # The pause after the piece; after the last one it is the silence at the end.
                columns.append(np.array([pause]))
                arc_from.append(np.array([-2 - junction]))
                arc_to.append(np.array([nodes]))
                sources = [-2 - junction, nodes]
                nodes += 1
            finals.append(len(self.places) - 1)
            trailing.append(nodes - 1)
        self.nodes = nodes
        self.junctions = len(self.places)
        self.values = values
        which = np.concatenate(columns)
        self._stay = np.ascontiguousarray(stay[which].T)
        self._move = np.ascontiguousarray(move[which].T)
        self._columns = np.ascontiguousarray((labels[which][None, :] + np.arange(3)[:, None]).astype(np.int32))
        sources_of = np.concatenate(arc_from)
        target = np.concatenate(arc_to)
        is_pause = which[target] == pause
        is_pause[0] = False
        start, end = nodes + self.junctions, nodes + self.junctions + 1
        sources_of = np.where(sources_of == -1, start, np.where(sources_of < -1, nodes - 2 - sources_of, sources_of))
        self._enter = _groups(target, sources_of, nodes, end)
        self._pauses = np.unique(target[is_pause])
        ends_at = np.concatenate(exit_node)
        ends_as = np.concatenate(exit_value)
        self._value_groups = _groups(ends_as, ends_at, values, end)
        junction_of = np.array(value_junction, np.int64)
        self.junction_of: Ints = junction_of.astype(np.int32)
        """For each value its junction."""
        self._junction_groups = _groups(junction_of, np.arange(values), self.junctions, 0)
        # The same arcs the other way round.
        from_junction = (sources_of >= nodes) & (sources_of < start)
        self._leave_junction = _groups(sources_of[from_junction] - nodes, target[from_junction], self.junctions, end)
        inside = sources_of < nodes
        self._leave = _groups(
            np.concatenate([sources_of[inside], ends_at]),
            np.concatenate([target[inside], nodes + junction_of[ends_as]]),
            nodes,
            end,
        )
        self.finals = np.array(finals, np.int32)
        self.trailing = np.array(trailing, np.int32)
        self.start, self.end = start, end

    def forward(self, keep: bool = False) -> Run:
        """Begin a run; with ``keep`` the score of every value at every frame is kept."""
        return Run(self, keep)

    def align(self, emissions: Floats) -> Ints:
        """Node of every frame on the single best path, shape ``(frames,)``; for small networks: it keeps all states.

        Node numbers follow the paths: node 0 is the silence in front, then every piece's nodes and the pause after it.
        """
        run = Run(self, keep=False)
        history = np.empty((len(emissions), 3, self.nodes), np.float32)
        buffers = np.empty((len(emissions) + 1, self.end + 1), np.float32)
        buffers[0] = run._buffer
        for t in range(len(emissions)):
            run.accept(emissions[t : t + 1])
            history[t] = run._states
            buffers[t + 1] = run._buffer
        sources = np.split(self._enter.members, self._enter.starts[1:])
        endings = np.split(self._value_groups.members, self._value_groups.starts[1:])
        of_junction = np.split(self._junction_groups.members, self._junction_groups.starts[1:])

        def node_behind(source: int, t: int) -> int:
            while source >= self.nodes:  # a junction: the best node that ends there
                ends = np.concatenate([endings[v] for v in of_junction[source - self.nodes]])
                source = int(ends[np.argmax(buffers[t][ends])])
            return source

        path = np.zeros(len(emissions), np.int32)
        if len(path) == 0:
            return path
        final = buffers[-1][self.nodes + self.finals]
        rest = buffers[-1][self.trailing]
        which = int(np.argmax(np.maximum(final, rest)))
        last = self.nodes + int(self.finals[which]) if final[which] >= rest[which] else int(self.trailing[which])
        node, state = node_behind(last, len(path)), 2
        for t in range(len(path) - 1, -1, -1):
            path[t] = node
            if t == 0:
                break
            stay = history[t - 1, state, node] + self._stay[state, node]
            if state > 0:
                if history[t - 1, state - 1, node] + self._move[state - 1, node] > stay:
                    state -= 1
                continue
            options = sources[node]
            source = int(options[np.argmax(buffers[t][options])])
            cost = PAUSE_COST if node in self._pauses else np.float32(0.0)
            if buffers[t][source] + cost > stay:
                node, state = node_behind(source, t), 2
        return path

    def best_emissions(self, path: Ints, emissions: Floats) -> Floats:
        """Per frame the best of the three states of the node that :meth:`align` put it on: shape ``(frames,)``."""
        frames = np.arange(len(path))
        return np.asarray(np.max([emissions[frames, column[path]] for column in self._columns], axis=0), np.float32)

    def backward(self, emissions: Floats) -> Floats:
        """Best score from each junction to the end of the utterance.

        ``emissions``: shape ``(frames, columns)``. Returns shape ``(frames + 1, junctions)``: row t is the score of
        everything from frame t on when the junction is passed just before frame t.
        """
        frames = len(emissions)
        out = np.full((frames + 1, self.junctions), NEVER, np.float32)
        buffer = np.full(self.end + 1, NEVER, np.float32)
        states = np.full((3, self.nodes), NEVER, np.float32)
        out[frames, self.finals] = 0.0
        buffer[self.nodes : self.start] = out[frames]
        leave = self._leave.best(buffer)
        leave[self.trailing] = 0.0
        for t in range(frames - 1, -1, -1):
            onward = self._move + np.concatenate([states[1:], leave[None]])
            states = np.maximum(states + self._stay, onward) + emissions[t][self._columns]
            buffer[: self.nodes] = states[0]
            buffer[self._pauses] += PAUSE_COST
            out[t] = self._leave_junction.best(buffer)
            buffer[self.nodes : self.start] = out[t]
            leave = self._leave.best(buffer)
        return out


class Run:
    """One utterance going through a network. Not shared between threads."""

    def __init__(self, network: Network, keep: bool) -> None:
        self._net = network
        self._states = np.full((3, network.nodes), NEVER, np.float32)
        self._buffer = np.full(network.end + 1, NEVER, np.float32)
        self._buffer[network.start] = 0.0
        self._keep = keep
        self.kept: list[Floats] = []
        """Score of each value at its end, one row per frame."""

    def accept(self, emissions: Floats) -> None:
        """Move on by frames of emission scores, shape ``(frames, columns)``."""
        net, states, buffer = self._net, self._states, self._buffer
        for row in emissions:
            enter = net._enter.best(buffer)
            enter[net._pauses] += PAUSE_COST
            arriving = np.concatenate([enter[None], (states + net._move)[:2]])
            states = np.maximum(states + net._stay, arriving)
            states += row[net._columns]
            np.add(states[2], net._move[2], out=buffer[: net.nodes])
            ends = net._value_groups.best(buffer)
            buffer[net.nodes : net.start] = net._junction_groups.best(ends)
            buffer[net.start] = NEVER
            if self._keep:
                self.kept.append(ends)
        self._states = states

    def scores(self) -> Floats:
        """Score of each path ending now, with or without a silence behind it, shape ``(paths,)``."""
        net = self._net
        return np.maximum(self._buffer[net.nodes + net.finals], self._buffer[net.trailing])

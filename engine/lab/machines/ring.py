"""Ring all-reduce: every machine ends with the sum of all, and sends about twice its own numbers, however many they are."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from engine.array import Array


@dataclass(frozen=True)
class Message:
    """In a step: from a machine to the next one in the ring, a chunk, which is added to what lies there, or replaces it."""

    step: int
    sender: int
    receiver: int
    chunk: int
    adds: bool


def messages(machines: int) -> Iterator[list[Message]]:
    """Step by step, one message of each machine: K − 1 steps in which sums grow, K − 1 in which whole sums go round."""
    for step in range(2 * (machines - 1)):
        adds = step < machines - 1
        shift = step if adds else step - machines  # then each begins with the chunk whose sum it completed
        yield [Message(step, sender, (sender + 1) % machines, (sender - shift) % machines, adds) for sender in range(machines)]


def chunks_of(count: int, machines: int) -> list[slice]:
    """The places of each chunk: as many chunks as machines, as long as each other but for one number."""
    ends = np.cumsum([len(part) for part in np.array_split(np.arange(count), machines)])
    return [slice(int(end - size), int(end)) for end, size in zip(ends, np.diff(ends, prepend=0), strict=True)]


@dataclass(frozen=True)
class Reduced:
    """`held` (K, P) at the end. Before the first step and after each: how many machines' numbers a chunk is the sum of,
    `counts`, and the number in it at its shown place, `values`; both (steps + 1, machine, chunk). `sends` (steps, machine)
    is the chunk that goes out, `sent` (steps + 1, machine) the bytes until then."""

    held: Array
    counts: Array
    values: Array
    shown: tuple[int, ...]
    sends: Array
    sent: Array

    @property
    def bytes(self) -> Array:
        """What each machine has sent in all, (K,)."""
        found: Array = self.sent[-1]
        return found


def all_reduced(own: Array) -> Reduced:
    """What each machine has, (K, P), added up around the ring. A step's messages are all sent before any is received."""
    machines, count = own.shape
    held, places = own.copy(), chunks_of(count, machines)
    total = own.sum(axis=0)
    shown = tuple(place.start + int(np.argmax(np.abs(total[place]))) for place in places)
    counts = [np.ones((machines, machines))]
    values = [held[:, list(shown)].copy()]
    sends, sent = [], [np.zeros(machines)]
    for step in messages(machines):
        carried = [held[message.sender, places[message.chunk]].copy() for message in step]
        having, so_far = counts[-1].copy(), sent[-1].copy()
        for message, numbers in zip(step, carried, strict=True):
            place = places[message.chunk]
            of_sender = counts[-1][message.sender, message.chunk]
            if message.adds:
                held[message.receiver, place] += numbers
                having[message.receiver, message.chunk] += of_sender
            else:
                held[message.receiver, place] = numbers
                having[message.receiver, message.chunk] = of_sender
            so_far[message.sender] += numbers.nbytes
        counts.append(having)
        sent.append(so_far)
        values.append(held[:, list(shown)].copy())
        sends.append([message.chunk for message in step])
    return Reduced(held, np.array(counts), np.array(values), shown, np.array(sends, dtype=float), np.array(sent))


def most_sent(count: int, machines: int) -> int:
    """Bytes that the machine which sends most sends of `count` doubles, from the messages."""
    places, sent = chunks_of(count, machines), np.zeros(machines, dtype=np.int64)
    for step in messages(machines):
        for message in step:
            place = places[message.chunk]
            sent[message.sender] += 8 * (place.stop - place.start)
    return int(sent.max())

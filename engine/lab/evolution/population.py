"""A population on a machine: its members' losses over one mini-batch, by the compiled forward pass, and the update that they
lead to. Everything but the gradient is the machine's own: mini-batches, dropout's masks, penalties, the optimizer."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from engine.array import PIECE, Array, zeros
from engine.kernels import codes
from engine.kernels.run import run
from engine.lab.evolution.estimator import estimate
from engine.machine.machine import Machine
from engine.machine.pieces import MADE
from engine.machine.work import pieces_of
from engine.parts import give_way, giving_way_between
from engine.randomness import generator

PREPARING = (codes.GATHER, codes.AUGMENT, codes.RATE)
"""What an update begins with: the mini-batch that all members share, and the rate."""
FINISHING = (codes.PENALTY, codes.HOLD, codes.CLIP, codes.CHECK)
"""What follows a gradient, the first of them that there is."""


class Population:
    """`pairs` members θ + σε and as many θ − σε. `evaluations` counts the forward passes over a mini-batch so far."""

    def __init__(self, machine: Machine, pairs: int, sigma: float, ranked: bool, seed: int) -> None:
        self.machine, self.pairs, self.sigma, self.ranked, self.seed = machine, pairs, sigma, ranked, seed
        self.evaluations = 0
        ops, tape = machine.tape.ops, machine.tape
        self._forward = np.ascontiguousarray(tape.forward_ops[tape.forward_ops[:, codes.CODE] != codes.GATHER])
        self._gradient = np.ascontiguousarray(tape.gradient_ops[tape.gradient_ops[:, codes.CODE] != codes.GATHER])
        self._finish = int(np.flatnonzero(np.isin(ops[:, codes.CODE], FINISHING))[0])
        self._member = zeros(machine.theta.size)

    def noise(self, draw: int, pairs: int | None = None) -> Array:
        """The perturbations of an update, or any other draw, (pairs, P): a function of seed and draw."""
        source = generator(self.seed, "evolution", draw)
        found = np.empty((self.pairs if pairs is None else pairs, self.machine.theta.size))
        for row in giving_way_between(found, max(1, PIECE // found.shape[1])):
            source.standard_normal(out=row)
        return found

    def gather(self) -> None:
        """The next update's mini-batch into the workspace; once."""
        machine = self.machine
        while machine.tape.ops[machine.next_op, codes.CODE] in PREPARING:
            machine.one_op()

    def losses(self, noise: Array) -> Array:
        """Of the members (n, 2), first θ + σε, over the mini-batch that was gathered."""
        theta, member = self.machine.theta, self._member
        found = np.empty((len(noise), 2))
        for row, direction in enumerate(noise):
            step = self.sigma * direction
            np.add(theta, step, out=member)
            found[row, 0] = self._loss(member)
            np.subtract(theta, step, out=member)
            found[row, 1] = self._loss(member)
            give_way()
        return found

    def gradient(self) -> Array:
        """The true one of the same mini-batch's data loss, by backpropagation, (P,)."""
        self._pass(self._gradient, self.machine.theta)
        return self.machine.grad.copy()

    def update(self) -> bool:
        """One update of the machine, its gradient estimated; false where it came to a value that is not finite."""
        machine = self.machine
        self.gather()
        noise = self.noise(machine.step)
        losses = self.losses(noise)
        if machine.tape.coupled:  # batch norm's running statistics are those of θ, not of a member
            self._loss(machine.theta)
        machine.grad[...] = estimate(noise, losses, self.sigma, self.ranked)
        machine.next_op = self._finish
        while machine.next_op:
            if machine.one_op() not in MADE:
                return False
        return True

    def _loss(self, theta: Array) -> float:
        self.evaluations += 1
        self._pass(self._forward, theta)
        return float(self.machine.float_state[codes.LAST_LOSS])

    def _pass(self, ops: NDArray[np.int64], theta: Array) -> None:
        machine = self.machine
        for first, last in pieces_of(len(ops), theta.size, int(machine.int_state[codes.BATCH])):
            run(machine.tape.core)(
                ops,
                first,
                last,
                1,
                machine.evaluation_forward,
                machine.int_state,
                machine.float_state,
                theta,
                machine.change,
                machine.grad,
                machine.state,
                machine.work,
                machine.evaluation_work,
                machine.order,
                machine.x,
                machine.y,
                machine.series,
                machine.losses,
            )
            if last < len(ops):
                give_way()

"""`seek` is bit-exact in both directions: at random steps, under edits, branches, undo and redo, kept and made again."""

import itertools

import kept
import numpy as np
import problems
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule, run_state_machine_as_test

from engine import RunSpec, Trainer
from engine.machine import machine

SPEC = {
    "data": {"name": "moons", "samples": 46, "test_fraction": 0.5},
    "network": {"layers": [{"units": 4, "activation": "tanh"}]},
    "optimizer": {"name": "adam", "lr": 0.02},
    "batch_size": 5,
}


def trainer_of(**fields):
    return Trainer(RunSpec.model_validate(SPEC | fields))


def state(trainer):
    """All that a state shows: parameters and the last gradient bit for bit, where in the run it is, and the next rate."""
    gradient = b"".join(value.tobytes() for value in (trainer.last_gradient or {}).values())
    return problems.bits(trainer), gradient, trainer.steps_done, trainer.epoch, trainer.rate


@pytest.mark.parametrize("rule_name", problems.TEXTBOOK)
@pytest.mark.parametrize("dialect", ["textbook", "pytorch"])
def test_every_optimizers_state_is_restored(rule_name, dialect):
    fields = {"optimizer": {"name": rule_name, "dialect": dialect} | problems.TEXTBOOK[rule_name]}
    trainer, seen = trainer_of(**fields), {}
    seen[0] = state(trainer)
    for step in range(1, 201):
        trainer.step(1)
        seen[step] = state(trainer)
    random = np.random.default_rng(1)
    for step in [0, 200, 1, 199, *random.integers(0, 201, size=25)]:
        trainer.seek(int(step))
        assert state(trainer) == seen[step], step
    trainer.seek(60)
    for step in range(61, 201):
        trainer.step(1)
        assert state(trainer) == seen[step], step


def test_far_and_back():
    """Beyond what one checkpoint covers: 60,000 updates, sought at random, against runs that only go forwards."""
    trainer = trainer_of()
    trainer.step(60_000)
    end = state(trainer)
    steps = sorted({1024, 2048, 32_768, 59_392, *np.random.default_rng(2).integers(0, 60_000, size=12).tolist()})
    forwards, seen = trainer_of(), {}
    for step in steps:
        forwards.step(step - forwards.steps_done)
        seen[step] = state(forwards)
    for step in np.random.default_rng(3).permutation(steps):
        trainer.seek(int(step))
        assert state(trainer) == seen[int(step)]
    trainer.seek(60_000)
    assert state(trainer) == end


def test_a_seek_beyond_the_end_trains_on():
    trainer, plain = trainer_of(), trainer_of()
    trainer.step(10)
    trainer.seek(137)
    plain.step(137)
    assert state(trainer) == state(plain)


def test_a_fork_does_not_borrow_its_parents_later_states():
    """Seeking on from a fork, past where the parent kept checkpoints, is training, not fetching."""
    trainer, plain = trainer_of(), trainer_of()
    trainer.step(5000)
    for each, step in ((trainer, 1500), (plain, 1500)):
        each.seek(step)
        each.edit({"kind": "set", "path": "optimizer.lr", "value": 0.3})
    trainer.seek(4500)
    plain.step(3000)
    assert state(trainer) == state(plain)


def test_going_back_compiles_no_tape_anew(monkeypatch):
    trainer = trainer_of()
    trainer.step(40)
    monkeypatch.setattr(machine, "compile_tape", None)
    for step in (20, 19, 33):
        trainer.seek(step)
        assert trainer.steps_done == step


def test_seek_changes_nothing_in_the_script():
    trainer = trainer_of()
    trainer.step(50)
    trainer.edit({"kind": "set", "path": "optimizer.lr", "value": 0.1})
    trainer.step(50)
    kept = (trainer.edits, trainer.branches, trainer.end, trainer.branch)
    for step in (3, 99, 50, 0, 100):
        trainer.seek(step)
        assert (trainer.edits, trainer.branches, trainer.end, trainer.branch) == kept
    trainer.seek(20)
    trainer.step(40)  # a replay of what is there, past the edit: no new branch
    assert (trainer.edits, trainer.branches, trainer.end, trainer.branch) == kept


def test_seeking_in_slices_is_the_same():
    trainer = trainer_of()
    trainer.step(30_000)
    end = state(trainer)
    reached = list(trainer.seeking(7))
    assert reached[-1] == 7
    reached = list(trainer.seeking(29_999, updates=512))
    assert reached[-1] == 29_999 and all(b - a <= 512 for a, b in itertools.pairwise(reached))
    trainer.step(1)
    assert state(trainer) == end


def test_undo_and_redo():
    trainer = trainer_of()
    trainer.step(40)
    trainer.seek(25)
    before = state(trainer)
    assert not trainer.can_redo
    trainer.edit({"kind": "weight", "name": "W1", "index": [0, 1], "value": 3.0})
    edited = state(trainer)
    assert edited != before and trainer.named_parameters["W1"][0, 1] == 3.0
    assert trainer.can_undo and len(trainer.edits) == 1
    trainer.step(30)
    trainer.undo()
    assert state(trainer) == before and trainer.edits == ()
    assert trainer.can_redo
    trainer.redo()
    assert state(trainer) == edited and len(trainer.edits) == 1
    trainer.step(30)
    trainer.undo()
    trainer.step(15)
    plain = trainer_of()
    plain.step(40)
    assert state(trainer) == state(plain), "the old future is as it was"


JUMPY = {"name": "plateau", "factor": 0.7, "patience": 1, "threshold": 0.02}
RULED = {
    "data": SPEC["data"] | {"test_fraction": 0.0, "validation_fraction": 0.5, "noise": 1.5},
    "schedule": JUMPY,
    "stop": {"patience": 6},
}
EDITS = st.one_of(
    st.builds(lambda value: {"kind": "set", "path": "optimizer.lr", "value": value}, st.sampled_from([0.001, 0.05, 0.3])),
    st.builds(lambda value: {"kind": "set", "path": "batch_size", "value": value}, st.sampled_from([1, 4, 9, "full"])),
    st.builds(
        lambda value: {"kind": "set", "path": "optimizer.name", "value": value}, st.sampled_from(list(problems.TEXTBOOK))
    ),
    st.builds(
        lambda j, i, value: {"kind": "weight", "name": "W1", "index": [j, i], "value": value},
        st.integers(0, 3),
        st.integers(0, 1),
        st.sampled_from([-2.0, 0.0, 1e-3]),
    ),
    st.builds(lambda value: {"kind": "weight", "name": "b2", "index": [0], "value": value}, st.sampled_from([-1.0, 0.5])),
    st.builds(lambda value: {"kind": "set", "path": "regularization.l2", "value": value}, st.sampled_from([0.0, 0.01])),
    st.builds(
        lambda value: {"kind": "set", "path": "schedule", "value": value},
        st.sampled_from([{"name": "constant", "warmup": 20}, {"name": "warm_restarts", "length": 9, "unit": "epoch"}, JUMPY]),
    ),
    st.builds(lambda value: {"kind": "set", "path": "stop.min_change", "value": value}, st.sampled_from([None, 1e-3])),
)


class Seeking(RuleBasedStateMachine):
    """The model remembers every state it was shown, by branch and step; it must be shown the same ever after."""

    @initialize(
        spec=st.sampled_from(
            [
                {},
                {"optimizer": {"name": "nesterov", "lr": 0.01}, "batch_size": 3},
                {"shuffle": False},
                RULED,
                RULED | {"eval_every": 3},
            ]
        )
    )
    def begin(self, spec):
        self.trainer = trainer_of(**spec)
        self.seen = {0: {0: state(self.trainer)}}
        self.before = []  # what undo leads back to: (branch, step, state) before each edit
        self.undone = []  # what redo leads forward to

    def here(self):
        return self.seen[self.trainer.branch]

    def meet(self):
        """The present state: as before, if it was met before."""
        found = state(self.trainer)
        assert self.here().setdefault(self.trainer.steps_done, found) == found

    def stopped_by_a_rule(self):
        """Stopped early it stands at its best step, unless it was sought further on; else where it stopped."""
        stop = self.trainer.stopped
        return stop is not None and self.trainer.steps_done in (stop.step, stop.best)

    @rule(count=st.integers(1, 25))
    def step(self, count):
        for _ in range(count):
            self.trainer.step(1)
            self.meet()

    @rule(count=st.integers(1, 3000))
    def step_at_once(self, count):
        goal = self.trainer.steps_done + count
        self.trainer.step(count)
        assert self.trainer.steps_done == goal or self.stopped_by_a_rule()
        self.meet()

    @rule(ops=st.integers(1, 9))
    def part_of_an_update(self, ops):
        """Left as it is: whatever comes next must cope with an update begun."""
        for _ in range(ops):
            self.trainer.advance_op()

    @rule(data=st.data())
    def seek(self, data):
        beyond = data.draw(st.sampled_from([0, 0, 2500]), label="beyond the end")
        step = data.draw(st.integers(0, self.trainer.end + beyond), label="step")
        self.trainer.seek(step)
        assert self.trainer.steps_done == step or (step > self.trainer.end and self.stopped_by_a_rule())
        self.meet()

    @rule(data=st.data())
    def seek_a_known_step(self, data):
        self.trainer.seek(data.draw(st.sampled_from(sorted(self.here())), label="step"))
        self.meet()

    @rule(edit=EDITS, data=st.data())
    def edit(self, edit, data):
        if data.draw(st.booleans(), label="in the past"):
            self.trainer.seek(data.draw(st.integers(0, self.trainer.end), label="step"))
        else:  # off an update begun op by op: the edit comes before it
            self.trainer.seek(self.trainer.steps_done)
        step, old = self.trainer.steps_done, self.trainer.branch
        before = (old, step, state(self.trainer))
        self.trainer.edit(edit)
        assert self.trainer.steps_done == step
        self.undone.clear()
        if self.trainer.branch == old:  # the same thing at the same step, changed once more
            assert self.before
        else:
            assert self.trainer.branch not in self.seen
            self.before.append(before)
            self.seen[self.trainer.branch] = {at: kept for at, kept in self.seen[old].items() if at < step}
        self.here()[step] = state(self.trainer)

    @precondition(lambda self: self.before)
    @rule()
    def undo(self):
        branch, step, before = self.before.pop()
        after = (self.trainer.branch, step, self.here()[step])
        self.trainer.undo()
        assert (self.trainer.branch, self.trainer.steps_done, state(self.trainer)) == (branch, step, before)
        self.undone.append((after, (branch, step, before)))

    @precondition(lambda self: self.undone)
    @rule()
    def redo(self):
        (branch, step, after), before = self.undone.pop()
        self.trainer.redo()
        assert (self.trainer.branch, self.trainer.steps_done, state(self.trainer)) == (branch, step, after)
        self.before.append(before)

    @precondition(lambda self: not self.trainer.machine.next_op)
    @rule()
    def keep_and_go_on(self):
        """As after the server was gone: the run is made again from what was kept of it, and nothing tells the two apart."""
        before = self.trainer
        self.trainer = kept.again(before)
        assert state(self.trainer) == state(before)
        assert kept.told(self.trainer) == kept.told(before)
        self.meet()

    @invariant()
    def what_is_offered(self):
        if hasattr(self, "before"):
            assert self.trainer.can_undo == bool(self.before)
            assert self.trainer.can_redo == bool(self.undone)
            assert self.trainer.end >= self.trainer.steps_done


@pytest.mark.parametrize("examples", [25, pytest.param(600, marks=pytest.mark.slow(seconds=30))])
def test_whatever_happens_a_state_once_seen_is_seen_again(examples):
    run_state_machine_as_test(
        Seeking,
        settings=settings(
            max_examples=examples,
            stateful_step_count=40,
            deadline=None,
            derandomize=True,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_checkpoints_keep_to_their_budget():
    """A network whose snapshots are large: they are thinned, and every step can still be sought."""
    layers = [{"units": 64, "activation": "relu"}, {"units": 64, "activation": "tanh"}]
    trainer, forwards = (trainer_of(network={"layers": layers}, batch_size=2) for _ in range(2))
    trainer.step(6000)
    assert trainer.checkpoints.bytes <= 2_000_000
    assert trainer.checkpoints.bytes >= 500_000, "a test of thinning needs something to thin"
    seen = {}
    for step in sorted(np.random.default_rng(4).integers(0, 6000, size=8).tolist()):
        forwards.step(step - forwards.steps_done)
        seen[step] = state(forwards)
    for step in np.random.default_rng(5).permutation(list(seen)):
        trainer.seek(int(step))
        assert state(trainer) == seen[int(step)]

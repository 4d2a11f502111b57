"""Notations and what can be taken away: LaTeX, JSON, and a page that prints."""

import base64
import hashlib
import json
import re
from html.parser import HTMLParser
from xml.etree import ElementTree

import network_problems
import numpy as np
import problems
import pytest
from latex2mathml.converter import convert
from reference_network import ALL_TOGETHER

from engine.microscope import NOTATIONS, Writing, dissect, next_update, sheet, step_latex
from engine.microscope.expressions.expression import digits_of

WORDS = {"theory": "W_{2}", "lecture": "W^{(2)}", "study_sheet": "W^{(2)}", "notes": "W^{[2]}", "review": "W_{2}"}
ACTIVATIONS = {"theory": "h_{1}", "lecture": "h^{(1)}", "study_sheet": "a^{(2)}", "notes": "a^{[1]}", "review": "h_{1}"}
BLAME = {
    "theory": r"\delta_{2}",
    "lecture": r"\delta^{(2)}",
    "study_sheet": r"\delta^{(3)}",
    "notes": r"\delta^{[2]}",
    "review": r"\delta_{2}",
}


def everything():
    made = network_problems.network_problem(ALL_TOGETHER, seed=2)
    return made.trainer(optimizer={"name": "adam", "lr": 0.01}, regularization={"l1": 0.01, "l2": 0.1}, clip={"norm": 0.5})


@pytest.mark.parametrize("name", NOTATIONS)
def test_each_document_finds_its_symbols(name):
    update = next_update(problems.golden_problem("classes").trainer(), name)
    affine = update.find("affine", 2)
    assert WORDS[name] in affine.rule and ACTIVATIONS[name] in affine.rule
    assert BLAME[name] in update.find("mean gradient", 2).rule
    row = NOTATIONS[name].as_json()
    assert row["symbols"]["W"]["whole"] and json.dumps(row)


def test_the_review_propagates_dl_dh():
    update = next_update(problems.golden_problem("classes").trainer(), "review")
    assert r"\frac{\mathrm{d}L}{\mathrm{d}h_{2}}" in update.find("back product", 3).rule
    assert r"\sigma'(z_{2})" in update.find("delta", 2).rule


@pytest.mark.parametrize("name", NOTATIONS)
def test_all_of_it_is_latex_that_can_be_shown(name):
    """Every rule, symbol and equation becomes MathML with nothing left over."""
    update = next_update(everything(), name)
    texts = {step.rule for step in update.steps} | {symbol.latex for step in update.steps for symbol in step.symbols}
    for step in update.steps:
        texts.add(step.short)
        if step.results:
            equation = step.equation(0, 0)
            texts |= {equation.latex(), equation.latex(Writing(numbers=True))}
    for text in texts:
        assert text.count("{") == text.count("}"), text
        assert "\\" not in convert(text), text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0"),
        (-0.0, "0"),
        (1.0, "1.000"),
        (-0.16785, r"-0.1678"),
        (1.23456e-7, r"1.235 \cdot 10^{-7}"),
        (123456.0, r"1.235 \cdot 10^{5}"),
        (float("inf"), r"\infty"),
        (float("nan"), r"\mathrm{NaN}"),
    ],
)
def test_four_digits(value, text):
    assert digits_of(value) == text


def test_a_micro_step_as_latex():
    update = next_update(problems.golden_problem("classes").trainer(batch_size=5))
    text = step_latex(update, update.find("affine", 1).index, row=1, sample=2)
    z = update.find("affine", 1).results[0].array
    assert r"z_{1} = W_{1}\, h_{0} + b_{1}" in text and r"\begin{pmatrix}" in text
    assert digits_of(float(z[1, 2])) in text and digits_of(float(z[1, 1])) not in text
    assert text.count(r"\begin") == text.count(r"\end") and text.count(r"\[") == text.count(r"\]")
    assert not re.search(r"[^\x00-\x7f]", text.split("\n", 1)[1])
    for wrong in ({"index": 999}, {"index": 3, "sample": 99}, {"index": 3, "row": 99}):
        with pytest.raises(ValueError, match="allowed: 0 to"):
            step_latex(update, **wrong)


@pytest.mark.parametrize("seed", range(3))
def test_every_micro_step_as_latex(seed):
    trainer = everything()
    trainer.step(seed)
    update = next_update(trainer)
    for step in update.steps:
        text = step_latex(update, step.index)
        assert text.count("{") == text.count("}") and step.rule in text


def test_the_update_as_json():
    """All numbers, back to the last bit; what is not finite in words."""
    update = next_update(everything())
    told = json.loads(json.dumps(update.as_json(), allow_nan=False))
    assert [step["title"] for step in told["steps"]] == [step.title for step in update.steps]
    for step, made in zip(told["steps"], update.steps, strict=True):
        for value, own in zip(step["results"], made.results, strict=True):
            assert np.array_equal(np.array(value["array"], dtype=float), own.array)
            assert value["shape"] == list(own.array.shape) == [len(value["array"]), len(value["array"][0])]
            if own.rows.kind != "one":
                assert len(value["rows"]["names"]) == own.array.shape[0]
            if own.columns.kind != "one":
                assert len(value["columns"]["names"]) == own.array.shape[1]
    slim = update.as_json(numbers=False)
    assert "array" not in json.dumps(slim)
    json.dumps(dissect(everything(), "W1", (0, 0)).as_json(), allow_nan=False)


class Page(HTMLParser):
    def __init__(self):
        super().__init__()
        self.tags, self.loads, self.open, self.cells = [], [], [], []

    def handle_starttag(self, tag, attributes):
        self.tags.append(tag)
        self.loads += [value for name, value in attributes if name in ("src", "href", "srcset")]
        self.cells += [float(value) for name, value in attributes if tag == "td" and name == "title"]
        if tag != "meta":
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def test_the_sheet_stands_alone():
    """Well-formed, with every micro-step and the sample's numbers; nothing is loaded, nothing runs."""
    update = next_update(everything())
    text = sheet(update, sample=2)
    page = Page()
    page.feed(text)
    assert page.open == [] and page.loads == [] and "script" not in page.tags
    assert page.tags.count("section") == len(update.steps) and "math" in page.tags and "@page" in text
    for step in update.steps:
        if step.kind == "affine":
            assert set(step.results[0].array[:, 2]) <= set(page.cells)
    assert "<script" not in sheet(update, title="<script>alert(1)</script>")
    style = base64.b64encode(hashlib.sha256(re.findall(r"<style>(.*?)</style>", text, re.DOTALL)[0].encode()).digest()).decode()
    policy = f"default-src 'none'; base-uri 'none'; form-action 'none'; style-src 'sha256-{style}'"
    assert f'<head><meta http-equiv="Content-Security-Policy" content="{policy}">' in text
    with pytest.raises(ValueError, match="sample: 99 given; allowed: 0 to"):
        sheet(update, sample=99)


def test_the_sheet_says_what_it_is_of():
    """Its run, its update and its sample in the title; each table under a caption that is not squeezed into it."""
    trainer = problems.golden_problem("classes").trainer(batch_size=5)
    update = next_update(trainer)
    row = update.samples[2] + 1
    text = sheet(update, 2, "two spirals · 2–8–1 · Adam")
    heading = f"Two spirals · 2–8–1 · Adam: update 1, sample {row}"
    assert f"<title>{heading}</title>" in text and f"<h1>{heading}</h1>" in text
    assert f"<h1>Update 1, sample {row}</h1>" in sheet(update, 2)
    page = Page()
    page.feed(text)
    assert "caption" not in page.tags and page.tags.count("figcaption") == page.tags.count("table") + 1


def test_the_sheet_draws_its_network():
    """A circle for each unit with its activation, a line for each weight by its sign and width, names outside."""
    trainer = problems.golden_problem("classes").trainer(batch_size=5)
    update = next_update(trainer)
    picture = ElementTree.fromstring(re.findall(r"<svg.*?</svg>", sheet(update, 2), re.DOTALL)[0])
    sizes = trainer.machine.tape.sizes
    weights = [trainer.named_parameters[f"W{layer}"] for layer in range(1, len(sizes))]
    lines, circles = picture.findall("line"), picture.findall("circle")
    assert len(circles) == sum(sizes) and len(lines) == sum(w.size for w in weights)
    drawn = [(line.get("class"), float(line.get("stroke-width"))) for line in lines]
    entries = np.concatenate([w.ravel() for w in weights])
    largest = np.max(np.abs(entries))
    for (kind, width), weight in zip(drawn, entries, strict=True):
        assert kind == ("positive" if weight > 0 else "negative")
        assert width == pytest.approx(max(0.6, 6 * abs(weight) / largest), abs=0.051)
    words = [text.text for text in picture.findall("text")]
    outputs = update.find("activation", len(sizes) - 1).results[0].array[:, 2]
    assert {f"{x:.3g}".replace("-", "−") for x in outputs} <= set(words)


def test_what_is_withheld_is_not_drawn():
    update = next_update(problems.golden_problem("classes").trainer(batch_size=5))
    weight = update.find("affine", 1).operands[0]
    assert weight.name == "W1"
    text = sheet(update, withheld=lambda number: number.name == "W1" and number.position == (0, 0))
    picture = re.findall(r"<svg.*?</svg>", text, re.DOTALL)[0]
    assert picture.count('class="withheld"') == 1 and 'class="withheld"' not in sheet(update)
    assert repr(float(weight.array[0, 0])) not in text


def test_a_layer_too_large_to_draw_says_how_many_more_there_are():
    made = problems.problem((20, 30, 3), "tanh", "cross_entropy", "softmax", seed=4)
    picture = re.findall(r"<svg.*?</svg>", sheet(next_update(made.trainer())), re.DOTALL)[0]
    assert "and 8 more" in picture and "and 18 more" in picture and picture.count("<circle") == 12 + 12 + 3


def test_a_large_layer_is_told_by_its_shape():
    made = problems.problem((20, 30, 3), "tanh", "cross_entropy", "softmax", seed=4)
    text = sheet(next_update(made.trainer()))
    assert "30 × 20" in text and len(text) < 400_000

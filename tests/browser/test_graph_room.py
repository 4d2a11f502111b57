"""The Graph room: an expression in the address, the way through its graph, own expressions, and what is said of none."""

from __future__ import annotations

import math
import re
from collections.abc import Callable

import pytest
from graph_page import Graph
from looks import looks_well
from playwright.sync_api import BrowserContext, Page, expect


@pytest.fixture
def graph(page: Page, server_url: str) -> Graph:
    found = Graph(page).open(f"{server_url}/#view=graph&f=(x%2By)*x&x=3&y=-1")
    found.at(0)
    return found


def test_a_graph_is_gone_through_forward_and_backward(graph: Graph) -> None:
    page, caption = graph.page, graph.hook("graph-caption")
    plot = graph.hook("graph")
    expect(page.get_by_role("region", name="The graph: arrow keys step through it")).to_be_focused()
    expect(plot.locator("[data-node]")).to_have_count(2)  # the inputs
    expect(plot.locator("[data-adjoint]")).to_have_count(0)
    graph.press("ArrowRight", 1)
    expect(caption).to_have_text("v₁ = x + y = 2.000")
    graph.press("ArrowRight", 2)
    graph.press("ArrowLeft", 1)
    graph.press("End", 4)
    # x is reached along two paths: from the product itself, and through the sum.
    expect(caption.locator("[data-meet]")).to_have_text("∂L/∂x = 2.000 + 3.000 = 5.000: 2 paths meet")
    assert (graph.value("gradient", "x"), graph.value("gradient", "y")) == (5, 3)
    assert [graph.value("adjoint", node) for node in range(4)] == [5, 3, 3, 1]
    assert [graph.value("edge", edge) for edge in ("3:2", "3:0", "2:0", "2:1")] == [3, 2, 1, 1]
    graph.press("PageUp", 3)
    expect(caption).to_contain_text("Backward, from the result: ∂L/∂L = 1.")
    expect(caption.locator("[data-meet]")).to_have_text("∂L/∂x = 2.000 + …: 1 of 2 paths so far")
    expect(plot.locator("[data-adjoint='0']")).to_have_count(0)  # not yet all of it
    graph.press("Home", 0)
    graph.hook("graph-forward").click()
    graph.at(1)
    graph.hook("graph-line").fill("4")
    graph.at(4)
    expect(graph.hook("graph-where")).to_have_text("4 of 4")


@pytest.mark.slow(seconds=5)
def test_the_address_holds_expression_and_values(graph: Graph, stranger: Callable[[], BrowserContext]) -> None:
    page = graph.page
    graph.press("End", 4)
    page.get_by_label("Value of y").fill("-2")
    page.get_by_label("Value of y").press("Enter")
    expect(page).to_have_url(re.compile("y=-2"))
    # Another value moves the numbers and not the place.
    expect(page.locator("[data-gradient=x]")).to_have_attribute("data-value", "4")
    graph.at(4)
    page.locator("[data-slide=x]").fill("1.5")
    expect(page.locator("[data-gradient=x]")).to_have_attribute("data-value", "1")
    expect(page.get_by_label("Value of x")).to_have_value("1.5")
    # Names that an address needs itself are inputs all the same.
    graph.type("s^2 * e")
    expect(page.get_by_label("Value of s")).to_have_value("1")
    page.get_by_label("Value of s").fill("3")
    page.get_by_label("Value of s").press("Enter")
    expect(page).to_have_url(re.compile(r"f=s%5E2[^&]*&v\.s=3&v\.e=1$"))
    page.reload()
    graph.at(0)
    expect(graph.hook("graph-text")).to_have_value("s^2 * e")
    page.get_by_role("region", name="The graph: arrow keys step through it").focus()
    graph.press("End", 4)
    assert (graph.value("gradient", "s"), graph.value("gradient", "e")) == (6, 9)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    graph.hook("graph-share").click()
    expect(page.get_by_test_id("notice")).to_contain_text("The link is copied")
    other = Graph(stranger().new_page()).open(page.evaluate("navigator.clipboard.readText()"))
    other.at(0)
    expect(other.page.get_by_label("Value of s")).to_have_value("3")


def test_own_expressions_and_what_is_none(page: Page, server_url: str) -> None:
    graph = Graph(page).open(f"{server_url}/#view=graph")
    expect(graph.hook("graph-state")).to_contain_text("Type an expression")
    expect(graph.hook("graph-play")).to_be_disabled()
    graph.type("exp(u) / u")
    graph.at(0)
    page.get_by_label("Value of u").fill("2")
    page.get_by_label("Value of u").press("Enter")
    page.get_by_role("region", name="The graph: arrow keys step through it").focus()
    graph.press("End", 4)
    expect(page.locator("[data-gradient=u]")).to_have_attribute("data-value", str(math.exp(2) / 2 - math.exp(2) / 4))
    for text, problem, place in (
        ("exp(u) + + ", "is no expression at character", None),
        ("u + exp(u) / (u - 2)", "at character 5 has no value here", "e"),
        ("2 * open(u)", "at character 5 is not understood", "o"),
        ("2u", "write * between factors", "u"),
    ):
        graph.type(text)
        expect(graph.hook("graph-error")).to_contain_text(problem)
        expect(graph.hook("graph")).to_have_attribute("data-state", "refused")
        expect(graph.hook("graph").locator("svg")).to_have_count(0)
        if place:
            expect(graph.hook("graph-error-place").locator("mark")).to_have_text(place)
    page.get_by_label("Value of u").fill("two")
    page.get_by_label("Value of u").press("Enter")
    expect(graph.hook("graph-error")).to_have_text("u: a number is wanted")
    page.locator("[data-ready=neuron]").click()
    graph.at(0)
    expect(page.get_by_label("Value of w")).to_have_value("0.5")
    graph.type("x**2")
    graph.type("x^2")  # one power, two ways to write it
    expect(graph.hook("graph")).to_have_attribute("data-state", "done")
    graph.at(0)
    # Reached by a link, the room is left for the one that it lies in.
    page.get_by_role("region", name="The graph: arrow keys step through it").focus()
    page.keyboard.press("Escape")
    expect(page.get_by_test_id("step-room")).to_be_visible()
    expect(page).to_have_url(re.compile(r"^(?!.*\bf=).*view=step"))
    expect(page.locator("[data-door=step]")).to_have_attribute("aria-current", "page")


@pytest.mark.slow(seconds=8)
def test_it_plays_to_the_end_and_rests_there(graph: Graph) -> None:
    graph.page.keyboard.press(" ")
    graph.at(4)
    expect(graph.hook("graph-play")).to_have_attribute("aria-label", "Play")


@pytest.mark.looks(seconds=40)
def test_a_graph_is_in_order(graph: Graph) -> None:
    page = graph.page
    page.locator("[data-ready=neuron]").click()
    expect(page.get_by_label("Value of w")).to_have_value("0.5")
    graph.at(0)  # its values are there before it is
    page.get_by_role("region", name="The graph: arrow keys step through it").focus()
    page.keyboard.press("End")
    expect(page.locator("[data-gradient=w]")).to_be_visible()
    looks_well(page, what="one neuron", places=("graph-caption",))
    page.keyboard.press("p")
    looks_well(page, what="one neuron, projected", sizes={"laptop": (1280, 720)})

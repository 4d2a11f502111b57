"""The handout and the teacher's sheet as HTML that prints on A4 and needs nothing else: what a learner fills in, and what a
teacher asks and knows."""

from __future__ import annotations

import json
from collections.abc import Sequence
from html import escape
from itertools import groupby
from typing import TYPE_CHECKING, Any

from server.lessons import figures
from server.lessons.figures import written
from server.lessons.open_card import OpenCard
from server.lessons.printing.answers import Measured
from server.lessons.printing.pictures import picture
from server.lessons.reading import html
from server.lessons.reading.lesson import CardHtml, Read

if TYPE_CHECKING:
    from engine.lessons.card import Card, Task

STYLE = """
:root { color-scheme: light }
@page { size: A4; margin: 16mm 15mm }
body { font: 11pt/1.45 system-ui, sans-serif; color: #1a1a1a; background: white }
body { max-width: 180mm; margin: 8mm auto; padding: 0 4mm }
header { border-bottom: 1.5pt solid #1a1a1a; margin-bottom: 6mm }
h1 { font-size: 18pt; margin: 0 0 1mm } h2 { font-size: 13pt; margin: 0 0 1.5mm } h3 { font-size: 11pt; margin: 3mm 0 1mm }
p { margin: 0 0 2mm } section { break-inside: avoid; margin: 0 0 7mm }
.small { color: #555; font-size: 9.5pt } .name { float: right; font-size: 10pt }
svg { display: block; width: 130mm; max-width: 100%; margin: 2mm 0 }
svg text { font: 11px system-ui, sans-serif; fill: currentColor }
svg .on { paint-order: stroke; stroke: white; stroke-width: 3px }
ul { list-style: none; padding: 0; margin: 1mm 0 2mm } li { margin: 1mm 0 } li::before { content: "☐ " }
li.right { font-weight: 600 } li.right::before { content: "☑ " } li i { font-weight: 400; color: #555 }
.line { border-bottom: .6pt solid #999; height: 8mm } .box { border: .6pt solid #999; padding: 2.5mm 3mm; margin: 2mm 0 }
table { border-collapse: collapse } td, th { padding: .5mm 3mm .5mm 0; text-align: left; vertical-align: top }
code { font-size: 9.5pt; overflow-wrap: anywhere } math { font-size: 1.05em }
@media print { body { margin: 0; padding: 0; max-width: none } a { color: inherit; text-decoration: none } }
"""
BLANK = "________"
SIGNS = ("negative", "zero", "positive")
OF_OTHERS = "This lesson is not from chainrule."


def handout(read: Read, course: str, *, own: bool) -> str:
    """Questions, pictures, space to answer; nothing is answered."""
    parts, before = [], ""
    for place in range(len(read.lesson.cards)):
        card = OpenCard(read, place)
        drawn = picture(card.spec, card.situation)
        parts.append(_learners(card, "" if drawn == before else drawn))
        before = drawn or before
    return _page(read, course, "".join(parts), own=own, kind="", name=True)


def sheet(read: Read, course: str, found: Sequence[Measured], *, own: bool) -> str:
    """Answers as they were measured, what to ask, minutes."""
    cards = [OpenCard(read, place) for place in range(len(read.lesson.cards))]
    alone = sum(card.spec.minutes.alone for card in cards)
    in_class = sum(card.spec.minutes.in_class for card in cards)
    know = ", ".join(escape(reference) for reference in read.lesson.know) or "nothing"
    body = (
        f"<table><tr><th>Minutes</th><td>{alone:g} alone, {in_class:g} in class</td></tr>"
        f"<tr><th>To know before</th><td>{know}</td></tr></table><br>"
    )
    pairs = zip(cards, found, strict=True)
    body += "".join(_teachers(number, card, measured) for number, (card, measured) in enumerate(pairs, 1))
    return _page(read, course, body, own=own, kind="Teacher’s sheet", name=False)


def _page(read: Read, course: str, body: str, *, own: bool, kind: str, name: bool) -> str:
    title, can = html.plain(read.lesson.title), html.plain(read.lesson.can)
    above = " · ".join(part for part in (escape(course), kind, OF_OTHERS if own else "") if part)
    line = '<span class="name">Name ____________________</span>' if name else ""
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title}</title>'
        f'<meta name="viewport" content="width=device-width"><style>{STYLE}</style></head><body>'
        f'<header>{line}<p class="small">{above}</p><h1>{title}</h1>'
        f'<p class="small">What you can do afterwards: {can}</p></header>{body}</body></html>'
    )


# For the class --------------------------------------------------------------------------------------------------------


def _learners(card: OpenCard, drawn: str) -> str:
    told, spec = card.html, card.spec
    parts = [f"<h2>{card.card + 1}. {told.heading}</h2>", _blanks(told.words), drawn]
    if spec.question is not None:
        parts.append(f"<p><strong>{told.ask}</strong>{_unit(told)}</p>{_space(spec, told)}")
    if spec.task is not None:
        parts.append(
            f'<div class="box"><p><strong>Your turn.</strong> {told.task}</p><p class="small">Wanted: {told.wanted}</p>'
        )
        parts.append('<p>What I changed:</p><div class="line"></div><div class="line"></div></div>')
    return f"<section>{''.join(parts)}</section>"


def _space(card: Card, told: CardHtml) -> str:
    """Where an answer is put down."""
    question = card.question
    assert question is not None
    if question.kind == "choose":
        return _list([*told.texts, "I don’t know"])
    if question.kind == "sign":
        return _list([*SIGNS, "I don’t know"])
    if question.kind == "order":
        return f"<ul>{''.join(f'<li>{text} · place ____</li>' for text in told.texts)}</ul>"
    if question.kind == "power":
        return f"<p>About 10 to the power of {BLANK}</p>"
    if question.kind == "number":
        return f"<p>About {BLANK}</p>"
    return "<p>Draw it above, before it is measured.</p>"


def _list(texts: Sequence[str]) -> str:
    return f"<ul>{''.join(f'<li>{text}</li>' for text in texts)}</ul>"


def _unit(told: CardHtml) -> str:
    return f' <span class="small">{told.unit}</span>' if told.unit else ""


def _blanks(words: str) -> str:
    """Numbers are written in by hand."""
    return html.HOLE.sub(BLANK, words)


# For the teacher ------------------------------------------------------------------------------------------------------


def _teachers(number: int, card: OpenCard, found: Measured) -> str:
    told, spec = card.html, card.spec
    minutes = f"{spec.minutes.alone:g} min alone, {spec.minutes.in_class:g} in class"
    parts = [f'<h2>{number}. {told.heading} <span class="small">{minutes}</span></h2>', html.filled(told.words, found.values)]
    if spec.question is not None:
        parts.append(f"<h3>Ask</h3><p><strong>{told.ask}</strong></p>{_answer(spec, told, found)}")
        if spec.question.twin is not None:
            parts.append(f'<p class="small">The same question in other clothes: {escape(spec.question.twin)}</p>')
    if told.why:
        parts.append(f"<h3>Why</h3>{html.filled(told.why, found.values)}")
    if spec.task is not None:
        parts.append(_task(told, spec.task))
    return f"<section>{''.join(parts)}</section>"


def _answer(card: Card, told: CardHtml, found: Measured) -> str:
    verdict, question = found.verdict, card.question
    assert question is not None
    if verdict is None:
        return '<p class="small">It could not be measured here.</p>'
    measured = f"<p>Measured: <strong>{_numbers(verdict.value)}</strong>{_unit(told)}</p>"
    if question.kind == "choose":
        rows = []
        for index, text in enumerate(told.texts):
            right = ' class="right"' if index == verdict.truth else ""
            reply = html.filled(told.replies[index], found.values)
            rows.append(f"<li{right}>{text}{f' <i>– {reply}</i>' if reply else ''}</li>")
        return f"<ul>{''.join(rows)}</ul>{measured}"
    if question.kind == "sketch":
        return f"<p>The curve goes {verdict.said}.</p>"
    said = verdict.said
    if question.kind == "power" and isinstance(verdict.truth, int):
        said = f"10{figures.raised(verdict.truth)}"
    return f"<p>Answer: <strong>{said}</strong></p>{measured}"


def _numbers(value: float | list[float] | None) -> str:
    if value is None:
        return "–"
    return ", ".join(written(each) for each in value) if isinstance(value, list) else written(value)


def _task(told: CardHtml, task: Task) -> str:
    words = escape(_brief(task.solution.model_dump(mode="json", exclude_defaults=True)))
    return (
        f'<div class="box"><p><strong>Their turn.</strong> {told.task}</p><p class="small">Wanted: {told.wanted}</p>'
        f'<p class="small">One solution: <code>{words[:1200]}</code></p></div>'
    )


def _brief(value: Any) -> str:
    """Plain data in a line, equal entries of a list once."""
    if isinstance(value, dict):
        return ", ".join(f"{name}: {_nested(inner)}" for name, inner in value.items())
    if isinstance(value, list):
        runs = [(entry, len(list(run))) for entry, run in groupby(_nested(inner) for inner in value)]
        return ", ".join(entry if count == 1 else f"{count} × {entry}" for entry, count in runs)
    return value if isinstance(value, str) else json.dumps(value)


def _nested(value: Any) -> str:
    inside = _brief(value)
    return f"{{{inside}}}" if isinstance(value, dict) else f"[{inside}]" if isinstance(value, list) else inside

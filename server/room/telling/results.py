"""What is taken along of a room: its questions and what was answered, without names."""

from __future__ import annotations

import csv
import html
import io
import re
from typing import Any

from sqlalchemy import Connection

from server.protocol.room.commands import Results
from server.room import judging
from server.room.kept import store
from server.room.telling.counting import choices_of, counted

TAG = re.compile(r"<[^>]*>")
COLUMNS = ("question", "kind", "asked", "round", "answer", "answer_in_words", "right")
FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""With which a spreadsheet takes a text for a formula."""
SIGNS = {-1: "negative", 0: "zero", 1: "positive"}


def of(connection: Connection, room: str, command: Results) -> dict[str, Any]:
    found = store.find(connection, id=room)
    if found is None:
        raise LookupError(room)
    questions, votes = store.questions(connection, room), store.votes(connection, room)
    if command.format == "csv":
        return {"name": "class.csv", "type": "text/csv", "text": as_csv(questions, votes)}
    page = as_page(found.state.title, questions, votes, command.theme)
    return {"name": "class.html", "type": "text/html", "text": page}


def plain(text: str) -> str:
    """HTML as plain text."""
    return html.unescape(TAG.sub("", text))


def as_csv(questions: dict[int, dict[str, Any]], votes: dict[int, dict[int, dict[int, Any]]]) -> str:
    """A line an answer, in an order that tells nothing of whose it is; votes by hand are lines, too."""
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for number, question in questions.items():
        judge = (question.get("truth") or {}).get("judge")
        for round in range(1, question["votes"] + 1):
            answers = list(votes.get(number, {}).get(round, {}).values()) + _by_hand(question, round)
            about = [number, question["kind"], _cell(plain(question["ask"])), round]
            lines: list[list[Any]] = []
            for answer in answers:
                right = judging.right(judge, answer)
                told = "" if answer is None else " ".join(map(str, answer)) if isinstance(answer, list) else str(answer)
                lines.append([*about, told, _cell(in_words(question, answer)), "" if right is None else int(right)])
            lines.sort(key=_by_answer)
            writer.writerows(lines)
    return file.getvalue()


def _by_answer(line: list[Any]) -> tuple[bool, str]:
    return line[4] == "", line[4]


def _by_hand(question: dict[str, Any], round: int) -> list[Any]:
    counts = question.get("by_hand", {}).get(str(round))
    if not counts:
        return []
    choices: list[int | None] = [*choices_of(question), None]
    return [choice for choice, count in zip(choices, counts, strict=True) for _ in range(count)]


def in_words(question: dict[str, Any], answer: Any) -> str:
    if answer is None:
        return "I don't know"
    texts = question.get("texts") or []
    if question["kind"] == "choose":
        return plain(texts[int(answer)])
    if question["kind"] == "sign":
        return SIGNS[int(answer)]
    if question["kind"] == "order":
        return ", ".join(plain(texts[int(item)]) for item in answer)
    return ""


def _cell(text: str) -> str:
    """What is typed in a class must not run in a spreadsheet."""
    return f"'{text}" if text.startswith(FORMULA) else text


PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>{title}</title><style>
:root {{ color-scheme: {theme}; --ink: light-dark(#1d2433, #e8eaf0); --quiet: light-dark(#5b6475, #a3abbd);
  --paper: light-dark(#fdfcf8, #161a22); --bar: light-dark(#c9c3f0, #4b4390); --line: light-dark(#dcdad3, #343a48); }}
body {{ font: 16px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper); max-width: 46rem; margin: 2rem auto;
  padding: 0 1rem; }}
h1 {{ font-size: 1.5rem; }} h2 {{ font-size: 1.15rem; margin: 2rem 0 .5rem; }} p {{ margin: .25rem 0; }}
.quiet {{ color: var(--quiet); }} table {{ border-collapse: collapse; width: 100%; }}
td, th {{ text-align: left; padding: .3rem .6rem .3rem 0; border-bottom: 1px solid var(--line); font-weight: normal; }}
th {{ color: var(--quiet); }} td.bar {{ min-width: 8rem; }}
td.bar span {{ display: block; height: .9rem; background: var(--bar); border-radius: 2px; }}
</style></head><body><h1>{title}</h1>{body}</body></html>
"""


def as_page(title: str, questions: dict[int, Any], votes: dict[int, dict[int, dict[int, Any]]], theme: str) -> str:
    parts = [_section(question, votes.get(number, {})) for number, question in questions.items()]
    body = "".join(parts) or "<p class=quiet>No question was asked.</p>"
    return PAGE.format(title=html.escape(title or "A class"), theme=theme, body=body)


def _section(question: dict[str, Any], votes: dict[int, dict[int, Any]]) -> str:
    """Both votes side by side. The question's own HTML is clean: a lesson's is, and what was typed is escaped."""
    truth = question.get("truth") or {}
    rounds = [counted(question, round, votes.get(round, {})) for round in range(1, question["votes"] + 1)]
    rounds = [each for place, each in enumerate(rounds) if place == 0 or each.answered]
    head = "The twin question: " if question.get("twin") else ""
    parts = [f"<section><h2>{question['number']}. {head}{question['ask']}</h2>"]
    if truth.get("said"):
        unit = html.escape(question.get("unit") or "")
        parts.append(f"<p>Measured: <strong>{html.escape(str(truth['said']))}</strong> {unit}</p>")
    for place, each in enumerate(rounds, 1):
        share = "" if each.right is None else f", {100 * each.right:.0f} % right"
        parts.append(f"<p class=quiet>Vote {place}: {each.answered} answered{share}, {each.unknown} did not know</p>")
    rows = _rows(question, rounds)
    if rows:
        heads = "".join(f"<th>vote {place}</th><th></th>" for place in range(1, len(rounds) + 1))
        most = max((count for _, counts in rows for count in counts), default=0) or 1
        lines = "".join(f"<tr><td>{name}</td>{''.join(_bar(count, most) for count in counts)}</tr>" for name, counts in rows)
        parts.append(f"<table><tr><th>answer</th>{heads}</tr>{lines}</table>")
    return "".join([*parts, "</section>"])


def _bar(count: int, most: int) -> str:
    return f'<td>{count}</td><td class=bar><span style="width:{100 * count / most:.0f}%"></span></td>'


def _rows(question: dict[str, Any], rounds: list[Any]) -> list[tuple[str, list[int]]]:
    """What can be counted, by answer."""
    kind = question["kind"]
    if kind == "choose":
        names = list(question["texts"])
    elif kind == "sign":
        names = list(SIGNS.values())
    elif kind == "order":
        names = ["in the right order", "in another"]
    elif kind == "power":
        powers = sorted({power for each in rounds for power, _ in each.powers or ()})
        return [(f"10<sup>{power}</sup>", [dict(each.powers or ()).get(power, 0) for each in rounds]) for power in powers]
    else:
        return []
    return [(name, [(each.counts or [0] * len(names))[place] for each in rounds]) for place, name in enumerate(names)]

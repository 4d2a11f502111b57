"""Markdown as HTML that can do nothing: no HTML of its own, no pictures, links to the web and to lessons alone, formulas as
MathML. What is measured stands as an empty ``<data value="name">``, which is filled when it is told."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from functools import lru_cache
from typing import Any

import nh3
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

from server.lessons.figures import exact, written
from server.lessons.reading.problems import Problem
from server.mathml import block, inline

LONGEST_FORMULA = 400
MOST_FORMULAS = 40
"""In one text, …"""
MOST_MARKS = 400
"""… and of these signs, each of which markdown-it may hold against every other."""
MARKS = "*_[`<"
LESSON = re.compile(r"([a-z0-9-]{1,58}/[a-z0-9-]{1,58})(?:#(\d{1,2}))?")
LINK = re.compile(r"https?://[^\s]+|#l=[A-Za-z0-9/_-]{1,120}(\.\d{1,2})?", re.IGNORECASE)
NAME = re.compile(r"\{([a-z][a-z0-9_]{0,31})\}")
HOLE = re.compile(r'<data value="([a-z][a-z0-9_]*)"></data>')
LINKS = "http and https addresses, or a lesson such as deep/ten-sigmoids#2"

_TEXT = "a p em strong code pre ul ol li blockquote hr br h3 h4 h5 h6 data span"
_MATHS = (
    "math mrow mi mn mo ms mtext mspace msup msub msubsup mover munder munderover mfrac msqrt mroot mstyle mtable mtr mtd "
    "mpadded mphantom mmultiscripts mprescripts none menclose"
)
_LOOKS = "display displaystyle scriptlevel mathvariant stretchy fence separator accent accentunder movablelimits linethickness "
_LOOKS += "lspace rspace minsize maxsize columnalign rowspacing columnspacing columnlines width height depth notation form"
ATTRIBUTES: Mapping[str, set[str]] = {
    "a": {"href"},
    "data": {"value"},
    "ol": {"start"},
    **{tag: set(_LOOKS.split()) for tag in _MATHS.split()},
}
CLEANER = nh3.Cleaner(
    tags={*_TEXT.split(), *_MATHS.split()},
    attributes=dict(ATTRIBUTES),
    url_schemes={"http", "https"},
    link_rel="noopener noreferrer nofollow",
    set_tag_attribute_values={"a": {"target": "_blank"}},
)
OWN_LINK = re.compile(r'<a (href="(?:#|\./)[^"]*")[^>]*>')


class Found:
    """What was found in a text that is rendered: names that are measured, and what is wrong."""

    def __init__(self, line: int, names: Collection[str]) -> None:
        self.line, self.names = line, names
        self.formulas = 0
        self.problems: list[Problem] = []

    def wrong(self, token: Token, message: str, allowed: str) -> None:
        self.problems.append(Problem(token.meta.get("line", self.line), message, allowed))


def paragraphs(text: str, found: Found) -> str:
    """Of some paragraphs; problems are noted with the line of the paragraph that has them."""
    return _LESSONS.paragraphs(text, found)


def within_a_line(text: str, found: Found) -> str:
    return _LESSONS.within_a_line(text, found)


def filled(html: str, values: Mapping[str, float]) -> str:
    """With what was measured, by its name; what is not there is not to be told."""
    return HOLE.sub(lambda hole: _told(values.get(hole[1])), html)


def names_in(html: str) -> list[str]:
    """What is to be filled."""
    return list(dict.fromkeys(HOLE.findall(html)))


def _told(value: float | None) -> str:
    return '<data value="">…</data>' if value is None else f'<data value="{exact(value)}">{written(value)}</data>'


class Writer:
    """Markdown to HTML, with links to what its pattern allows: a lesson may come from anybody."""

    def __init__(self, links: re.Pattern[str]) -> None:
        self._markdown = _markdown(links)

    def paragraphs(self, text: str, found: Found) -> str:
        return self._written(text, found, self._markdown.parse)

    def within_a_line(self, text: str, found: Found) -> str:
        return self._written(text, found, self._markdown.parseInline)

    def _written(self, text: str, found: Found, parse: Callable[[str, Any], Sequence[Token]]) -> str:
        if sum(text.count(mark) for mark in MARKS) > MOST_MARKS:
            found.problems.append(Problem(found.line, f"there are too many of {' '.join(MARKS)}", f"at most {MOST_MARKS}"))
            return ""
        tokens = parse(text, {"found": found, "first": found.line})
        html = self._markdown.renderer.render(tokens, self._markdown.options, {"found": found})
        return OWN_LINK.sub(r"<a \1>", CLEANER.clean(html)).strip()


# Within a line ------------------------------------------------------------------------------------------------------


def _formula(state: StateInline, silent: bool) -> bool:
    """``$…$`` within a line, ``$$…$$`` on a line of its own."""
    source, first = state.src, state.pos
    if not source.startswith("$", first):
        return False
    mark = "$$" if source.startswith("$$", first) else "$"
    begin = first + len(mark)
    end = source.find(mark, begin)
    while end > 0 and source[end - 1] == "\\":
        end = source.find(mark, end + 1)
    latex = source[begin:end] if end > begin else ""
    if not latex.strip() or (mark == "$" and (latex[0].isspace() or latex[-1].isspace())):
        return False
    if not silent:
        token = state.push("formula", "", 0)
        token.content, token.markup = latex, mark
    state.pos = end + len(mark)
    return True


def _measured(state: StateInline, silent: bool) -> bool:
    """``{name}``."""
    name = NAME.match(state.src, state.pos)
    if name is None:
        return False
    if not silent:
        state.push("measured", "", 0).content = name[1]
    state.pos = name.end()
    return True


def _write_formula(renderer: RendererHTML, tokens: Sequence[Token], index: int, options: Any, env: Any) -> str:
    found: Found = env["found"]
    token = tokens[index]
    found.formulas += 1
    if len(token.content) > LONGEST_FORMULA:
        found.wrong(token, "a formula is too long", f"at most {LONGEST_FORMULA} characters")
        return ""
    if found.formulas > MOST_FORMULAS:
        found.wrong(token, "there are too many formulas", f"at most {MOST_FORMULAS} in a text")
        return ""
    try:
        return block(token.content) if token.markup == "$$" else inline(token.content)
    except Exception:  # what comes out of a formula that is none is of many kinds
        found.wrong(token, f"this formula cannot be read: {token.content[:60]}", "LaTeX")
        return ""


def _write_measured(renderer: RendererHTML, tokens: Sequence[Token], index: int, options: Any, env: Any) -> str:
    found: Found = env["found"]
    token = tokens[index]
    name = token.content
    if name not in found.names:
        found.wrong(
            token, f"{{{name}}} is none of this card's measures", ", ".join(found.names) or "none: the card has no measures"
        )
        return ""
    return f'<data value="{name}"></data>'


class _Links(MarkdownIt):
    links = LINK

    def validateLink(self, url: str) -> bool:  # noqa: N802  what markdown-it calls it
        return self.links.fullmatch(url) is not None or LESSON.fullmatch(url) is not None


def _link_lessons(tokens: Sequence[Token]) -> None:
    for token in tokens:
        _link_lessons(token.children or ())
        if token.type == "link_open" and (lesson := LESSON.fullmatch(str(token.attrs.get("href", "")))) is not None:
            token.attrs["href"] = f"#l={lesson[1]}" + (f".{lesson[2]}" if lesson[2] else "")


def _refused_links(source: str) -> str | None:
    """A link that was left as it is written."""
    left = re.search(r"\]\(\s*<?([a-z][a-z0-9+.-]{0,20}:[^\s)]{0,40})", source, re.IGNORECASE)
    return None if left is None or LINK.match(left[1]) else left[1]


def _look_after(state: Any) -> None:
    """After parsing: links to lessons, and what was meant to be a link or HTML and is none."""
    found: Found = state.env["found"]
    _link_lessons(state.tokens)
    for token in state.tokens:
        if token.type != "inline":
            continue
        line = state.env["first"] + (token.map[0] if token.map else 0)
        if (left := _refused_links(token.content)) is not None:
            found.problems.append(Problem(line, f"a link does not lead to {left}", LINKS))
        if "![" in token.content:
            found.problems.append(Problem(line, "pictures are not shown", "words and formulas"))
        for child in token.children or ():
            child.meta["line"] = line


def _markdown(links: re.Pattern[str]) -> MarkdownIt:
    made = _Links("commonmark", {"html": False, "maxNesting": 20})
    made.links = links
    made.disable(["image", "html_inline", "html_block", "reference"])
    made.inline.ruler.before("escape", "formula", _formula)
    made.inline.ruler.before("escape", "measured", _measured)
    made.core.ruler.push("look_after", _look_after)
    made.add_render_rule("formula", _write_formula)
    made.add_render_rule("measured", _write_measured)
    return made


_LESSONS = Writer(LINK)


@lru_cache(maxsize=1024)
def plain(text: str) -> str:
    """A line of Markdown as words alone: what a list or a printed heading says."""
    return re.sub(r"<[^>]*>", "", within_a_line(text, Found(1, ())))

"""A question asked in a room, from the first vote to the reveal."""

from __future__ import annotations

from live_server import Live
from room_pages import Class


def test_two_votes_and_a_reveal(live: Live) -> None:
    with Class(live, title="Monday") as group:
        first, second = group.learners
        assert first.me["name"] != second.me["name"] and first.room["title"] == "Monday"
        number = group.ask("a <b>tenth</b>", "all", ask="How much of it & why?", right=1)
        for page in group.learners:
            asked = page.told(lambda room: room["phase"] == "vote")
            assert asked["question"]["ask"] == "How much of it &amp; why?"
            assert asked["question"]["texts"] == ["a &lt;b&gt;tenth&lt;/b&gt;", "all"]
        assert 0 < first.room["closes_in"] <= 60
        first.do("vote", question=number, round=1, answer=0)
        first.do("vote", question=number, round=1, answer=1)
        second.do("vote", question=number, round=1, answer=0)
        group.all_told(lambda room: room["answered"] == 2)
        told = group.remote.told(lambda room: room["counts"] and room["counts"]["of"]["answered"] == 2)
        assert told["counts"]["of"]["counts"] == [1, 1] and told["advice"] == "talk"
        assert first.refused("own") == "locked"
        group.remote.do("close_vote")
        assert first.refused("vote", question=number, round=1, answer=0) == "closed"
        group.screen.do("vote_again", seconds=90)
        for page in group.learners:
            page.told(lambda room: room["round"] == 2)
            page.do("vote", question=number, round=2, answer=1)
        group.remote.do("counts_by_hand", round=2, counts=[1, 2, 3])
        assert group.screen.refused("reveal") == "not_now"
        group.remote.do("close_vote")
        group.all_told(lambda room: room["phase"] == "voted" and room["reveal"] is None)
        group.screen.do("reveal")
        group.all_told(lambda room: room["phase"] == "revealed")
        reveal = first.room["reveal"]
        assert reveal["truth"] == 1 and reveal["said"] == "all" and reveal["changed"] == 1
        assert [each["counts"] for each in reveal["rounds"]] == [[1, 1], [1, 4]]
        assert [each["answered"] for each in reveal["rounds"]] == [2, 8] and reveal["rounds"][1]["right"] == 0.5
        mine = first.told_me(lambda me: me["mines"] == [{"round": 1, "answer": 1}, {"round": 2, "answer": 1}])
        assert mine["mine"] == 1 and mine["mine_known"]
        text = group.screen.do("results", format="csv")["text"]
        assert text.splitlines()[0].startswith("question,") and len(text.splitlines()) == 1 + 2 + 8
        assert not any(page.me["name"] in text for page in group.learners)
        page = group.screen.do("results", format="page")["text"]
        assert "How much of it &amp; why?" in page and "Monday" in page

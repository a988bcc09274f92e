"""Once each: whatever happens, in whatever order, whether a server is up or down, a matter is told once, again only
when there is something new about it, and its end once."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from cchc.ledger import open_ledger
from cchc.registry.contacts import Contact
from cchc.watch import Facts, Unsent, look
from cchc.watch.messages import Message

PERIODS = [f"2026-0{n}" for n in range(1, 6)]
PERSON = Contact(unit="H50", role="approval", channel="email", address="duyet@x.example", valid_from=date(2026, 1, 1))


class Registry:
    """All that a look asks of a registry for this role."""

    contacts = (PERSON,)


class OnceEach(RuleBasedStateMachine):
    """A model of what the addressee knows, beside the look, on a real ledger."""

    def __init__(self) -> None:
        super().__init__()
        self.ledger = open_ledger("sqlite://")
        self.now = datetime(2026, 11, 5, 8)
        self.waiting: set[str] = set()
        self.is_known = True
        self.is_up = True
        self.crashes = False
        self.took: list[Message] = []
        # the model: what the addressee believes
        self.believes: set[str] = set()
        self.expected: list[str] = []

    def teardown(self) -> None:
        self.ledger.engine.dispose()

    @rule(periods=st.sets(st.sampled_from(PERIODS)))
    def things_change(self, periods: set[str]) -> None:
        self.waiting = periods

    @rule(up=st.booleans())
    def the_server(self, up: bool) -> None:
        self.is_up = up

    @rule(known=st.booleans())
    def the_warehouse_answers(self, known: bool) -> None:
        self.is_known = known

    @rule()
    def one_looks(self) -> None:
        self.now += timedelta(minutes=15)
        waiting = {period: date(2026, 10, 1) for period in sorted(self.waiting)} if self.is_known else None
        facts = Facts(self.now, self.now.date(), waiting=waiting)

        def send(_: Contact, message: Message) -> None:
            if not self.is_up:
                raise Unsent("down")
            self.took.append(message)

        registry: Any = Registry()
        found = look(facts, registry, self.ledger, 0.9, "", lambda _: "", send)
        news = self._news()
        assert len(found.unsent) == (1 if news and not self.is_up else 0)
        if self.is_up and news:
            self.expected.append(news)
        if self.is_known and (self.is_up or not news):
            self.believes = set(self.waiting)

    def _news(self) -> str | None:
        """What the addressee has to hear now, by the rule in words."""
        if not self.is_known:
            return None
        if not self.believes:
            return "opened" if self.waiting else None
        if not self.waiting:
            return "closed"
        return "changed" if self.waiting - self.believes else None

    @invariant()
    def he_heard_what_he_had_to(self) -> None:
        assert [message.data["state"] for message in self.took] == self.expected

    @invariant()
    def each_end_follows_a_beginning(self) -> None:
        states = [state for state in self.expected if state != "changed"]
        assert states == (["opened", "closed"] * len(states))[: len(states)]


OnceEach.TestCase.settings = hypothesis_settings(max_examples=60, stateful_step_count=25, deadline=None)
test_once_each = OnceEach.TestCase


def facts(*periods: str, minutes: int = 0) -> Facts:
    now = datetime(2026, 11, 5, 8) + timedelta(minutes=minutes)
    return Facts(now, now.date(), waiting={period: date(2026, 10, 1) for period in periods})


def test_a_crash_after_sending_repeats_that_message_alone_under_its_own_reference(tmp_path: Path) -> None:
    ledger = open_ledger(tmp_path / "ledger.sqlite")
    registry: Any = Registry()
    took: list[Message] = []

    class Killed(BaseException):
        pass

    def taken_then_killed(_: Contact, message: Message) -> None:
        took.append(message)
        raise Killed

    with pytest.raises(Killed):
        look(facts("2026-01"), registry, ledger, 0.9, "", lambda _: "", taken_then_killed)
    for minutes in (15, 30):
        look(facts("2026-01", minutes=minutes), registry, ledger, 0.9, "", lambda _: "", lambda _, m: took.append(m))
    assert len(took) == 2
    assert took[0].reference == took[1].reference


def test_a_dry_run_writes_nothing(tmp_path: Path) -> None:
    ledger = open_ledger(tmp_path / "ledger.sqlite")
    registry: Any = Registry()
    found = look(facts("2026-01"), registry, ledger, 0.9, "", lambda _: "", None)
    assert len(found.sent) == 1 and ledger.open_alerts() == []


def test_who_is_no_addressee_any_more_is_told_nothing(tmp_path: Path) -> None:
    ledger = open_ledger(tmp_path / "ledger.sqlite")
    registry: Any = Registry()
    took: list[Message] = []
    look(facts("2026-01"), registry, ledger, 0.9, "", lambda _: "", lambda _, m: took.append(m))
    gone: Any = type("Registry", (), {"contacts": [PERSON.model_copy(update={"valid_to": date(2026, 11, 4)})]})()
    look(facts(), gone, ledger, 0.9, "", lambda _: "", lambda _, m: took.append(m))
    assert len(took) == 1 and ledger.open_alerts() == []

"""Sound rows of every dataset, in canonical values: what is mutated afterwards."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from fuzz.contract import AGENCIES, COMMUNES, CRITERIA, DAY, PROCEDURES, Form
from fuzz.meant import Row

START, END = datetime(2026, 11, 1, 7), datetime(2026, 11, 25, 16)


def rows(random: Random, form: Form, count: int) -> list[Row]:
    """``count`` sound rows with distinct keys."""
    numbers = random.sample(range(1, 9999), count)
    make = {"dossiers": _dossier, "payments": _payment, "vneid": _vneid, "feedback": _feedback, "apologies": _letter}
    make["declared"] = _declared
    made = [make[form.dataset](random, form, number) for number in numbers]
    if form.dataset == "vneid":
        for row, commune in zip(made, random.sample(COMMUNES, count), strict=True):
            row["commune_code"] = commune
    return made


def _moment(random: Random, since: datetime, until: datetime = END) -> datetime:
    minutes = max(0, int((until - since).total_seconds() // 60))
    return since + timedelta(minutes=random.randint(0, minutes))


def _code(random: Random, unit: str, day: date, number: int) -> str:
    stem = random.choice((unit, unit, "000.00.17.H50"))
    return f"{stem}-{day:%y%m%d}-{number:04d}"


def _dossier(random: Random, form: Form, number: int) -> Row:
    submitted = _moment(random, START, END - timedelta(days=3))
    received = _moment(random, submitted, submitted + timedelta(days=1))
    status = random.choice((2, 4, 4, 9, 9, 9, 10, 10, 3, 5))
    ended = _moment(random, received)
    asked = _moment(random, received)
    supplements: tuple[Any, ...] = ()
    if status == 5 or random.random() < 0.2:
        supplements = ((asked, None if status == 5 else _moment(random, asked)),)
    # what a dialect can't say is never meant
    kinds = {"dvcqg2022": ("citizen", "business", "agency", "organisation"), "dvcqg2026": ("citizen", "business")}
    has_update = form.dialect == "dvcqg2026"
    return {
        "dossier_code": _code(random, form.unit, received.date(), number),
        "procedure_code": random.choice(PROCEDURES),
        "receiving_unit": None if form.dialect == "dvcqg2022" else random.choice((None, form.unit)),
        "handling_unit": random.choice((None, form.unit, random.choice(AGENCIES))),
        "applicant_kind": random.choice(kinds.get(form.dialect, ("citizen", "business", "household", "organisation"))),
        "channel": random.choice(("direct", "online", "online", "postal")),
        "submitted_at": submitted,
        "received_at": received,
        "due_at": datetime.combine(received.date(), datetime.min.time())
        + timedelta(days=random.randint(1, 15), hours=random.randint(8, 17)),
        "finished_at": ended if status in (9, 10) else None,
        "returned_at": _moment(random, ended) if status == 10 else None,
        "refused_at": ended if status == 3 else None,
        "status": str(status),
        "has_digitised_parts": random.random() < 0.5,
        "vneid_verified": random.random() < 0.5,
        "online_payment": random.choice(("0", "1", "2")),
        "fees": tuple(random.choice((0, 8000, 50000, 125500, 2000000)) for _ in range(random.randint(0, 2))),
        "supplements": supplements,
        "reused_part": random.random() < 0.5,
        "from_personal_store": random.random() < 0.5,
        "has_electronic_result": random.random() < 0.5,
        "updated_at": _moment(random, received) if has_update else None,
    }


def _payment(random: Random, form: Form, number: int) -> Row:
    paid = _moment(random, START)
    return {
        "transaction_code": f"GD{paid:%y%m%d}{number:06d}X",
        "dossier_code": _code(random, "H50.101", paid.date(), number),
        "procedure_code": random.choice(PROCEDURES),
        "unit": random.choice(AGENCIES),
        "amount_vnd": random.choice((0, 8000, 50000, 125500, 2000000)),
        "gateway": random.choice(("1", "2")),
        "outcome": random.choice(("succeeded", "succeeded", "failed", "refunded")),
        "paid_at": paid,
    }


def _vneid(random: Random, form: Form, number: int) -> Row:
    holders = random.randint(1000, 30000)
    return {
        "commune_code": "",
        "as_of_date": DAY,
        "chip_card_holders": holders,
        "activated_level1": holders // 7,
        "activated_level2": holders // 3,
    }


def _feedback(random: Random, form: Form, number: int) -> Row:
    received = _moment(random, START)
    answered = random.choice((None, _moment(random, received)))
    return {
        "feedback_code": f"PAKN-{received:%y%m%d}-{number:05d}",
        "unit": random.choice(AGENCIES),
        "dossier_code": random.choice((None, _code(random, "H50.101", received.date(), number))),
        "kind": random.choice(("regulation", "staff", "rating")),
        "received_at": received,
        "due_at": received + timedelta(days=random.randint(1, 15)),
        "answered_at": answered,
        "satisfied": random.choice((None, True, False)) if answered else None,
    }


def _letter(random: Random, form: Form, number: int) -> Row:
    signed = _moment(random, START)
    return {
        "unit": form.unit,
        "dossier_code": _code(random, form.unit, signed.date(), number),
        "letter_number": random.choice(("1", "2", "3")),
        "signed_at": signed,
        "new_due_at": random.choice((None, signed + timedelta(days=random.randint(1, 15)))),
        "sent": random.random() < 0.5,
    }


def _declared(random: Random, form: Form, number: int) -> Row:
    cases = random.randint(1, 2000)
    unit = AGENCIES[number % len(AGENCIES)]
    return {
        "unit": unit,
        "criterion": CRITERIA[number // len(AGENCIES) % len(CRITERIA)],
        "period_start": date(2026, 10, 1),
        "period_end": date(2026, 10, 31),
        "numerator": random.randint(0, cases),
        "denominator": cases,
        "declared_by": random.choice((None, form.unit, unit)),
        "declared_at": DAY - timedelta(days=random.randint(0, 10)),
        "evidence_name": random.choice((None, f"MC-{unit}-{number}.pdf")),
        "evidence_sha256": random.choice((None, f"{number:064x}")),
    }

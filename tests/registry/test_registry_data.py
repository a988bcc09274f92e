"""What must hold of the packaged data."""

from __future__ import annotations

from collections import Counter
from datetime import date
from decimal import Decimal

import pytest

from cchc.registry.check import check
from cchc.registry.open import Registry, open_registry

TODAY = date(2026, 11, 21)


@pytest.fixture(scope="module")
def registry() -> Registry:
    return open_registry()


def test_packaged_registry_has_no_problem() -> None:
    assert check() == []


def test_provinces_before_and_after_the_merger(registry: Registry) -> None:
    def provinces(day: date) -> Counter[str | None]:
        return Counter(unit.kind for unit in registry.units_on(day).values() if unit.level == "province")

    assert sum(provinces(date(2025, 6, 30)).values()) == 63
    assert provinces(date(2025, 7, 1)) == {"tỉnh": 28, "thành phố": 6}
    assert provinces(TODAY) == {"tỉnh": 25, "thành phố": 9}


def test_quang_tri_is_whole(registry: Registry) -> None:
    communes = registry.units_below("H50", "commune", TODAY)
    admin = [registry.units_on(TODAY)[code].admin_code for code in communes]
    assert len(communes) == 78
    assert communes[0] == "H50.101"
    assert admin == sorted(admin, key=str)
    assert registry.units_on(TODAY)["H50.104"].name == "Xã Minh Hóa"
    old = date(2023, 6, 1)
    assert len(registry.units_below("H50", "district", old)) == 10
    assert len(registry.units_below("H46", "district", old)) == 8
    assert len(registry.units_below("H50.D470", "commune", old)) == 15
    assert len(registry.units_below("H40.D365", "commune", old)) == 20


def test_each_quang_tri_unit_delivers_through_one_system(registry: Registry) -> None:
    delivered = Counter(unit for code in registry.systems for unit in registry.delivery_units(code, "dossiers", TODAY))
    assert set(registry.units_below("H50", "commune", TODAY)) <= set(delivered)
    assert set(delivered.values()) == {1}
    dialects = {spec.dialect for s in registry.systems.values() for spec in s.datasets if spec.dataset == "dossiers"}
    assert dialects == {"onecsv", "workbook", "dvcqg2022", "dvcqg2026"}
    assert {spec.headings for s in registry.systems.values() for spec in s.datasets} == {None, "A", "B", "C"}


def test_every_old_commune_has_a_successor_in_force(registry: Registry) -> None:
    new = registry.admin_codes_on(TODAY, "commune")
    in_quang_tri = {u.admin_code for u in registry.units_on(TODAY).values() if (u.parent or "") == "H50"} - {None}
    merged = {merger.new_admin_code for merger in registry.mergers if merger.old_level != "province"}
    assert in_quang_tri <= merged
    assert in_quang_tri <= new
    old = {
        unit.admin_code
        for unit in registry.units_on(date(2025, 6, 30)).values()
        if unit.level == "commune" and unit.agency_code.startswith(("H50.D", "H46.D", "H40.D365", "H49.D200"))
    }
    assert old <= {merger.old_admin_code for merger in registry.mergers}
    vinh_hoang = {merger.new_name for merger in registry.mergers if merger.old_admin_code == "19378"}
    assert vinh_hoang == {"Xã Vĩnh Hoàng"}


def test_methods_make_a_hundred(registry: Registry) -> None:
    for method in registry.methods.values():
        assert sum(criterion.max_score for _, criterion in method.criteria()) == Decimal(100)
        assert len(method.criteria()) == 21
    portal, document = registry.methods["qd766-portal-2026"], registry.methods["qd766-document-20261007"]
    full = [{c.criterion: c.full_at_percent for _, c in method.criteria()} for method in (portal, document)]
    assert {name for name in full[0] if full[0][name] != full[1][name]} == {"SO_HOA_GIAY_TO_GIAI_QUYET"}
    assert portal.is_default
    zero = {c.criterion for _, c in portal.criteria() if c.zero_denominator == "maximum"}
    assert zero == {"PETITION_PROCESSING_ON_TIME", "PETITION_HANDLING_SATISFACTION"}


def test_one_rule_of_timeliness_judges_every_day(registry: Registry) -> None:
    presets = {rule.rule_set: rule for rule in registry.timeliness_rules}
    assert set(presets) == {"qd766-portal-2026", "qd766_fd_20261007", "report_ii06"}
    (rule,) = registry.rules_in_force
    assert (rule.rule_set, rule.valid_from, rule.valid_to) == ("qd766-portal-2026", date(1900, 1, 1), None)
    portal, document = (presets[name].model_dump() for name in ("qd766-portal-2026", "qd766_fd_20261007"))
    named = ("rule_set", "name_vi", "name_en", "source")
    assert {key for key in portal if portal[key] != document[key]} - {*named} == {"without_due"}


def test_every_criterion_is_an_indicator(registry: Registry) -> None:
    indicators = {item.indicator: item.dataset for item in registry.indicators}
    criteria = {c.criterion for method in registry.methods.values() for _, c in method.criteria()}
    assert criteria | {"VNEID_ACTIVATED", "PAYMENT_TRANSACTION_ONLINE", "OVERDUE_WITH_APOLOGY"} == set(indicators)
    assert sum(dataset != "portal" for dataset in indicators.values()) == 17


def test_published_figures_keep_their_faults(registry: Registry) -> None:
    flagged = {item.figure_id: (item.flag, item.suggested_value) for item in registry.published_figures if item.flag}
    assert flagged == {
        "hailang-2023-own-received": ("unbalanced", Decimal(1297)),
        "hailang-2023-own-running": ("unbalanced", None),
        "giaothuy-2023-9m-below-digitised-percent": ("truncated", Decimal("97.8")),
    }
    assert len({item.figure_id for item in registry.published_figures}) == len(registry.published_figures)


def test_history_is_in_the_catalogue(registry: Registry) -> None:
    valid = {item.procedure_code for item in registry.procedures if item.valid_on(date(2023, 1, 1))}
    assert valid == registry.procedure_codes
    assert len(registry.procedure_codes) == 123


def test_portal_answers_know_every_group(registry: Registry) -> None:
    groups = {group.group for group, _ in registry.methods["qd766-portal-2026"].criteria()}
    assert set(registry.portal_groups.values()) == groups
    assert [item.criterion for item in registry.portal_criteria["dvc-progress-tree"]] == ["PROCESSING_ON_TIME"]
    assert registry.portal_criteria["provide-online-tree"][0].numerator_keys == ("partialCount", "fullCount")
    assert registry.portal_criteria["transparency"] == []

"""Which numbers of a sentence are figures, and what each counts."""

from __future__ import annotations

import pytest

from cchc.claims.figures import COUNT, PERCENT, figures


@pytest.mark.parametrize(
    "text",
    [
        "Quyết định số 766/QĐ-TTg ngày 23/6/2022 của Thủ tướng Chính phủ",
        "Nghị định 61/2018/NĐ-CP, Thông tư số 03/2025/TT-VPCP",
        "Nghị quyết số 05- Q/TU ngày 09/4/2021",
        "giai đoạn 2021-2025, năm 2026, quý III/2026, tháng 9 năm 2026, 9 tháng đầu năm 2026",
        "từ ngày 15/12/2024 đến ngày 14/6/2025",
        "xếp thứ 3/13 huyện, hạng 7",
        "dịch vụ công mức độ 3, 4",
        "Đề án 06, Điều 5, khoản 2, mẫu số 04, phụ lục 2",
        "lúc 8h30 và 14 giờ, tổng đài 1900.1234, https://motcua.example.vn/2026/9",
        "1. Tình hình chung",
        "2.1. Tiếp nhận hồ sơ",
    ],
)
def test_dates_documents_and_ranks_are_no_figures(text: str) -> None:
    assert figures(text) == []


@pytest.mark.parametrize(
    ("text", "value", "tag"),
    [
        ("đã tiếp nhận 1.279 hồ sơ", "1279", "received"),
        ("có 3 hồ sơ quá hạn", "3", "overdue"),
        ("155 hồ sơ đang giải quyết, ", "155", "running"),
        ("tiếp nhận trực tuyến 900 hồ sơ", "900", "online"),
        ("giải quyết sớm và đúng hạn 21.727 hồ sơ", "21727", "on_time"),
        ("giải quyết trước hạn là 50 hồ sơ", "50", "early"),
        ("Bộ phận Tiếp nhận và trả kết quả đã giải quyết 12 hồ sơ", "12", "resolved"),
        ("Trong kỳ không có hồ sơ quá hạn", "0", "overdue"),
        ("tiếp nhận mới 40 hồ sơ", "40", "new"),
        ("kỳ trước chuyển sang 4 hồ sơ", "4", "carried"),
    ],
)
def test_the_words_beside_a_count_say_what_it_counts(text: str, value: str, tag: str) -> None:
    (found,) = figures(text)
    assert (str(found.number.value), set(found.tags), found.kind) == (value, {tag}, COUNT)


def test_each_figure_takes_its_own_words() -> None:
    found = figures("đã giải quyết 100 hồ sơ (trước hạn 60 hồ sơ, chiếm 60%, quá hạn 2 hồ sơ), đang giải quyết 7 hồ sơ")
    assert [(str(each.number.value), sorted(each.tags), len(each.brackets)) for each in found] == [
        ("100", ["resolved"], 0),
        ("60", ["early"], 1),
        ("60", [], 1),
        ("2", ["overdue"], 1),
        ("7", ["running"], 0),
    ]
    assert [each.kind for each in found].count(PERCENT) == 1


def test_a_bound_keeps_its_word_and_a_comparison_is_none() -> None:
    found = figures("hơn 7.600 hồ sơ, trên 98%, gần 100 hồ sơ và 30% trở lên")
    assert [each.hedge for each in found] == ["hơn", "trên", "gần", "trở lên"]
    assert [each.hedge for each in figures("cao hơn 1,71% và nhiều hơn 20 hồ sơ")] == [None, None]


def test_two_numbers_with_a_stroke_are_a_part_and_its_whole() -> None:
    (found,) = figures("đúng hạn 1.183/1.243 hồ sơ")
    assert found.of is not None and (str(found.number.value), str(found.of.value)) == ("1183", "1243")

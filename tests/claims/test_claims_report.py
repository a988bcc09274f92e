"""Draft reports: what holds passes, what does not is named with what should stand there, the rest is listed."""

from __future__ import annotations

import zipfile
from decimal import Decimal
from pathlib import Path

import pytest
from claim_reports import Counts, balance, online, percent, timeliness, vi, write_docx
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from cchc.claims import ANSWER_COLUMNS, Answer, Paragraph, Sentence, judge_report, paragraphs, row
from cchc.errors import PermanentError

MANY = st.integers(1, 50_000)
COUNTS = st.builds(Counts, MANY, MANY, st.integers(0, 500), MANY, MANY).filter(lambda c: c.online <= c.received)


def judged(*lines: str) -> list[Sentence]:
    return judge_report([Paragraph(number, line) for number, line in enumerate(lines, start=1)])


def answer(*lines: str) -> Answer:
    """The answer to the last sentence."""
    return judged(*lines)[-1].answer


@settings(deadline=None)
@given(COUNTS)
def test_a_report_that_holds_passes(c: Counts) -> None:
    for each in judged(f"{balance(c)} {timeliness(c)}", online(c)):
        assert (each.answer, each.should_be, each.not_understood) == (Answer.GOOD, "", []), each.text


@settings(deadline=None)
@given(COUNTS, st.integers(-500, 500).filter(bool))
def test_a_balance_that_does_not_hold_is_named(c: Counts, off: int) -> None:
    stated = c.received + off
    assume(stated > 0)
    (found,) = judged(balance(c, stated))
    assert found.answer is Answer.MEND
    assert f"{vi(stated)} → {vi(c.received)}" in found.should_be


@settings(deadline=None)
@given(COUNTS, st.integers(1, 500))
def test_parts_that_do_not_make_their_whole_are_named(c: Counts, off: int) -> None:
    (found,) = judged(timeliness(c, c.overdue + off))
    assert found.answer is Answer.MEND and vi(c.resolved + off) in found.should_be


@settings(deadline=None)
@given(COUNTS, st.integers(3, 3000))
def test_a_rate_that_does_not_follow_is_named(c: Counts, off: int) -> None:
    stated = percent(c.online, c.received) + Decimal(off) / 100
    # no other count of the report may give it
    assume(all(abs(percent(c.online, whole) - stated) > Decimal("0.02") for whole in (c.resolved, c.running)))
    found = judged(balance(c), online(c, stated))[-1]
    assert found.answer is Answer.MEND
    assert found.should_be == f"{vi(stated)}% → {vi(percent(c.online, c.received))}%"


@pytest.mark.parametrize(
    ("lines", "wanted"),
    [
        (["Tiếp nhận 2.896 hồ sơ, trong đó: trực tuyến 900 hồ sơ (31,08%), trực tiếp 1.996 hồ sơ (68,92%)."], "đạt"),
        (["Tiếp nhận 2.896 hồ sơ, trong đó: trực tuyến 900 hồ sơ, trực tiếp 1.986 hồ sơ."], "sửa"),
        (["Tiếp nhận 2.896 hồ sơ, trong đó quá hạn 40 hồ sơ (1,38%)."], "đạt"),
        (["Đang giải quyết 7.172 hồ sơ: 5.950 chưa đến hạn, 1.222 quá hạn."], "đạt"),
        (["Đang giải quyết 7.172 hồ sơ: 5.950 chưa đến hạn, 1.212 quá hạn."], "sửa"),
        (["Tiếp nhận 659.245 hồ sơ (cấp tỉnh 54.575, cấp huyện 340.060, cấp xã 264.610)."], "đạt"),
        (["Tiếp nhận 659.245 hồ sơ (cấp tỉnh 54.575, cấp huyện 340.060, cấp xã 264.601)."], "sửa"),
        (["Đã giải quyết 643.272 hồ sơ; đúng và trước hạn 635.593 hồ sơ; quá hạn 7.677 hồ sơ."], "sửa"),
        (["Tiếp nhận mới 4.131 hồ sơ, kỳ trước chuyển sang 2.171 hồ sơ, lũy kế 6.302 hồ sơ."], "đạt"),
        (["Tổng số phải giải quyết 6.302 hồ sơ (mới 4.131, kỳ trước chuyển sang 2.170)."], "sửa"),
        (["Đã giải quyết 12.970 hồ sơ, quá hạn 102 hồ sơ. Tỷ lệ đúng hạn đạt 99,2%."], "đạt"),
        (["Đã giải quyết 12.970 hồ sơ, quá hạn 102 hồ sơ. Tỷ lệ đúng hạn đạt 99,7%."], "sửa"),
        (["Giải quyết đúng hạn đạt 95,2% (1.183/1.243 hồ sơ)."], "đạt"),
        (["Giải quyết đúng hạn 1.183/1.243 hồ sơ, đạt 96,2%."], "sửa"),
        (["Có 76 hồ sơ quá hạn trên tổng số 6.432 hồ sơ đã giải quyết, chiếm 1,18%."], "đạt"),
        (["Đã số hóa 1.283/1.279 hồ sơ."], "sửa"),
        (["Công khai đầy đủ với 14 thủ tục và 439 lĩnh vực."], "sửa"),
        (["Tiếp nhận 1.000 hồ sơ.", "Đã giải quyết 800 hồ sơ.", "Đang giải quyết 150 hồ sơ."], "sửa"),
        (["Kết quả số hóa 46.166/47.219 hồ sơ, đạt 97,7%."], "đạt"),
        (
            ["Tiếp nhận: 350 hồ sơ (trực tuyến: 300; trực tiếp: 50), giải quyết: 340, đang giải quyết: 20."],
            "sửa",
        ),
        (["Hồ sơ trực tuyến đạt 64,5% (14.112 hồ sơ) trên tổng số 21.882 hồ sơ tiếp nhận."], "đạt"),
        (["Có 96/99 xã, phường đạt trên 90 điểm, chiếm 97%."], "đạt"),
        (["Trong 1.279 hồ sơ tiếp nhận có 838 hồ sơ trực tuyến (65,5%) và 441 hồ sơ trực tiếp (34,5%)."], "đạt"),
        (["Thực hiện 70 nhiệm vụ, trong đó: hoàn thành 50 nhiệm vụ, đang thực hiện 18, chưa thực hiện 2."], "đạt"),
        (["Thực hiện 70 nhiệm vụ, trong đó: hoàn thành 50 nhiệm vụ, đang thực hiện 18, chưa thực hiện 3."], "sửa"),
        (["Toàn tỉnh có 125 đơn vị cấp xã, gồm 78 xã, 45 phường và 01 đặc khu."], "sửa"),
        (["Khảo sát 200 phiếu, có 196 phiếu hài lòng và rất hài lòng, đạt 98%."], "đạt"),
        (["Đã giải ngân 80/100 tỷ đồng, đạt 75%."], "sửa"),
        (["Tổng số 218.763 hồ sơ, gồm trực tuyến 19.838, kỳ trước 8.606, trực tiếp và bưu chính 190.319."], "đạt"),
        (
            ["Huyện tiếp nhận 90, giải quyết 80, đang giải quyết 10; xã nhận được 5, giải quyết 4, đang xử lý 1."],
            "đạt",
        ),
        (
            ["Tiếp nhận 25.430 (mới tiếp nhận trực tuyến: 15.230; trực tiếp, bưu chính: 9.200; kỳ trước: 1.000)."],
            "đạt",
        ),
        (
            ["Tiếp nhận 25.430 (mới tiếp nhận trực tuyến: 15.230; trực tiếp, bưu chính: 9.300; kỳ trước: 1.000)."],
            "sửa",
        ),
        # slack is no error
        (["Trên 98% người dân hài lòng."], "không kiểm được"),
        (["Tiếp nhận hơn 7.600 hồ sơ, gồm 3.000 hồ sơ trực tuyến và 4.677 hồ sơ trực tiếp."], "không kiểm được"),
        (["Đạt 28,81/30 điểm, bằng 96,04%."], "không kiểm được"),
        (["Tiếp nhận 500 hồ sơ, trong đó có 20 hồ sơ đất đai và 30 hồ sơ hộ tịch."], "không kiểm được"),
        (["Đã giải quyết 3.839 hồ sơ, trong đó trước hạn 3.517 hồ sơ, đúng hạn 300 hồ sơ."], "không kiểm được"),
        # another place, another whole, another time
        (["Toàn tỉnh tiếp nhận 900 hồ sơ.", "Cấp xã giải quyết 50 hồ sơ, đang giải quyết 4 hồ sơ."], "không kiểm được"),
        (["Tiếp nhận 900 hồ sơ, tăng 12% so với cùng kỳ."], "không kiểm được"),
        (["Tỷ lệ số hóa là 68,7%."], "không kiểm được"),
        (["Tiếp nhận 1.520 hồ sơ.", "Hồ sơ mới 3.200 hồ sơ; kỳ trước chuyển qua 250 hồ sơ."], "không kiểm được"),
        (["Số hồ sơ tiếp nhận tăng 120 hồ sơ (tương ứng tăng 8,5%)."], "không kiểm được"),
    ],
)
def test_sentences_of_reports(lines: list[str], wanted: str) -> None:
    found = judged(*lines)[-1]
    assert found.answer.value == wanted, found.explanation()


def test_a_rate_over_another_denominator_passes_and_says_so() -> None:
    found = judged("Tiếp nhận 2.896 hồ sơ, đã giải quyết 2.131 hồ sơ; quá hạn 40 hồ sơ, chiếm 1,38%.")[0]
    assert found.answer is Answer.GOOD and "Chỉ khớp nếu chia cho số khác: số tiếp nhận (2.896)" in found.explanation()


def test_what_no_rule_uses_is_listed() -> None:
    found = judged("Tiếp nhận 10 hồ sơ, đã giải quyết 8 hồ sơ, đang giải quyết 2 hồ sơ; có 4 xã đạt 12 điểm.")[0]
    assert found.answer is Answer.GOOD and found.not_understood == ["4 xã", "12 điểm"]


def test_a_sentence_without_figures_is_not_listed() -> None:
    assert judged("Tiếp tục đẩy mạnh cải cách hành chính theo Quyết định số 766/QĐ-TTg.") == []


def test_english_signs_are_read_where_the_text_has_them() -> None:
    text = "Tiếp nhận 44,855 hồ sơ, gồm 2,381 hồ sơ trực tuyến và 42,474 hồ sơ trực tiếp, đạt 94.7%."
    assert answer(text) is Answer.GOOD


PIECES = st.sampled_from(
    [
        "tiếp nhận",
        "đã giải quyết",
        "quá hạn",
        "trực tuyến",
        "trong đó",
        "gồm",
        "hồ sơ",
        "điểm",
        "tỷ",
        "đạt",
        "chiếm",
        "tăng",
        "hơn",
        "trên tổng số",
        "không có hồ sơ",
        "ngày 3/4/2026",
        "%",
        ",",
        ";",
        ":",
        ".",
        "(",
        ")",
        "=",
        "/",
        "0",
        "1",
        "05",
        "1.279",
        "64,5",
        "96.04",
        "1.2.3",
        "12/13",
        "0/0",
        "5/0",
        "2.000.000",
        "99.812",
        "0,0",
    ]
)


@settings(deadline=None)
@given(st.lists(PIECES, max_size=40).map(" ".join) | st.text())
def test_whatever_stands_there_is_answered(text: str) -> None:
    for sentence in judged(text, text):
        assert sentence.answer in Answer and len(row(sentence)) == len(ANSWER_COLUMNS) == len(row(sentence, "en"))


LINES = [
    "UBND XÃ VĨNH ĐỊNH",
    "Tổng số hồ sơ tiếp nhận là 2.896 hồ sơ, trong đó:",
    "Trực tuyến: 900 hồ sơ;",
    "Trực tiếp: 1.986 hồ sơ.",
]


def test_points_of_a_list_belong_to_the_line_before(tmp_path: Path) -> None:
    text = tmp_path / "report.txt"
    text.write_text("\n".join([*LINES[:2], *(f"- {line}" for line in LINES[2:])]), encoding="utf-8")
    (found,) = judge_report(paragraphs(text))
    assert found.answer is Answer.MEND and found.should_be.startswith("2.896 → 2.886")


def test_a_word_document_says_the_same_as_its_text(tmp_path: Path) -> None:
    document = write_docx(tmp_path / "report.docx", LINES, [["Nội dung", "Số"], ["Tiếp nhận", "2.896"]], listed=2)
    mended, table = judge_report(paragraphs(document))
    assert mended.answer is Answer.MEND and mended.should_be.startswith("2.896 → 2.886")
    assert table.answer is Answer.OPEN and table.not_understood == ["2.896"] and "Bảng" in table.explanation()


def test_text_boxes_and_moved_text_are_read_once(tmp_path: Path) -> None:
    w = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    mc = "http://schemas.openxmlformats.org/markup-compatibility/2006"
    box = "<w:txbxContent><w:p><w:r><w:t>Trong khung</w:t></w:r></w:p></w:txbxContent>"
    both = f"<mc:AlternateContent><mc:Choice>{box}</mc:Choice><mc:Fallback>{box}</mc:Fallback></mc:AlternateContent>"
    moved = "<w:moveFrom><w:r><w:t>cũ</w:t></w:r></w:moveFrom><w:del><w:r><w:delText>bỏ</w:delText></w:r></w:del>"
    path = tmp_path / "box.docx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(
            "word/document.xml",
            f'<w:document xmlns:w="{w}" xmlns:mc="{mc}"><w:body><w:p><w:r><w:t>Ngoài </w:t>{both}</w:r>{moved}'
            "<w:r><w:t>khung</w:t></w:r></w:p></w:body></w:document>",
        )
    assert [each.text for each in paragraphs(path)] == ["Ngoài khung", "Trong khung"]


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.pdf", b"%PDF", "docx or .txt"),
        ("a.txt", b"\xff\xfe\x00", "not UTF-8"),
        ("a.docx", b"no archive", "no Word document"),
    ],
)
def test_a_file_that_is_no_report_is_refused(tmp_path: Path, name: str, content: bytes, said: str) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(PermanentError, match=said):
        paragraphs(path)


def test_a_document_without_its_text_or_with_entities_harms_nobody(tmp_path: Path) -> None:
    empty = tmp_path / "empty.docx"
    with zipfile.ZipFile(empty, "w") as archive:
        archive.writestr("other.xml", "<a/>")
    with pytest.raises(PermanentError, match="no Word document"):
        paragraphs(empty)
    hostile = tmp_path / "hostile.docx"
    secret = tmp_path / "secret.txt"
    secret.write_text("1.279 hồ sơ", encoding="utf-8")
    w = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    with zipfile.ZipFile(hostile, "w") as archive:
        archive.writestr(
            "word/document.xml",
            f'<!DOCTYPE d [<!ENTITY x SYSTEM "{secret.as_uri()}">]><w:document xmlns:w="{w}"><w:body><w:p><w:r>'
            "<w:t>Tiếp nhận &x;</w:t></w:r></w:p></w:body></w:document>",
        )
    assert all("1.279" not in each.text for each in paragraphs(hostile))


def test_a_missing_file_is_said(tmp_path: Path) -> None:
    for name in ("none.txt", "none.docx"):
        with pytest.raises(PermanentError, match="cannot be read"):
            paragraphs(tmp_path / name)

"""``datapackage.json`` and ``README.md``: what the files of the open data hold, in both languages.

Frictionless Data Package 1.0 with Table Schema (specs.frictionlessdata.io).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cchc.conceal import MARK, covers
from cchc.opendata.choose import Titles
from cchc.serve import Relation

#: Where open data of state bodies is ruled: free to use, with the source named, as the version that was taken.
LAW = "Nghị định 47/2020/NĐ-CP, Chương III (dữ liệu mở của cơ quan nhà nước)"


#: What is hidden, and why; {least} is the smallest count that is shown.
RULE_VI = (
    "Số đếm của một đơn vị trong một kỳ từ 1 đến dưới {least}, và phần còn lại của một tổng nhỏ như thế, được che cùng "
    "mọi số đếm trên cùng các hồ sơ; các số khác mà phép trừ theo đơn vị, theo kỳ hay theo phần của tổng sẽ làm lộ "
    "chúng cũng được che. Số 0, điểm và hạng hiện đủ. Trang công khai của cùng bản dựng che đúng như vậy."
)
RULE_EN = (
    "A unit's count in a period from 1 up to less than {least}, or a rest of a whole as small, is hidden with every "
    "count over the same cases, and so is what would give it away by subtraction: other units, periods, parts of a "
    "whole. Zero, scores and ranks are shown. The public site of the same build hides the same."
)
#: What an empty cell is.
EMPTY = (
    "Trống là không biết hoặc không áp dụng, không phải số 0; nhưng nếu `is_suppressed` đúng thì số đếm được che. · "
    "Empty is unknown or not applicable, never zero; but where `is_suppressed` is true, counts are known and hidden."
)


@dataclass(frozen=True)
class Concealment:
    """The least count that is shown, and by relation how many rows have hidden counts."""

    least: int
    rows: Mapping[str, int]

    def described(self) -> dict[str, Any]:
        """As the descriptor has it."""
        return {
            "rule": f"{RULE_VI} · {RULE_EN}".format(least=self.least),
            "least_published": self.least,
            "marked_by": MARK,
            "rows_suppressed": sum(self.rows.values()),
        }


def field(relation: Relation, name: str, titles: Titles) -> dict[str, Any]:
    """One column as a field of a Table Schema."""
    column = next(each for each in relation.columns if each.name == name)
    kind = re.sub(r"\(.*", "", column.data_type)
    types = {"varchar": "string", "bigint": "integer", "decimal": "number", "timestamp": "datetime"}
    found: dict[str, Any] = {
        "name": name,
        "title": titles.of(relation.name, name),
        "title_en": name.replace("_", " "),
        "description": column.description,
        "type": types.get(kind, kind),
    }
    if kind == "timestamp":
        found["format"] = "%Y-%m-%d %H:%M:%S"
    constraints: dict[str, Any] = {}
    if name in relation.key:
        constraints["required"] = True
    if relation.key == (name,):
        constraints["unique"] = True
    return found | ({"constraints": constraints} if constraints else {})


def schema(relation: Relation, among: set[str], titles: Titles) -> dict[str, Any]:
    """The Table Schema of one relation; it refers to other open relations only."""
    found: dict[str, Any] = {
        "fields": [field(relation, column.name, titles) for column in relation.columns],
        "missingValues": [""],
    }
    if relation.key:
        found["primaryKey"] = list(relation.key)
    keys = [
        {"fields": [each.column], "reference": {"resource": each.to, "fields": [each.to_column]}}
        for each in relation.references
        if each.to in among
    ]
    return found | ({"foreignKeys": keys} if keys else {})


def package(
    relations: Sequence[Relation],
    written: Mapping[str, Mapping[str, Any]],
    build: Mapping[str, Any],
    licence: Mapping[str, str],
    sources: Sequence[str],
    concealment: Concealment,
    titles: Titles,
) -> dict[str, Any]:
    """The descriptor. ``written``: of each file of ``data/`` its hash, size and rows."""
    among = {each.name for each in relations}
    resources = []
    for each in relations:
        said: dict[str, Any] = {"title": titles.relations.get(each.name, each.name), "description": each.description}
        name = f"data/{each.name}.csv"
        if covers(each.name):
            said["rows_suppressed"] = concealment.rows.get(each.name, 0)
        resources.append(
            {
                "name": each.name,
                "path": name,
                "profile": "tabular-data-resource",
                **said,
                "format": "csv",
                "mediatype": "text/csv",
                "encoding": "utf-8",
                **written[name],
                "schema": schema(each, among, titles),
            }
        )
    for each in relations:
        name = f"data/{each.name}.parquet"
        title = titles.relations.get(each.name, each.name)
        resources.append(
            {
                "name": f"{each.name}.parquet",
                "path": name,
                "profile": "data-resource",
                "title": f"{title} (Parquet)",
                "description": f"The rows of {each.name} with their types.",
                "type": "file",
                "format": "parquet",
                "mediatype": "application/vnd.apache.parquet",
                **{fact: value for fact, value in written[name].items() if fact != "rows"},
            }
        )
    return {
        "profile": "data-package",
        "name": "cchc-open-data",
        "title": "Dữ liệu mở về chỉ số cải cách hành chính · Open data on administrative reform",
        "description": (
            f"Số liệu đến ngày {build['last_business_day']}, dựng bởi cchc {build['program_version']}; không có hồ sơ, "
            "tệp hay người nào. · Figures only, no single case, file or person in it."
        ),
        "version": str(build["build_no"]),
        "created": f"{build['served_at'].isoformat()}+07:00",
        "licenses": [dict(licence)],
        "sources": [{"title": each} for each in sources],
        "concealment": concealment.described(),
        "resources": resources,
    }


def readme(descriptor: Mapping[str, Any]) -> str:
    """The dictionary for people."""
    licence = descriptor["licenses"][0]
    tables = [each for each in descriptor["resources"] if each["format"] == "csv"]
    concealment = descriptor["concealment"]
    lines = [
        f"# {descriptor['title']}",
        "",
        descriptor["description"],
        "",
        f"- Bản dựng · build: {descriptor['version']}, {descriptor['created']}",
        f"- Giấy phép · licence: [{licence['title']}]({licence['path']})",
        f"- Căn cứ · legal ground: {LAW}",
        f"- {EMPTY}",
        f"- {concealment['rule']} Số dòng có số bị che · rows with hidden counts: {concealment['rows_suppressed']}",
        "- Trong CSV, chữ bắt đầu bằng = + - @ có thêm dấu ' để bảng tính không chạy công thức; Parquet giữ nguyên. · "
        "In CSV a text that begins with = + - @ has a ' before it; Parquet has it as it is.",
        "- Kiểm tra · check: `frictionless validate datapackage.json`",
        "",
        "Nguồn · sources:",
        "",
        *(f"- {each['title']}" for each in descriptor["sources"]),
        "",
        "| tệp · file | tên · title | số dòng · rows | có số bị che · with hidden counts |",
        "|---|---|---|---|",
        *(
            f"| [{each['name']}](#{each['name']}) | {each['title']} | {each['rows']} "
            f"| {each.get('rows_suppressed', '')} |"
            for each in tables
        ),
    ]
    for each in tables:
        lines += [
            "",
            f"## {each['name']}",
            "",
            f"{each['title']}. {each['description']}",
            "",
            "| cột · column | tên · title | kiểu · type | meaning |",
            "|---|---|---|---|",
        ]
        key = each["schema"].get("primaryKey", [])
        for column in each["schema"]["fields"]:
            words = column["description"].replace("|", "\\|").replace("<", "&lt;")
            mark = " (khóa · key)" if column["name"] in key else ""
            lines.append(f"| `{column['name']}`{mark} | {column['title']} | {column['type']} | {words} |")
        for foreign in each["schema"].get("foreignKeys", []):
            to = foreign["reference"]
            lines += ["", f"`{foreign['fields'][0]}` → `{to['resource']}.{to['fields'][0]}`"]
    return "\n".join(lines) + "\n"

"""A whole country for measuring: 34 provinces, 3,321 communes, 600 departments, a reporting system a province.

How many communes a province has is a fact of 1 July 2025 (QĐ 19/2025/QĐ-TTg); agencies and names are made up.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from bench.reference import reference_of, table, write_catalogue
from cchc.demo.reference import Reference

VENDOR = "A"
_COUNTS = (
    "01:H26:126 04:H14:56 08:H60:124 11:H18:45 12:H35:38 14:H52:75 15:H38:99 19:H55:92 20:H37:65 22:H49:54 24:H05:99 "
    "25:H44:148 31:H24:114 33:H31:104 37:H42:129 38:H56:166 40:H41:130 42:H27:69 44:H50:78 46:H57:40 48:H17:94 "
    "51:H48:96 52:H21:135 56:H32:65 66:H15:102 68:H36:124 75:H19:95 79:H29:168 80:H53:96 82:H20:102 86:H61:124 "
    "91:H01:102 92:H13:103 96:H12:64"
)
#: Administrative code, agency code and number of communes of each province.
PROVINCES = [
    (code, agency, int(communes)) for code, agency, communes in (each.split(":") for each in _COUNTS.split(" "))
]


@dataclass(frozen=True)
class Province:
    """One province: its agencies that report, through one system."""

    code: str
    agency: str
    communes: tuple[str, ...]
    departments: tuple[str, ...]
    is_json: bool

    @property
    def system(self) -> str:
        """The one-stop system of the province."""
        return f"onestop-{self.agency.lower()}"

    @property
    def units(self) -> tuple[str, ...]:
        """Every agency that reports."""
        return self.departments + self.communes


@dataclass(frozen=True)
class Country:
    """``share``: only the first so many provinces; all of them make the country."""

    departments: int = 600
    share: int = len(PROVINCES)

    @cached_property
    def provinces(self) -> tuple[Province, ...]:
        """The provinces; about half of the agencies report in JSON, the others in CSV."""
        found: list[Province] = []
        reporting = {True: 0, False: 0}
        for at, (code, agency, communes) in enumerate(PROVINCES[: self.share]):
            offices = self.departments * (at + 1) // len(PROVINCES) - self.departments * at // len(PROVINCES)
            is_json = reporting[True] < reporting[False]
            reporting[is_json] += communes + offices
            found.append(
                Province(
                    code,
                    agency,
                    tuple(f"{agency}.{101 + n}" for n in range(communes)),
                    tuple(f"{agency}.{n + 1}" for n in range(offices)),
                    is_json,
                )
            )
        return tuple(found)

    @property
    def units(self) -> int:
        """How many agencies report."""
        return sum(len(province.units) for province in self.provinces)

    def write(self, folder: Path) -> Reference:
        """The reference files: the country's agencies and systems, the packaged catalogue, headings and labels."""
        reference = reference_of()
        folder.mkdir(parents=True, exist_ok=True)
        table(
            folder / "units.csv",
            "agency_code,admin_code,name,level,parent,valid_from,valid_to",
            [row for province in self.provinces for row in _rows(province)],
        )
        table(
            folder / "systems.csv",
            "system,dataset,dialect,ext,delimiter,encoding,headings,units",
            [row for province in self.provinces for row in _outlets(province)],
        )
        write_catalogue(folder, reference, VENDOR)
        return reference


def _rows(province: Province) -> list[tuple[str, ...]]:
    since = ("2025-07-01", "")
    return [
        (province.agency, province.code, f"Tỉnh số {province.code}", "province", "", *since),
        *((each, "", f"Sở số {each}", "department", province.agency, *since) for each in province.departments),
        *(
            (each, f"{province.code}{n:03d}", f"Xã số {each}", "commune", province.agency, *since)
            for n, each in enumerate(province.communes, 1)
        ),
    ]


def _outlets(province: Province) -> list[tuple[str, ...]]:
    units = " ".join(province.units)
    form = ("dvcqg2022", "json", "", "utf-8", "") if province.is_json else ("onecsv", "csv", ",", "utf-8-sig", VENDOR)
    return [
        (province.system, "dossiers", *form, units),
        (province.system, "payments", "csv", "csv", ",", "utf-8", "", units),
    ]

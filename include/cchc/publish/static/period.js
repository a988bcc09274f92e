/* The page of one period. State first, then: headline, table, charts, board, checks, a unit's detail. */
const PAGE = 100,
  BOARD_PAGE = 40,
  ALL_AT_ONCE = 600;
const LEVELS = ["commune", "district", "department", "other"];
/* Tol's bright scheme: told apart by colour-blind readers; every bar is also labelled in numbers. */
const COLOURS = ["#4477aa", "#66ccee", "#228833", "#ccbb44", "#ee6677", "#aa3377", "#777777", "#bb5500"];
const U = { code: 0, name: 1, level: 2, tab: 3, province: 4 };
const R = {
  unit: 0,
  total: 1,
  max: 2,
  percent: 3,
  rank: 4,
  of: 5,
  before: 6,
  change: 7,
  band: 8,
  why: 9,
  computed: 10,
  adjustment: 11,
  few: 12,
  dossiers: 13,
};
const F = { indicator: 0, num: 1, den: 2, ratio: 3, source: 4, why: 5, target: 6, score: 7 };
const state = {
  method: 0,
  province: 0,
  level: null,
  query: "",
  sort: "rank",
  down: false,
  limit: PAGE,
  boardLimit: BOARD_PAGE,
  dataset: "",
  faults: false,
  unit: null,
  open: new Set(),
};

const method = () => D.methods[state.method];
/* A rule in the language of the page, marked where only the Vietnamese text exists. */
const ruleText = (rule) =>
  rule.vi || rule.en ? [" – ", h("span", { lang: lang === "en" && rule.en ? "en" : "vi" }, named(rule))] : null;
const keys = D.units.map((unit) => plain(unit[U.name] + " " + unit[U.code]));
const ranked = (level) =>
  (D.ranking[state.method] || []).filter(
    (row) => D.units[row[R.unit]][U.tab] === level && D.units[row[R.unit]][U.province] === state.province,
  );
const groupsOf = (unit) => (D.groups[state.method] || [])[unit] || [];
const bandName = (row) =>
  row[R.band] === null ? "" : D.bands[row[R.band]][lang === "en" ? 2 : 1] || D.bands[row[R.band]][0];
const percentText = (value, decimals) =>
  value === null || value === undefined ? "–" : fmt(value, decimals === undefined ? 1 : decimals) + "%";
const collator = new Intl.Collator("vi", { numeric: true });

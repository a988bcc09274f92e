/* The page of one period. State first, then: headline, table, charts, board, checks, a unit's detail. */
const PAGE = 100, BOARD_PAGE = 40, ALL_AT_ONCE = 600;
const LEVELS = ["commune", "district", "department", "other"];
/* Tol's bright scheme: told apart by colour-blind readers; every bar is also labelled in numbers. */
const COLOURS = ["#4477aa", "#66ccee", "#228833", "#ccbb44", "#ee6677", "#aa3377", "#777777", "#bb5500"];
const U = { code: 0, name: 1, level: 2, tab: 3, province: 4 };
const R = { unit: 0, total: 1, max: 2, percent: 3, rank: 4, of: 5, before: 6, change: 7, band: 8, why: 9, computed: 10, adjustment: 11, few: 12, dossiers: 13 };
const F = { indicator: 0, num: 1, den: 2, ratio: 3, source: 4, why: 5, target: 6, score: 7 };
const state = { method: 0, province: 0, level: null, query: "", sort: "rank", down: false, limit: PAGE,
  boardLimit: BOARD_PAGE, dataset: "", faults: false, unit: null, open: new Set() };

const method = () => D.methods[state.method];
/* A rule in the language of the page, marked where only the Vietnamese text exists. */
const ruleText = (rule) => (rule.vi || rule.en ? [" – ", h("span", { lang: lang === "en" && rule.en ? "en" : "vi" }, named(rule))] : null);
const keys = D.units.map((unit) => plain(unit[U.name] + " " + unit[U.code]));
const ranked = (level) => (D.ranking[state.method] || []).filter((row) => D.units[row[R.unit]][U.tab] === level
  && D.units[row[R.unit]][U.province] === state.province);
const groupsOf = (unit) => (D.groups[state.method] || [])[unit] || [];
const bandName = (row) => (row[R.band] === null ? "" : D.bands[row[R.band]][lang === "en" ? 2 : 1] || D.bands[row[R.band]][0]);
const percentText = (value, decimals) => (value === null || value === undefined ? "–" : fmt(value, decimals === undefined ? 1 : decimals) + "%");
const collator = new Intl.Collator("vi", { numeric: true });

/* ---- headline and summary ------------------------------------------------------------------------------------- */
function headline() {
  const p = D.period, home = D.provinces[state.province];
  $("province").textContent = home ? home[1] || home[0] : "";
  $("period-name").textContent = named(p);
  $("period-span").textContent = day(p.start) + " – " + day(p.end);
  $("as-of").textContent = day(p.as_of);
  const stands = stateNow();
  $("state").textContent = stands.text;
  $("state").title = stands.title;
  $("state").className = "state " + (stands.settled ? "is-complete" : "is-provisional");
  $("state-label").textContent = t("period");
  $("method-name").textContent = D.methods.length ? named(method()) : "–";
  document.title = t("title") + " – " + named(p);
  const pick = (key, items, value, change) => h("label", {}, t(key) + " ",
    h("select", { onchange: (event) => { change(Number(event.target.value)); renderAll(); } },
      items.map((label, i) => h("option", { value: i, selected: i === value }, label))));
  const boxes = [];
  if (D.provinces.length > 1) boxes.push(pick("province", D.provinces.map((x) => x[1] || x[0]), state.province, (i) => { state.province = i; state.level = null; }));
  if (D.methods.length > 1) boxes.push(pick("method", D.methods.map(named), state.method, (i) => { state.method = i; }));
  $("choices").hidden = !boxes.length;
  show($("choices"), boxes);
  notice();
}
function kpi(label, value, note, small) {
  return h("div", { class: "kpi" }, h("span", { class: "kpi-label" }, label),
    h("strong", { class: small ? "kpi-name" : "kpi-value" }, value), note ? h("span", { class: "kpi-note" }, note) : null);
}
function summary() {
  const all = ranked(state.level), rows = all.filter((row) => row[R.rank] !== null), incomplete = all.filter(isIncomplete).length, idle = all.length - rows.length - incomplete;
  const list = rows.length ? rows : all;
  const totals = list.map((row) => row[R.total]), best = rows.filter((row) => row[R.rank] === 1);
  const home = boardRows(), letters = home.map((row) => row[3]).join("");
  const count = (letter) => letters.split(letter).length - 1;
  const due = ["o", "l", "m", "r"].map(count), quarantined = sum(home.flatMap((row) => row[5].map((x) => x[1])));
  const maxima = [...new Set(list.map((row) => row[R.max]))];
  show($("summary"),
    state.level === "other" ? null : kpi(t("kpi_ranked"), whole(rows.length),
      [incomplete ? t("kpi_incomplete", { n: whole(incomplete) }) : null, idle ? t("kpi_ranked_note", { n: whole(idle) }) : null].filter(Boolean).join("; ") || t("level." + state.level)),
    best.length ? kpi(t("kpi_top"), D.units[best[0][R.unit]][U.name],
      points(best[0][R.total]) + (best.length > 1 ? " · " + t("kpi_top_more", { n: best.length - 1 }) : ""), true) : null,
    list.length ? kpi(t("kpi_median"), points(median(totals)),
      (maxima.length === 1 ? t("kpi_median_note", { max: whole(maxima[0]) }) + ", " : "")
      + t("kpi_spread", { low: points(Math.min(...totals)), high: points(Math.max(...totals)) })) : null,
    sum(due) ? kpi(t("kpi_delivered"), percentText((due[0] * 100) / sum(due)), t("kpi_delivered_note", { n: whole(due[0]), of: whole(sum(due)) })) : null,
    sum(due) ? kpi(t("kpi_rows"), whole(quarantined), t("kpi_rows_note", { of: whole(sum(home.map((row) => row[4]))) })) : null);
}

/* ---- ranking --------------------------------------------------------------------------------------------------- */
function tabs() {
  const levels = LEVELS.filter((level) => ranked(level).length);
  if (!levels.includes(state.level)) state.level = levels[0] || null;
  const move = (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    choose(levels[(levels.indexOf(state.level) + step + levels.length) % levels.length]);
    $("tab-" + state.level).focus();
  };
  const choose = (level) => { Object.assign(state, { level, limit: PAGE, sort: "rank", down: false }); renderRanking(); };
  show($("tabs"), levels.map((level) => h("button", { type: "button", role: "tab", id: "tab-" + level, "aria-controls": "level-panel",
    "aria-selected": String(level === state.level), tabindex: level === state.level ? 0 : -1, onclick: () => choose(level), onkeydown: move },
  t("level." + level), " ", h("span", { class: "pill" }, whole(ranked(level).length)))));
  $("level-panel").setAttribute("aria-labelledby", state.level ? "tab-" + state.level : "h-ranking");
  $("charts-level").textContent = state.level ? t("level." + state.level) : "";
}
const sortValue = {
  rank: (row) => (row[R.rank] === null ? Infinity : row[R.rank]),
  change: (row) => (row[R.change] === null ? -Infinity : row[R.change]),
  unit: (row) => D.units[row[R.unit]][U.name],
  interval: (row) => { const found = row[R.rank] === null ? null : intervalOf(row[R.unit]); return found ? found[I.best] + found[I.worst] / 1e6 : Infinity; },
  computed: (row) => row[R.computed], adjustment: (row) => row[R.adjustment],
  total: (row) => row[R.total], percent: (row) => (row[R.percent] === null ? -1 : row[R.percent]), band: (row) => (row[R.percent] === null ? -1 : row[R.percent]),
};
function valueOf(key) {
  if (!key.startsWith("g")) return sortValue[key];
  const at = 2 * Number(key.slice(1));
  return (row) => { const v = groupsOf(row[R.unit])[at]; return v === null || v === undefined ? -1 : v; };
}
function chosenRows() {
  const value = valueOf(state.sort), way = state.down ? -1 : 1, wanted = plain(state.query).split(/\s+/).filter(Boolean);
  return ranked(state.level)
    .filter((row) => wanted.every((word) => keys[row[R.unit]].includes(word)))
    .sort((a, b) => {
      const x = value(a), y = value(b);
      const order = typeof x === "string" ? collator.compare(x, y) : x === y ? 0 : x < y ? -1 : 1;
      return order * way || sortValue.rank(a) - sortValue.rank(b) || collator.compare(D.units[a[R.unit]][U.name], D.units[b[R.unit]][U.name]);
    });
}
function sortBy(key, down) {
  state.down = down === undefined ? (state.sort === key ? !state.down : !["rank", "unit"].includes(key)) : down;
  state.sort = key;
  state.limit = PAGE;
  table();
  const again = document.querySelector(`#rank-table th[data-key="${key}"] button`);
  if (again && down === undefined) again.focus();
}
function changeCell(row) {
  const n = row[R.change], before = row[R.before];
  if (row[R.rank] === null) return h("td", { class: "change" });
  if (n === null) return h("td", { class: "change none" }, h("span", { title: t("rank_new") }, "–", h("span", { class: "sr" }, t("rank_new"))));
  const key = n > 0 ? "rank_up" : n < 0 ? "rank_down" : "rank_same";
  const text = t(key, { n: Math.abs(n), before });
  return h("td", { class: "change " + key }, h("span", { title: text },
    h("span", { "aria-hidden": "true" }, n > 0 ? "▲ " + n : n < 0 ? "▼ " + -n : "=", h("small", {}, t("from_rank", { before }))),
    h("span", { class: "sr" }, text)));
}
function table() {
  const m = method(), rows = state.level ? chosenRows() : [], groups = m ? m.groups : [];
  const all = state.level ? ranked(state.level) : [], unrankedLevel = state.level === "other";
  const shown = [["rank", t("col_rank")], ["interval", t("col_interval")], ["change", t("col_change")], ["unit", t("col_unit")],
    ...groups.map((group, i) => ["g" + i, named(group), t("col_max", { max: whole(group.max) })]),
    ["computed", t("col_computed")], ["adjustment", t("col_adjustment")], ["total", t("col_total")], ["percent", t("col_percent")], ["band", t("col_band")]]
    .filter(([key]) => !(key === "rank" && unrankedLevel) && !(["computed", "adjustment"].includes(key) && !all.some((row) => row[R.adjustment]))
      && !(key === "interval" && !all.some((row) => row[R.rank] !== null && intervalOf(row[R.unit]))) && !(key === "change" && !all.some((row) => row[R.before] !== null)));
  const ties = new Map();
  for (const row of all) if (row[R.rank] !== null) ties.set(row[R.rank], (ties.get(row[R.rank]) || 0) + 1);
  const lit = (key) => (key === state.sort ? " lit" : "");
  show($("sorter"), shown.map(([key, label]) => h("option", { value: key, selected: key === state.sort }, label)));
  const cell = {
    rank: (row) => h("td", { class: "rank-no" + lit("rank") }, row[R.rank] === null ? h("span", { class: "muted", title: whyNot(row) }, "–")
      : [String(row[R.rank]), ties.get(row[R.rank]) > 1 ? h("span", { class: "tie", title: t("tied") }, "=", h("span", { class: "sr" }, t("tied"))) : null]),
    change: changeCell,
    unit: (row) => h("th", { scope: "row", class: "unit" },
      h("button", { type: "button", class: "link", "data-unit": D.units[row[R.unit]][U.code], onclick: () => openUnit(row[R.unit]) }, D.units[row[R.unit]][U.name]),
      h("span", { class: "code" }, D.units[row[R.unit]][U.code], row[R.why] === "no_dossiers" ? " · " + t("null.no_dossiers") : null, phoneLine(row)),
      row[R.why] === "no_dossiers" ? null : marks(row)),
    interval: (row) => h("td", { class: "interval" + lit("interval") }, row[R.rank] === null ? "" : [rankRange(row[R.unit]) || "–",
      alike(row[R.unit]) ? h("span", { class: "alike", title: t("alike_note") }, "≈", h("span", { class: "sr" }, t("alike_note"))) : null]),
    computed: (row) => h("td", { class: "num computed" + lit("computed") }, points(row[R.computed])),
    adjustment: (row) => h("td", { class: "num adjustment" + lit("adjustment") }, row[R.adjustment] ? signed(row[R.adjustment]) : ""),
    total: (row) => h("td", { class: "num total" + lit("total"), title: t("of_attainable", { score: points(row[R.total]), max: whole(row[R.max]) }) }, points(row[R.total])),
    percent: (row) => h("td", { class: "num meter" + lit("percent"), vars: { "--p": Math.max(0, Math.min(100, row[R.percent] || 0)) + "%" } }, percentText(row[R.percent], 2)),
    band: (row) => h("td", { class: "band" + lit("band") }, row[R.band] === null ? "" : h("span", { class: "badge b-" + D.bands[row[R.band]][0] }, bandName(row))),
  };
  groups.forEach((group, i) => {
    cell["g" + i] = (row) => {
      const value = groupsOf(row[R.unit])[2 * i], top = groupsOf(row[R.unit])[2 * i + 1];
      if (value === null || value === undefined) return h("td", { class: "num group none" + lit("g" + i), title: t("no_data") }, "–");
      return h("td", { class: "num group meter" + lit("g" + i), title: named(group) + ": " + t("of_attainable", { score: points(value), max: whole(top) }),
        vars: { "--p": (top ? (value * 100) / top : 0) + "%", "--c": COLOURS[i % COLOURS.length] } }, points(value));
    };
  });
  $("rank-table").classList.toggle("crowded", shown.length > 12);
  show($("rank-table"),
    h("thead", {}, h("tr", {}, shown.map(([key, label, note]) => h("th", { scope: "col", "data-key": key,
      class: "c-" + (key[0] === "g" ? "group" : key) + lit(key), "aria-sort": key === state.sort ? (state.down ? "descending" : "ascending") : null },
    h("button", { type: "button", onclick: () => sortBy(key) }, h("span", {}, label, note ? h("small", {}, note) : null),
      h("span", { class: "arrow", "aria-hidden": "true" }, key === state.sort ? (state.down ? "▾" : "▴") : "")))))),
    h("tbody", {}, rows.slice(0, state.limit).map((row) => h("tr", { class: row[R.rank] === null && !unrankedLevel ? "unranked" : null }, shown.map(([key]) => cell[key](row)))),
      rows.length ? null : h("tr", {}, h("td", { colspan: shown.length, class: "empty" }, all.length ? t("nothing_found") : t("no_data")))));
  const uneven = new Set(all.filter((row) => row[R.rank] !== null).map((row) => row[R.max])).size > 1;
  $("level-hint").textContent = state.level ? t("level_hint." + state.level) + (uneven ? " " + t("uneven") : "") : t("no_data");
  $("count").textContent = state.query ? t("found_of", { n: whole(rows.length), of: whole(all.length) }) : t("found", { n: whole(all.length) });
  const rest = rows.length - state.limit;
  show($("rank-more"), rest > 0 ? [
    h("button", { type: "button", onclick: () => { state.limit += PAGE; table(); } }, t("show_more", { n: whole(Math.min(PAGE, rest)) })),
    rest <= ALL_AT_ONCE ? h("button", { type: "button", onclick: () => { state.limit = Infinity; table(); } }, t("show_all")) : null] : null);
}

/* ---- charts (Chart.js) ------------------------------------------------------------------------------------------ */
const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
const INK = colour("--ink"), SOFT = colour("--soft"), GRID = colour("--hair"), ENDS = 10;
const ruler = document.createElement("canvas").getContext("2d");
function clip(text, width) {
  ruler.font = "12px " + Chart.defaults.font.family;
  if (ruler.measureText(text).width <= width) return text;
  let end = text.length - 1;
  while (end > 1 && ruler.measureText(text.slice(0, end) + "…").width > width) end -= 1;
  return text.slice(0, end).trimEnd() + "…";
}
const share = (n) => fmt(n, 1) + "%";
const stripes = (g) => COLOURS[g % COLOURS.length];
let drawn = [], waiting = [];
/* A canvas is sized by its box, so it is drawn once it stands on the page. */
function picture(name, label, height, config) {
  const canvas = h("canvas", { id: "chart-" + name, role: "img", "aria-label": label });
  waiting.push(() => new Chart(canvas, config));
  return h("div", { class: "canvas", vars: { height: height + "px" } }, canvas);
}
function figure(title, note, ...content) {
  return h("figure", {}, h("figcaption", {}, h("strong", {}, title), h("span", {}, note)), ...content);
}
/* Writes the figures beside their bars: place says where the i-th text stands. */
const beside = (texts, align, place) => ({ id: "beside", afterDatasetsDraw(chart) {
  const pen = chart.ctx;
  pen.save();
  pen.textAlign = align;
  pen.textBaseline = "middle";
  texts.forEach(([text, note], i) => {
    const [x, y] = place(chart, i);
    pen.font = (note ? "" : "600 ") + "12px " + Chart.defaults.font.family;
    pen.fillStyle = note ? SOFT : INK;
    pen.fillText(text, x, y);
  });
  pen.restore();
} });
/* Names left of lying bars, in a column narrower on a phone; the whole name is in the tooltip. */
function nameScale(nameOf, wide, narrow, phone) {
  const small = (chart) => chart.width < phone, room = (chart) => (small(chart) ? narrow : wide);
  return { grid: { display: false }, border: { display: false }, afterFit: (scale) => { scale.width = room(scale.chart); },
    ticks: { color: INK, autoSkip: false, callback(value, i) { return clip(nameOf(i, small(this.chart)), room(this.chart) - 12); } } };
}
const lying = (scales, tooltip, right) => ({ indexAxis: "y", scales, layout: { padding: { right } },
  interaction: { mode: "index", axis: "y", intersect: false }, plugins: { tooltip } });

function partsChart(rows) {
  const groups = method().groups, few = rows.length <= 2 * ENDS + 2, top = Math.max(...rows.map((row) => row[R.max]), 1);
  const bars = few ? rows : [...rows.slice(0, ENDS), null, ...rows.slice(-ENDS)];
  const name = (row, bare) => (row ? (row[R.rank] !== null && !bare ? row[R.rank] + ". " : "") + D.units[row[R.unit]][U.name] : "");
  const texts = bars.map((row) => (row ? [points(row[R.total])] : ["⋯ " + t("chart_gap", { n: whole(rows.length - 2 * ENDS) }), true]));
  const config = { type: "bar",
    data: { labels: bars.map((row) => name(row)), datasets: groups.map((group, g) => ({ label: named(group), backgroundColor: stripes(g), borderColor: "#fff", borderWidth: { right: 1 },
      borderSkipped: false, barThickness: 17, stack: "points", data: bars.map((row) => (row ? groupsOf(row[R.unit])[2 * g] ?? null : null)) })) },
    options: lying({ x: { stacked: true, min: 0, max: top, grid: { color: GRID }, border: { display: false }, ticks: { stepSize: 20, includeBounds: false, callback: whole } },
      y: { stacked: true, ...nameScale((i, small) => name(bars[i], small), 232, 128, 520) } },
    { filter: (item) => bars[item.dataIndex] !== null,
      callbacks: { label: (item) => " " + item.dataset.label + ": " + points(item.raw), footer: (items) => (items.length ? t("col_total") + ": " + points(bars[items[0].dataIndex][R.total]) : "") } }, 50),
    plugins: [beside(texts, "left", ({ scales: { x, y } }, i) => [x.getPixelForValue(bars[i] ? sum(groups.map((_, g) => groupsOf(bars[i][R.unit])[2 * g] || 0)) : 0) + 5, y.getPixelForValue(i)])] };
  return figure(t("chart_parts"), few ? t("chart_parts_all", { n: whole(rows.length) }) : t("chart_parts_ends", { n: ENDS }),
    h("ul", { class: "legend" }, groups.map((group, g) => h("li", {}, h("i", { vars: { background: stripes(g) } }), named(group)))),
    picture("parts", t("chart_parts"), bars.length * 24 + 28, config));
}
function spreadChart(rows) {
  const bins = Array.from({ length: 20 }, () => 0);
  for (const row of rows) if (row[R.percent] !== null) bins[Math.min(19, Math.floor(row[R.percent] / 5))] += 1;
  const first = Math.max(0, bins.findIndex((n) => n) - 1), last = Math.min(19, 19 - [...bins].reverse().findIndex((n) => n) + 1);
  const shown = bins.slice(first, last + 1), from = (i) => (first + i) * 5, middle = (i) => from(i) + 2.5;
  const config = { type: "bar",
    data: { datasets: [{ data: shown.map((n, i) => ({ x: middle(i), y: n })), backgroundColor: "#5a86b4", barPercentage: 0.94, categoryPercentage: 1 }] },
    options: { layout: { padding: { top: 18, left: 8, right: 12 } }, interaction: { mode: "index", intersect: false },
      scales: { x: { type: "linear", offset: false, min: from(0), max: from(shown.length), grid: { display: false }, border: { color: colour("--faint") },
        ticks: { stepSize: shown.length < 11 ? 5 : 10, includeBounds: false, maxRotation: 0, callback: (value) => whole(value) + "%" } },
      y: { display: false, min: 0, max: Math.max(...bins, 1) } },
      plugins: { tooltip: { displayColors: false, callbacks: { title: () => "", label: (item) => t("chart_spread_bar", { n: whole(item.raw.y), from: from(item.dataIndex), to: from(item.dataIndex + 1) }) } } } },
    plugins: [beside(shown.map((n) => [n ? whole(n) : ""]), "center", ({ scales: { x, y } }, i) => [x.getPixelForValue(middle(i)), y.getPixelForValue(shown[i]) - 9])] };
  return figure(t("chart_spread"), t("chart_spread_note"), picture("spread", t("chart_spread_note"), 200, config));
}
function groupsChart(rows) {
  const groups = method().groups, labels = groups.map(named);
  const shares = groups.map((_, g) => rows.map((row) => groupsOf(row[R.unit])).filter((v) => v[2 * g + 1]).map((v) => (v[2 * g] * 100) / v[2 * g + 1]));
  const medians = shares.map(median), lows = shares.map((v) => (v.length ? v.reduce((a, b) => Math.min(a, b)) : null)), highs = shares.map((v) => (v.length ? v.reduce((a, b) => Math.max(a, b)) : null));
  const end = (data) => ({ type: "line", data, showLine: false, pointStyle: "line", rotation: 90, pointRadius: 5, pointHoverRadius: 5, pointBorderWidth: 1.5, borderColor: INK, clip: false });
  const config = { type: "bar",
    data: { labels, datasets: [end(lows), end(highs),
      { data: lows.map((low, g) => (low === null ? null : [low, highs[g]])), grouped: false, barThickness: 1.5, backgroundColor: INK, borderSkipped: false },
      { data: medians, grouped: false, barThickness: 16, backgroundColor: groups.map((_, g) => stripes(g)) }] },
    options: lying({ x: { min: 0, max: 100, grid: { color: GRID }, border: { display: false }, ticks: { stepSize: 50, callback: whole } }, y: nameScale((g) => labels[g], 168, 136, 380) },
      { displayColors: false, filter: (item) => item.datasetIndex === 3,
        callbacks: { label: (item) => share(item.raw) + " (" + share(lows[item.dataIndex]) + " – " + share(highs[item.dataIndex]) + ")" } }, 58),
    plugins: [beside(medians.map((value) => (value === null ? [t("no_data"), true] : [share(value)])), "right", ({ scales: { y }, width }, g) => [width - 2, y.getPixelForValue(g)])] };
  return figure(t("chart_groups"), t("chart_groups_note"), picture("groups", t("chart_groups"), groups.length * 30 + 28, config));
}
Chart.defaults.animation = false;
Chart.defaults.maintainAspectRatio = false;
Chart.defaults.devicePixelRatio = Math.max(2, devicePixelRatio); /* paper is finer than the screen */
Chart.defaults.color = SOFT;
Object.assign(Chart.defaults.font, { family: getComputedStyle(document.body).fontFamily, size: 12 });
Chart.defaults.hoverBackgroundColor = (context, options) => options.backgroundColor;
Chart.defaults.plugins.legend.display = false;
Object.assign(Chart.defaults.plugins.tooltip, { backgroundColor: INK, titleColor: colour("--paper"), bodyColor: colour("--paper"), footerColor: colour("--paper"), padding: 9 });
function charts() {
  const area = $("chart-area"), all = state.level ? ranked(state.level) : [], withRank = all.filter((row) => row[R.rank] !== null);
  const rows = (withRank.length ? withRank : all).slice().sort((a, b) => b[R.total] - a[R.total]);
  for (const chart of drawn) chart.destroy();
  drawn = [];
  waiting = [];
  if (!rows.length || !D.methods.length) { show(area, h("p", { class: "hint" }, t("no_data"))); return; }
  show(area, partsChart(rows), h("div", { class: "stack" }, groupsChart(rows), spreadChart(rows)));
  drawn = waiting.map((draw) => draw());
}

/* ---- delivery board -------------------------------------------------------------------------------------------- */
const WORST = { ".": 0, o: 1, l: 2, m: 3, r: 4 };
const FAULTS = ["o", "l", "m", "r"];
const unitByCode = new Map(D.units.map((unit, i) => [unit[U.code], i]));
const provinceByCode = new Map(D.provinces.map((province, i) => [province[0], i]));
/* Rows of the province shown; a unit the ranking does not know belongs where its code says. */
const homeOf = D.board.units.map(([code]) => (unitByCode.has(code) ? D.units[unitByCode.get(code)][U.province] : provinceByCode.get(code.split(".")[0])));
const boardRows = () => D.board.rows.filter((row) => homeOf[row[0]] === undefined || homeOf[row[0]] === state.province);
function boardUnits(filter) {
  const days = D.board.days.length, found = new Map();
  for (const row of boardRows()) {
    if (!filter(row)) continue;
    let unit = found.get(row[0]);
    if (!unit) found.set(row[0], unit = { at: row[0], letters: new Array(days).fill("."), bad: new Map(), count: { o: 0, l: 0, m: 0, r: 0 }, quarantined: 0, rows: [] });
    unit.rows.push(row);
    for (let i = 0; i < days; i += 1) {
      const letter = row[3][i];
      if (letter !== ".") unit.count[letter] += 1;
      if (WORST[letter] > WORST[unit.letters[i]]) unit.letters[i] = letter;
    }
    for (const [i, n] of row[5]) { unit.bad.set(i, (unit.bad.get(i) || 0) + n); unit.quarantined += n; }
  }
  return [...found.values()];
}
/* One drawing a row, one path a status: 90 days cost five nodes. Shapes differ as well as colours. */
function strip(unit, size, focusable) {
  const paths = { o: "", l: "", m: "", r: "", q: "" };
  unit.letters.forEach((letter, i) => {
    const x = i * size, s = size - 1.5;
    if (letter === "o") paths.o += `M${x} 2h${s}v12h${-s}z`;
    if (letter === "l") paths.l += `M${x} 8h${s}v6h${-s}z`;
    if (letter === "m") paths.m += `M${x + 0.5} 2.5h${s - 1}v11h${1 - s}z`;
    if (letter === "r") paths.r += `M${x} 2h${s}v12h${-s}zM${x + 1.2} 3.6v1.8l${s - 2.4} 7v-1.8z`;
    if (unit.bad.has(i)) paths.q += `M${x} 16h${s}v2.5h${-s}z`;
  });
  const width = D.board.days.length * size, cursor = svg("rect", { width: size, height: 20, x: -99, y: 0, class: "cursor" });
  const picture = svg("svg", { class: "strip", width, height: 20, viewBox: `0 0 ${width} 20`, tabindex: focusable ? 0 : null, role: "img",
    "aria-label": D.board.units[unit.at][1] + ": " + FAULTS.map((s) => t("status." + s) + " " + unit.count[s]).join(", ") },
  ["o", "l", "m", "r", "q"].map((s) => (paths[s] ? svg("path", { d: paths[s], class: "s-" + s, "fill-rule": "evenodd" }) : null)), cursor);
  let at = -1;
  const point = (i) => {
    at = Math.max(0, Math.min(D.board.days.length - 1, i));
    cursor.setAttribute("x", at * size - 0.75);
    tell(unit, at, picture, (at + 0.5) * size);
  };
  if (focusable) {
    picture.addEventListener("mousemove", (event) => point(Math.floor(event.offsetX / size)));
    picture.addEventListener("mouseleave", () => { cursor.setAttribute("x", -99); $("tip").hidden = true; });
    picture.addEventListener("blur", () => { cursor.setAttribute("x", -99); $("tip").hidden = true; });
    picture.addEventListener("keydown", (event) => {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (step) { event.preventDefault(); point(at < 0 ? (step > 0 ? 0 : D.board.days.length - 1) : at + step); }
    });
  }
  return picture;
}
function whatHappened(unit, i) {
  return unit.rows.filter((row) => row[3][i] !== ".").map((row) => {
    const reason = row[6].find((x) => x[0] === i), bad = row[5].find((x) => x[0] === i);
    return term("dataset", row[2]) + " (" + D.board.systems[row[1]][1] + "): " + t("status." + row[3][i])
      + (reason ? " – " + term("reason", D.board.reasons[reason[1]]) : "") + (bad ? ", " + t("board_rows", { n: whole(bad[1]) }) : "");
  });
}
function tell(unit, i, picture, x) {
  const tip = $("tip"), lines = whatHappened(unit, i);
  show(tip, h("strong", {}, day(D.board.days[i])), (lines.length ? lines : [t("status.none")]).map((line) => h("div", {}, line)));
  tip.hidden = false;
  const box = picture.getBoundingClientRect(), host = $("board").getBoundingClientRect();
  tip.style.left = Math.max(0, Math.min(host.width - tip.offsetWidth, box.left - host.left + x - tip.offsetWidth / 2)) + "px";
  tip.style.top = box.bottom - host.top + 6 + "px";
}
function legend() {
  const fake = (letter, bad) => strip({ at: 0, letters: [letter], bad: new Map(bad ? [[0, 1]] : []), count: { o: 0, l: 0, m: 0, r: 0 } }, 13, false);
  const sample = (node) => { node.setAttribute("width", 13); node.setAttribute("viewBox", "0 0 13 20"); node.removeAttribute("aria-label"); node.setAttribute("aria-hidden", "true"); return node; };
  return h("ul", { class: "legend board-legend" }, ["o", "l", "m", "r"].map((s) => h("li", {}, sample(fake(s)), t("status." + s))), h("li", {}, sample(fake("o", true)), t("status.q")));
}
function board() {
  const area = $("board-area"), days = D.board.days;
  if (!boardRows().length) { show(area, h("p", { class: "hint" }, t("board_none"))); return; }
  const datasets = [...new Set(boardRows().map((row) => row[2]))].sort();
  const units = boardUnits((row) => !state.dataset || row[2] === state.dataset);
  const totals = FAULTS.map((s) => sum(units.map((unit) => unit.count[s]))), quarantined = sum(units.map((unit) => unit.quarantined));
  const trouble = (unit) => unit.count.r * 1e6 + unit.count.m * 1e3 + unit.count.l;
  const rows = units.filter((unit) => !state.faults || trouble(unit) || unit.quarantined)
    .sort((a, b) => trouble(b) - trouble(a) || b.quarantined - a.quarantined || collator.compare(D.board.units[a.at][1], D.board.units[b.at][1]));
  const size = days.length > 200 ? 4 : days.length > 110 ? 6 : Math.max(7, Math.min(13, Math.floor(620 / days.length)));
  const control = (change) => (event) => { change(event.target); state.boardLimit = BOARD_PAGE; board(); };
  const axis = svg("svg", { width: days.length * size, height: 14, viewBox: `0 0 ${days.length * size} 14`, "aria-hidden": "true" });
  let free = 0;
  days.forEach((iso, i) => {
    const starts = i === 0 || iso.slice(0, 7) !== days[i - 1].slice(0, 7);
    if (starts && i * size >= free) {
      axis.append(svg("text", { x: i * size, y: 11, class: "axis" }, days.length > 31 ? iso.slice(5, 7) + "/" + iso.slice(0, 4) : day(iso)));
      free = i * size + 62;
    }
  });
  const shown = rows.slice(0, state.boardLimit), rest = rows.length - shown.length;
  show(area,
    h("div", { class: "tools" },
      h("label", {}, t("board_dataset") + " ", h("select", { id: "board-dataset", onchange: control((x) => { state.dataset = x.value; }) },
        h("option", { value: "" }, t("board_all")), datasets.map((d) => h("option", { value: d, selected: d === state.dataset }, term("dataset", d))))),
      h("label", { class: "check" }, h("input", { type: "checkbox", checked: state.faults, onchange: control((x) => { state.faults = x.checked; }) }), " " + t("board_only_faults")),
      h("dl", { class: "tally" }, FAULTS.map((s, i) => h("div", {}, h("dt", {}, t("status." + s)), h("dd", { "data-status": s }, whole(totals[i])))),
        h("div", {}, h("dt", {}, t("kpi_rows")), h("dd", { "data-status": "q" }, whole(quarantined))))),
    legend(), h("p", { class: "hint" }, t("board_intro")),
    h("div", { class: "scroll" }, h("table", { class: "board", "aria-labelledby": "h-board" },
      h("thead", {}, h("tr", {}, h("th", { scope: "col" }, t("col_unit")),
        h("th", { scope: "col", class: "days" }, h("span", { class: "sr" }, t("board_days", { from: day(days[0]), to: day(days[days.length - 1]) })), axis),
        FAULTS.map((s) => h("th", { scope: "col", class: "num" }, t("status." + s))), h("th", { scope: "col", class: "num" }, t("board_quarantined")))),
      h("tbody", {}, shown.map((unit) => h("tr", {},
        h("th", { scope: "row", class: "unit" }, boardName(unit.at)),
        h("td", { class: "days" }, strip(unit, size, true)),
        FAULTS.map((s) => h("td", { class: "num" + (s !== "o" && unit.count[s] ? " fault" : "") + (unit.count[s] ? "" : " zero") }, whole(unit.count[s]))),
        h("td", { class: "num" + (unit.quarantined ? "" : " zero") }, whole(unit.quarantined))))))),
    h("p", { class: "more" }, rest > 0 ? [
      h("button", { type: "button", onclick: () => { state.boardLimit += BOARD_PAGE; board(); } }, t("show_more", { n: whole(Math.min(BOARD_PAGE, rest)) })),
      rest <= ALL_AT_ONCE ? h("button", { type: "button", onclick: () => { state.boardLimit = Infinity; board(); } }, t("show_all")) : null] : null),
    h("div", { id: "tip", class: "tip", hidden: true, role: "status", "aria-live": "polite" }));
}
function boardName(at) {
  const [code, name] = D.board.units[at], known = unitByCode.get(code);
  return known === undefined ? h("span", { title: code }, name)
    : h("button", { type: "button", class: "link", title: code, onclick: () => openUnit(known) }, name);
}

/* ---- published figures ------------------------------------------------------------------------------------------- */
function checks() {
  const area = $("checks-area"), link = document.querySelector('.sections a[href="#checks"]'), any = D.published.length || D.portal;
  $("checks").hidden = link.hidden = !any;
  if (!any) return;
  const figureText = (row, value) => (value === null ? "–" : fmt(value, row.decimals || 0) + (row.unit_of_measure === "percent" ? "%" : ""));
  const criterion = (id) => { const found = D.methods.flatMap((m) => (id.startsWith("GROUP:") ? m.groups : m.criteria)).find((one) => one.id === id.replace("GROUP:", "")); return found ? named(found) : id; };
  show(area,
    D.portal ? [h("p", {}, t("checks_portal", { equal: whole(D.portal.equal), checked: whole(D.portal.checked) })),
      D.portal.differing.length ? h("div", { class: "scroll" }, h("table", { class: "plain-table" },
        h("thead", {}, h("tr", {}, h("th", { scope: "col" }, t("col_unit")), h("th", { scope: "col" }, t("col_criterion")), h("th", { scope: "col", class: "num" }, t("col_published")), h("th", { scope: "col", class: "num" }, t("col_recomputed")))),
        h("tbody", {}, D.portal.differing.map((row) => h("tr", {}, h("th", { scope: "row" }, row[1] || row[0]), h("td", {}, criterion(row[2])), h("td", { class: "num" }, points(row[3])), h("td", { class: "num" }, points(row[4]))))))) : null] : null,
    D.published.length ? [h("h3", {}, t("checks_reports")), h("div", { class: "scroll" }, h("table", { class: "plain-table", id: "published-table" },
      h("thead", {}, h("tr", {}, ["col_document", "col_unit", "col_scope", "col_measure"].map((key) => h("th", { scope: "col" }, t(key))),
        ["col_published", "col_recomputed"].map((key) => h("th", { scope: "col", class: "num" }, t(key))), h("th", { scope: "col" }, t("col_verdict")))),
      h("tbody", {}, D.published.map((row) => h("tr", {},
        h("td", {}, row.source_document), h("th", { scope: "row" }, row.unit_name || row.unit_code), h("td", {}, term("scope", row.scope)), h("td", {}, term("measure", row.measure)),
        h("td", { class: "num" }, row.operator && row.operator !== "=" ? ({ ">=": "≥", "<=": "≤" }[row.operator] || row.operator) + " " : "", row.published_text || figureText(row, row.published_value)),
        h("td", { class: "num" }, figureText(row, row.recomputed_value), row.denominator !== null ? h("small", {}, " " + whole(row.numerator) + "/" + whole(row.denominator)) : null),
        h("td", {}, h("span", { class: "verdict v-" + row.fit }, term("fit", row.fit)),
          row.flag ? h("small", {}, " " + term("flag", row.flag) + (row.suggested_value !== null ? ", " + t("suggested", { value: figureText(row, row.suggested_value) }) : "")) : null)))))) ] : null);
}

/* ---- one unit ----------------------------------------------------------------------------------------------------- */
function openUnit(at) {
  state.unit = at;
  state.open = new Set();
  detail();
  const box = $("detail");
  if (!box.open) box.showModal();
  box.scrollTop = 0;
  history.replaceState(null, "", "#unit=" + encodeURIComponent(D.units[at][U.code]));
}
function ruleRows(unit, indicator, fact, criterion) {
  const score = fact ? fact[F.score + state.method] : null;
  const parts = [];
  const add = (label, ...content) => parts.push(h("dt", {}, label), h("dd", {}, content));
  if (fact && fact[F.num] !== null) {
    add(t("numerator"), h("b", {}, whole(fact[F.num])), ruleText(indicator.num));
    add(t("denominator"), h("b", {}, whole(fact[F.den])), ruleText(indicator.den));
    if (criterion) {
      const max = whole(criterion.max), full = whole(criterion.full);
      if (fact[F.den]) {
        const share = criterion.full === 100 ? "" : " ÷ " + full + "%";
        add(t("formula"), `min(${max}; ${max} × ${whole(fact[F.num])} ÷ ${whole(fact[F.den])}${share}) = `, h("b", {}, points(score)),
          criterion.full === 100 ? null : " (" + t("formula_full", { full }) + ")");
      } else if (score !== null) add(t("formula"), t("formula_zero", { score: points(score) }));
    }
    if (fact[F.target]) {
      const [operator, percent] = D.targets[fact[F.target][0]], met = fact[F.target][1];
      add(t("target"), `${{ ">=": "≥", "<=": "≤" }[operator] || operator} ${whole(percent)}%`, met === null ? "" : " – " + t(met ? "target_met" : "target_missed"));
    }
  }
  const legal = [...new Set([indicator && indicator.source, criterion && criterion.source].filter(Boolean))];
  if (legal.length) add(t("legal"), h("span", { lang: "vi" }, legal.join("; ")));
  if (fact && fact[F.num] !== null) {
    add(t("data_source"), term("source", D.sources[fact[F.source]]));
    const command = `cchc trail --unit ${D.units[unit][U.code]} --indicator ${indicator.id} --period ${periodText()}`;
    add(t("rows_behind"), commandLine(command), h("small", {}, t({ portal: "rows_hint_portal", declared: "rows_hint_declared" }[D.sources[fact[F.source]]] || "rows_hint")));
  }
  return h("dl", { class: "rules" }, parts);
}
/* Why a criterion has no ratio; without any figure also that it is no part of the attainable points. */
function reasonOf(fact) {
  if (fact && !fact[F.why]) return null;
  const why = term("null", fact ? fact[F.why] : "nobody_delivered");
  return h("small", { "data-part": "reason" }, fact && (fact[F.num] !== null || fact[F.why] === "suppressed") ? why : why + "; " + t("not_computed"));
}
/* Where the figure comes from; nothing where there is no figure. */
function sourceOf(fact) {
  if (!fact || fact[F.num] === null) return null;
  const source = D.sources[fact[F.source]];
  return h("small", { class: "source s-" + source, "data-part": "source" }, term("source_short", source));
}
function criterionBox(unit, indicator, fact, criterion) {
  const id = criterion ? criterion.id : indicator.id, score = fact ? fact[F.score + state.method] : null;
  const label = named(criterion || indicator);
  const line = [h("span", { class: "c-name" }, label, reasonOf(fact), sourceOf(fact)),
    h("span", { class: "c-parts" }, fact && fact[F.num] !== null ? [h("span", { class: "sr" }, t("numerator") + " "), h("span", { "data-part": "numerator" }, whole(fact[F.num])), h("span", { "aria-hidden": "true" }, " / "),
      h("span", { class: "sr" }, t("denominator") + " "), h("span", { "data-part": "denominator" }, whole(fact[F.den]))] : "–"),
    h("span", { class: "c-ratio" }, fact && fact[F.ratio] !== null ? percentText(fact[F.ratio] * 100, 2) : "–"),
    h("span", { class: "c-score" }, criterion ? [h("b", { "data-part": "score" }, points(score)), h("small", {}, " / " + whole(criterion.max))] : "")];
  const box = h("details", { class: "criterion" + (fact && fact[F.num] !== null ? "" : " absent"), "data-indicator": id, open: state.open.has(id) },
    h("summary", {}, line), ruleRows(unit, indicator, fact, criterion));
  box.addEventListener("toggle", () => { if (box.open) state.open.add(id); else state.open.delete(id); });
  return box;
}
function detail() {
  const at = state.unit;
  if (at === null) return;
  const unit = D.units[at], m = method(), row = D.ranking[state.method].find((x) => x[R.unit] === at);
  const facts = new Map(D.facts[at].map((fact) => [D.indicators[fact[F.indicator]].id, fact]));
  const scored = new Set(m.criteria.map((c) => c.id)), mine = groupsOf(at), volume = D.volumes.rows[at];
  const shownIndicator = (id) => D.indicators.find((x) => x.id === id) || { id, num: null, den: null, source: null };
  const parts = m.groups.map((group, g) => {
    const value = mine[2 * g], top = mine[2 * g + 1], none = value === null || value === undefined;
    return h("section", { class: "group-box" }, h("h4", { vars: { "--c": COLOURS[g % COLOURS.length], "--p": !none && top ? (value * 100) / top + "%" : "0%" } },
      h("span", {}, named(group)), h("span", { class: "g-score" }, none ? t("no_data") : [h("b", {}, points(value)), h("small", {}, " / " + whole(top))]), h("i", { class: "bar", "aria-hidden": "true" })),
    m.criteria.filter((c) => c.group === g).map((c) => criterionBox(at, shownIndicator(c.id), facts.get(c.id), c)));
  });
  const extra = D.facts[at].filter((fact) => !scored.has(D.indicators[fact[F.indicator]].id));
  const mineBoard = boardUnits((r) => D.board.units[r[0]][0] === unit[U.code])[0];
  const close = h("button", { type: "button", class: "close", onclick: () => $("detail").close(), "aria-label": t("close") }, "✕");
  const toggleAll = h("button", { type: "button", class: "quiet", onclick: () => {
    const boxes = [...$("detail").querySelectorAll("details")], opening = boxes.some((box) => !box.open);
    for (const box of boxes) box.open = opening;
    toggleAll.textContent = t(opening ? "close_all" : "open_all");
  } }, t("open_all"));
  show($("detail-area"),
    h("div", { class: "detail-head" }, h("div", {},
      h("p", { class: "eyebrow" }, [t("level." + unit[U.level]), unit[U.code], named(D.period)].join(" · ")),
      h("h2", { id: "detail-name" }, unit[U.name])), h("button", { type: "button", class: "quiet sheet-open", onclick: () => openSheet(at) }, t("sheet_open")), close),
    row ? h("div", { class: "detail-score" },
      h("div", {}, h("strong", { "data-part": "total" }, points(row[R.total])), h("span", {}, t("kpi_median_note", { max: whole(row[R.max]) }))),
      h("div", {}, h("strong", {}, percentText(row[R.percent], 2)), h("span", {}, bandName(row) || t("col_percent"))),
      h("div", {}, h("strong", {}, row[R.rank] === null ? "–" : row[R.rank]), h("span", {}, row[R.rank] === null ? t("rank_missing", { why: whyNot(row) }) : t("rank_of", { rank: row[R.rank], of: row[R.of] }),
        row[R.change] !== null ? " · " + t(row[R.change] > 0 ? "rank_up" : row[R.change] < 0 ? "rank_down" : "rank_same", { n: Math.abs(row[R.change]), before: row[R.before] }) : ""))) : null,
    row && remarks(row).length ? h("ul", { class: "plain remarks" }, remarks(row)) : null,
    methodsPart(at), changePart(at, row), adjustmentsPart(at), peersPart(at), objectionsPart(at), actionsPart(at),
    volume ? [h("h3", {}, t("volume")), h("dl", { class: "tally volume" }, D.volumes.columns.map((name, i) => h("div", {}, h("dt", {}, term("measure", name)), h("dd", {}, whole(volume[i])))))] : null,
    h("div", { class: "how" }, h("h3", {}, t("how")), toggleAll), h("p", { class: "hint" }, t("how_note")),
    h("div", { class: "c-head", "aria-hidden": "true" }, h("span", {}, t("col_criterion")), h("span", {}, t("numerator") + " / " + t("denominator").toLowerCase()), h("span", {}, t("ratio")), h("span", {}, t("score"))),
    parts,
    extra.length ? h("section", { class: "group-box" }, h("h4", {}, h("span", {}, t("extra"))), extra.map((fact) => criterionBox(at, D.indicators[fact[F.indicator]], fact, null))) : null,
    qualityText(at).length ? section("quality", "quality", h("ul", { class: "plain" }, qualityText(at).map((text) => h("li", {}, text)))) : null,
    mineBoard ? [h("h3", {}, t("unit_deliveries")), h("div", { class: "scroll" }, h("table", { class: "plain-table" },
      h("thead", {}, h("tr", {}, h("th", { scope: "col" }, t("board_dataset")), h("th", { scope: "col" }, t("board_system")), FAULTS.map((s) => h("th", { scope: "col", class: "num" }, t("status." + s))), h("th", { scope: "col", class: "num" }, t("board_quarantined")))),
      h("tbody", {}, mineBoard.rows.map((r) => h("tr", {}, h("th", { scope: "row" }, term("dataset", r[2])), h("td", {}, D.board.systems[r[1]][1]),
        FAULTS.map((s) => h("td", { class: "num" }, whole(r[3].split(s).length - 1))), h("td", { class: "num" }, whole(sum(r[5].map((x) => x[1])))))))))] : null);
}

/* ---- together ------------------------------------------------------------------------------------------------------ */
function renderRanking() { tabs(); summary(); table(); charts(); }
function renderAll() { headline(); renderRanking(); board(); checks(); detail(); if ($("sheet").open) sheet(state.unit); }

$("search").addEventListener("input", (event) => { state.query = event.target.value; state.limit = PAGE; table(); });
$("sorter").addEventListener("change", (event) => sortBy(event.target.value, !["rank", "unit"].includes(event.target.value)));
$("sheet").addEventListener("close", () => { openUnit(state.unit); });
$("detail").addEventListener("close", () => { state.unit = null; history.replaceState(null, "", location.pathname + location.search); });
$("detail").addEventListener("click", (event) => { if (event.target === $("detail")) $("detail").close(); });
let before = null;
addEventListener("beforeprint", () => {
  before = { limit: state.limit, boardLimit: state.boardLimit };
  if ($("sheet").open) return;
  if (state.unit !== null) { for (const box of $("detail").querySelectorAll("details")) box.open = true; return; }
  state.limit = Infinity;
  table();
});
addEventListener("afterprint", () => { if (before) { Object.assign(state, before); table(); } });
bilingual(renderAll);
const asked = /^#(unit|sheet)=(.+)$/.exec(location.hash), askedUnit = asked && unitByCode.get(decodeURIComponent(asked[2]));
if (askedUnit !== undefined && askedUnit !== null) (asked[1] === "sheet" ? openSheet : openUnit)(askedUnit);

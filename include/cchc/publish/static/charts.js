/* The page of one period: charts (Chart.js). */
const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
const INK = colour("--ink"),
  SOFT = colour("--soft"),
  GRID = colour("--hair"),
  ENDS = 10;
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
let drawn = [],
  waiting = [];
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
const beside = (texts, align, place) => ({
  id: "beside",
  afterDatasetsDraw(chart) {
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
  },
});
/* Names left of lying bars, in a column narrower on a phone; the whole name is in the tooltip. */
function nameScale(nameOf, wide, narrow, phone) {
  const small = (chart) => chart.width < phone,
    room = (chart) => (small(chart) ? narrow : wide);
  return {
    grid: { display: false },
    border: { display: false },
    afterFit: (scale) => {
      scale.width = room(scale.chart);
    },
    ticks: {
      color: INK,
      autoSkip: false,
      callback(value, i) {
        return clip(nameOf(i, small(this.chart)), room(this.chart) - 12);
      },
    },
  };
}
const lying = (scales, tooltip, right) => ({
  indexAxis: "y",
  scales,
  layout: { padding: { right } },
  interaction: { mode: "index", axis: "y", intersect: false },
  plugins: { tooltip },
});

function partsChart(rows) {
  const groups = method().groups,
    few = rows.length <= 2 * ENDS + 2,
    top = Math.max(...rows.map((row) => row[R.max]), 1);
  const bars = few ? rows : [...rows.slice(0, ENDS), null, ...rows.slice(-ENDS)];
  const name = (row, bare) =>
    row ? (row[R.rank] !== null && !bare ? row[R.rank] + ". " : "") + D.units[row[R.unit]][U.name] : "";
  const texts = bars.map((row) =>
    row ? [points(row[R.total])] : ["⋯ " + t("chart_gap", { n: whole(rows.length - 2 * ENDS) }), true],
  );
  const config = {
    type: "bar",
    data: {
      labels: bars.map((row) => name(row)),
      datasets: groups.map((group, g) => ({
        label: named(group),
        backgroundColor: stripes(g),
        borderColor: "#fff",
        borderWidth: { right: 1 },
        borderSkipped: false,
        barThickness: 17,
        stack: "points",
        data: bars.map((row) => (row ? (groupsOf(row[R.unit])[2 * g] ?? null) : null)),
      })),
    },
    options: lying(
      {
        x: {
          stacked: true,
          min: 0,
          max: top,
          grid: { color: GRID },
          border: { display: false },
          ticks: { stepSize: 20, includeBounds: false, callback: whole },
        },
        y: { stacked: true, ...nameScale((i, small) => name(bars[i], small), 232, 128, 520) },
      },
      {
        filter: (item) => bars[item.dataIndex] !== null,
        callbacks: {
          label: (item) => " " + item.dataset.label + ": " + points(item.raw),
          footer: (items) => (items.length ? t("col_total") + ": " + points(bars[items[0].dataIndex][R.total]) : ""),
        },
      },
      50,
    ),
    plugins: [
      beside(texts, "left", ({ scales: { x, y } }, i) => [
        x.getPixelForValue(bars[i] ? sum(groups.map((_, g) => groupsOf(bars[i][R.unit])[2 * g] || 0)) : 0) + 5,
        y.getPixelForValue(i),
      ]),
    ],
  };
  return figure(
    t("chart_parts"),
    few ? t("chart_parts_all", { n: whole(rows.length) }) : t("chart_parts_ends", { n: ENDS }),
    h(
      "ul",
      { class: "legend" },
      groups.map((group, g) => h("li", {}, h("i", { vars: { background: stripes(g) } }), named(group))),
    ),
    picture("parts", t("chart_parts"), bars.length * 24 + 28, config),
  );
}
function spreadChart(rows) {
  const bins = Array.from({ length: 20 }, () => 0);
  for (const row of rows) if (row[R.percent] !== null) bins[Math.min(19, Math.floor(row[R.percent] / 5))] += 1;
  const first = Math.max(0, bins.findIndex((n) => n) - 1),
    last = Math.min(19, 19 - [...bins].reverse().findIndex((n) => n) + 1);
  const shown = bins.slice(first, last + 1),
    from = (i) => (first + i) * 5,
    middle = (i) => from(i) + 2.5;
  const config = {
    type: "bar",
    data: {
      datasets: [
        {
          data: shown.map((n, i) => ({ x: middle(i), y: n })),
          backgroundColor: "#5a86b4",
          barPercentage: 0.94,
          categoryPercentage: 1,
        },
      ],
    },
    options: {
      layout: { padding: { top: 18, left: 8, right: 12 } },
      interaction: { mode: "index", intersect: false },
      scales: {
        x: {
          type: "linear",
          offset: false,
          min: from(0),
          max: from(shown.length),
          grid: { display: false },
          border: { color: colour("--faint") },
          ticks: {
            stepSize: shown.length < 11 ? 5 : 10,
            includeBounds: false,
            maxRotation: 0,
            callback: (value) => whole(value) + "%",
          },
        },
        y: { display: false, min: 0, max: Math.max(...bins, 1) },
      },
      plugins: {
        tooltip: {
          displayColors: false,
          callbacks: {
            title: () => "",
            label: (item) =>
              t("chart_spread_bar", { n: whole(item.raw.y), from: from(item.dataIndex), to: from(item.dataIndex + 1) }),
          },
        },
      },
    },
    plugins: [
      beside(
        shown.map((n) => [n ? whole(n) : ""]),
        "center",
        ({ scales: { x, y } }, i) => [x.getPixelForValue(middle(i)), y.getPixelForValue(shown[i]) - 9],
      ),
    ],
  };
  return figure(t("chart_spread"), t("chart_spread_note"), picture("spread", t("chart_spread_note"), 200, config));
}
function groupsChart(rows) {
  const groups = method().groups,
    labels = groups.map(named);
  const shares = groups.map((_, g) =>
    rows
      .map((row) => groupsOf(row[R.unit]))
      .filter((v) => v[2 * g + 1])
      .map((v) => (v[2 * g] * 100) / v[2 * g + 1]),
  );
  const medians = shares.map(median),
    lows = shares.map((v) => (v.length ? v.reduce((a, b) => Math.min(a, b)) : null)),
    highs = shares.map((v) => (v.length ? v.reduce((a, b) => Math.max(a, b)) : null));
  const end = (data) => ({
    type: "line",
    data,
    showLine: false,
    pointStyle: "line",
    rotation: 90,
    pointRadius: 5,
    pointHoverRadius: 5,
    pointBorderWidth: 1.5,
    borderColor: INK,
    clip: false,
  });
  const config = {
    type: "bar",
    data: {
      labels,
      datasets: [
        end(lows),
        end(highs),
        {
          data: lows.map((low, g) => (low === null ? null : [low, highs[g]])),
          grouped: false,
          barThickness: 1.5,
          backgroundColor: INK,
          borderSkipped: false,
        },
        { data: medians, grouped: false, barThickness: 16, backgroundColor: groups.map((_, g) => stripes(g)) },
      ],
    },
    options: lying(
      {
        x: {
          min: 0,
          max: 100,
          grid: { color: GRID },
          border: { display: false },
          ticks: { stepSize: 50, callback: whole },
        },
        y: nameScale((g) => labels[g], 168, 136, 380),
      },
      {
        displayColors: false,
        filter: (item) => item.datasetIndex === 3,
        callbacks: {
          label: (item) =>
            share(item.raw) + " (" + share(lows[item.dataIndex]) + " – " + share(highs[item.dataIndex]) + ")",
        },
      },
      58,
    ),
    plugins: [
      beside(
        medians.map((value) => (value === null ? [t("no_data"), true] : [share(value)])),
        "right",
        ({ scales: { y }, width }, g) => [width - 2, y.getPixelForValue(g)],
      ),
    ],
  };
  return figure(
    t("chart_groups"),
    t("chart_groups_note"),
    picture("groups", t("chart_groups"), groups.length * 30 + 28, config),
  );
}
Chart.defaults.animation = false;
Chart.defaults.maintainAspectRatio = false;
Chart.defaults.devicePixelRatio = Math.max(2, devicePixelRatio); /* paper is finer than the screen */
Chart.defaults.color = SOFT;
Object.assign(Chart.defaults.font, { family: getComputedStyle(document.body).fontFamily, size: 12 });
Chart.defaults.hoverBackgroundColor = (context, options) => options.backgroundColor;
Chart.defaults.plugins.legend.display = false;
Object.assign(Chart.defaults.plugins.tooltip, {
  backgroundColor: INK,
  titleColor: colour("--paper"),
  bodyColor: colour("--paper"),
  footerColor: colour("--paper"),
  padding: 9,
});
function charts() {
  const area = $("chart-area"),
    all = state.level ? ranked(state.level) : [],
    withRank = all.filter((row) => row[R.rank] !== null);
  const rows = (withRank.length ? withRank : all).slice().sort((a, b) => b[R.total] - a[R.total]);
  for (const chart of drawn) chart.destroy();
  drawn = [];
  waiting = [];
  if (!rows.length || !D.methods.length) {
    show(area, h("p", { class: "hint" }, t("no_data")));
    return;
  }
  show(area, partsChart(rows), h("div", { class: "stack" }, groupsChart(rows), spreadChart(rows)));
  drawn = waiting.map((draw) => draw());
}

/* The page of one period: ranking. */
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
  const choose = (level) => {
    Object.assign(state, { level, limit: PAGE, sort: "rank", down: false });
    renderRanking();
  };
  show(
    $("tabs"),
    levels.map((level) =>
      h(
        "button",
        {
          type: "button",
          role: "tab",
          id: "tab-" + level,
          "aria-controls": "level-panel",
          "aria-selected": String(level === state.level),
          tabindex: level === state.level ? 0 : -1,
          onclick: () => choose(level),
          onkeydown: move,
        },
        t("level." + level),
        " ",
        h("span", { class: "pill" }, whole(ranked(level).length)),
      ),
    ),
  );
  $("level-panel").setAttribute("aria-labelledby", state.level ? "tab-" + state.level : "h-ranking");
  $("charts-level").textContent = state.level ? t("level." + state.level) : "";
}
const sortValue = {
  rank: (row) => (row[R.rank] === null ? Infinity : row[R.rank]),
  change: (row) => (row[R.change] === null ? -Infinity : row[R.change]),
  unit: (row) => D.units[row[R.unit]][U.name],
  interval: (row) => {
    const found = row[R.rank] === null ? null : intervalOf(row[R.unit]);
    return found ? found[I.best] + found[I.worst] / 1e6 : Infinity;
  },
  computed: (row) => row[R.computed],
  adjustment: (row) => row[R.adjustment],
  total: (row) => row[R.total],
  percent: (row) => (row[R.percent] === null ? -1 : row[R.percent]),
  band: (row) => (row[R.percent] === null ? -1 : row[R.percent]),
};
function valueOf(key) {
  if (!key.startsWith("g")) return sortValue[key];
  const at = 2 * Number(key.slice(1));
  return (row) => {
    const v = groupsOf(row[R.unit])[at];
    return v === null || v === undefined ? -1 : v;
  };
}
function chosenRows() {
  const value = valueOf(state.sort),
    way = state.down ? -1 : 1,
    wanted = plain(state.query).split(/\s+/).filter(Boolean);
  return ranked(state.level)
    .filter((row) => wanted.every((word) => keys[row[R.unit]].includes(word)))
    .sort((a, b) => {
      const x = value(a),
        y = value(b);
      const order = typeof x === "string" ? collator.compare(x, y) : x === y ? 0 : x < y ? -1 : 1;
      return (
        order * way ||
        sortValue.rank(a) - sortValue.rank(b) ||
        collator.compare(D.units[a[R.unit]][U.name], D.units[b[R.unit]][U.name])
      );
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
  const n = row[R.change],
    before = row[R.before];
  if (row[R.rank] === null) return h("td", { class: "change" });
  if (n === null)
    return h(
      "td",
      { class: "change none" },
      h("span", { title: t("rank_new") }, "–", h("span", { class: "sr" }, t("rank_new"))),
    );
  const key = n > 0 ? "rank_up" : n < 0 ? "rank_down" : "rank_same";
  const text = t(key, { n: Math.abs(n), before });
  return h(
    "td",
    { class: "change " + key },
    h(
      "span",
      { title: text },
      h(
        "span",
        { "aria-hidden": "true" },
        n > 0 ? "▲ " + n : n < 0 ? "▼ " + -n : "=",
        h("small", {}, t("from_rank", { before })),
      ),
      h("span", { class: "sr" }, text),
    ),
  );
}
function table() {
  const m = method(),
    rows = state.level ? chosenRows() : [],
    groups = m ? m.groups : [];
  const all = state.level ? ranked(state.level) : [],
    unrankedLevel = state.level === "other";
  const shown = [
    ["rank", t("col_rank")],
    ["interval", t("col_interval")],
    ["change", t("col_change")],
    ["unit", t("col_unit")],
    ...groups.map((group, i) => ["g" + i, named(group), t("col_max", { max: whole(group.max) })]),
    ["computed", t("col_computed")],
    ["adjustment", t("col_adjustment")],
    ["total", t("col_total")],
    ["percent", t("col_percent")],
    ["band", t("col_band")],
  ].filter(
    ([key]) =>
      !(key === "rank" && unrankedLevel) &&
      !(["computed", "adjustment"].includes(key) && !all.some((row) => row[R.adjustment])) &&
      !(key === "interval" && !all.some((row) => row[R.rank] !== null && intervalOf(row[R.unit]))) &&
      !(key === "change" && !all.some((row) => row[R.before] !== null)),
  );
  const ties = new Map();
  for (const row of all) if (row[R.rank] !== null) ties.set(row[R.rank], (ties.get(row[R.rank]) || 0) + 1);
  const lit = (key) => (key === state.sort ? " lit" : "");
  show(
    $("sorter"),
    shown.map(([key, label]) => h("option", { value: key, selected: key === state.sort }, label)),
  );
  const cell = {
    rank: (row) =>
      h(
        "td",
        { class: "rank-no" + lit("rank") },
        row[R.rank] === null
          ? h("span", { class: "muted", title: whyNot(row) }, "–")
          : [
              String(row[R.rank]),
              ties.get(row[R.rank]) > 1
                ? h("span", { class: "tie", title: t("tied") }, "=", h("span", { class: "sr" }, t("tied")))
                : null,
            ],
      ),
    change: changeCell,
    unit: (row) =>
      h(
        "th",
        { scope: "row", class: "unit" },
        h(
          "button",
          {
            type: "button",
            class: "link",
            "data-unit": D.units[row[R.unit]][U.code],
            onclick: () => openUnit(row[R.unit]),
          },
          D.units[row[R.unit]][U.name],
        ),
        h(
          "span",
          { class: "code" },
          D.units[row[R.unit]][U.code],
          row[R.why] === "no_dossiers" ? " · " + t("null.no_dossiers") : null,
          phoneLine(row),
        ),
        row[R.why] === "no_dossiers" ? null : marks(row),
      ),
    interval: (row) =>
      h(
        "td",
        { class: "interval" + lit("interval") },
        row[R.rank] === null
          ? ""
          : [
              rankRange(row[R.unit]) || "–",
              alike(row[R.unit])
                ? h(
                    "span",
                    { class: "alike", title: t("alike_note") },
                    "≈",
                    h("span", { class: "sr" }, t("alike_note")),
                  )
                : null,
            ],
      ),
    computed: (row) => h("td", { class: "num computed" + lit("computed") }, points(row[R.computed])),
    adjustment: (row) =>
      h("td", { class: "num adjustment" + lit("adjustment") }, row[R.adjustment] ? signed(row[R.adjustment]) : ""),
    total: (row) =>
      h(
        "td",
        {
          class: "num total" + lit("total"),
          title: t("of_attainable", { score: points(row[R.total]), max: whole(row[R.max]) }),
        },
        points(row[R.total]),
      ),
    percent: (row) =>
      h(
        "td",
        { class: "num meter" + lit("percent"), vars: { "--p": Math.max(0, Math.min(100, row[R.percent] || 0)) + "%" } },
        percentText(row[R.percent], 2),
      ),
    band: (row) =>
      h(
        "td",
        { class: "band" + lit("band") },
        row[R.band] === null ? "" : h("span", { class: "badge b-" + D.bands[row[R.band]][0] }, bandName(row)),
      ),
  };
  groups.forEach((group, i) => {
    cell["g" + i] = (row) => {
      const value = groupsOf(row[R.unit])[2 * i],
        top = groupsOf(row[R.unit])[2 * i + 1];
      if (value === null || value === undefined)
        return h("td", { class: "num group none" + lit("g" + i), title: t("no_data") }, "–");
      return h(
        "td",
        {
          class: "num group meter" + lit("g" + i),
          title: named(group) + ": " + t("of_attainable", { score: points(value), max: whole(top) }),
          vars: { "--p": (top ? (value * 100) / top : 0) + "%", "--c": COLOURS[i % COLOURS.length] },
        },
        points(value),
      );
    };
  });
  $("rank-table").classList.toggle("crowded", shown.length > 12);
  show(
    $("rank-table"),
    h(
      "thead",
      {},
      h(
        "tr",
        {},
        shown.map(([key, label, note]) =>
          h(
            "th",
            {
              scope: "col",
              "data-key": key,
              class: "c-" + (key[0] === "g" ? "group" : key) + lit(key),
              "aria-sort": key === state.sort ? (state.down ? "descending" : "ascending") : null,
            },
            h(
              "button",
              { type: "button", onclick: () => sortBy(key) },
              h("span", {}, label, note ? h("small", {}, note) : null),
              h("span", { class: "arrow", "aria-hidden": "true" }, key === state.sort ? (state.down ? "▾" : "▴") : ""),
            ),
          ),
        ),
      ),
    ),
    h(
      "tbody",
      {},
      rows.slice(0, state.limit).map((row) =>
        h(
          "tr",
          { class: row[R.rank] === null && !unrankedLevel ? "unranked" : null },
          shown.map(([key]) => cell[key](row)),
        ),
      ),
      rows.length
        ? null
        : h(
            "tr",
            {},
            h("td", { colspan: shown.length, class: "empty" }, all.length ? t("nothing_found") : t("no_data")),
          ),
    ),
  );
  const uneven = new Set(all.filter((row) => row[R.rank] !== null).map((row) => row[R.max])).size > 1;
  $("level-hint").textContent = state.level
    ? t("level_hint." + state.level) + (uneven ? " " + t("uneven") : "")
    : t("no_data");
  $("count").textContent = state.query
    ? t("found_of", { n: whole(rows.length), of: whole(all.length) })
    : t("found", { n: whole(all.length) });
  const rest = rows.length - state.limit;
  show(
    $("rank-more"),
    rest > 0
      ? [
          h(
            "button",
            {
              type: "button",
              onclick: () => {
                state.limit += PAGE;
                table();
              },
            },
            t("show_more", { n: whole(Math.min(PAGE, rest)) }),
          ),
          rest <= ALL_AT_ONCE
            ? h(
                "button",
                {
                  type: "button",
                  onclick: () => {
                    state.limit = Infinity;
                    table();
                  },
                },
                t("show_all"),
              )
            : null,
        ]
      : null,
  );
}

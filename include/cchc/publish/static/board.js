/* The page of one period: delivery board. */
const WORST = { ".": 0, o: 1, l: 2, m: 3, r: 4 };
const FAULTS = ["o", "l", "m", "r"];
const unitByCode = new Map(D.units.map((unit, i) => [unit[U.code], i]));
const provinceByCode = new Map(D.provinces.map((province, i) => [province[0], i]));
/* Rows of the province shown; a unit the ranking does not know belongs where its code says. */
const homeOf = D.board.units.map(([code]) =>
  unitByCode.has(code) ? D.units[unitByCode.get(code)][U.province] : provinceByCode.get(code.split(".")[0]),
);
const boardRows = () => D.board.rows.filter((row) => homeOf[row[0]] === undefined || homeOf[row[0]] === state.province);
function boardUnits(filter) {
  const days = D.board.days.length,
    found = new Map();
  for (const row of boardRows()) {
    if (!filter(row)) continue;
    let unit = found.get(row[0]);
    if (!unit)
      found.set(
        row[0],
        (unit = {
          at: row[0],
          letters: new Array(days).fill("."),
          bad: new Map(),
          count: { o: 0, l: 0, m: 0, r: 0 },
          quarantined: 0,
          rows: [],
        }),
      );
    unit.rows.push(row);
    for (let i = 0; i < days; i += 1) {
      const letter = row[3][i];
      if (letter !== ".") unit.count[letter] += 1;
      if (WORST[letter] > WORST[unit.letters[i]]) unit.letters[i] = letter;
    }
    for (const [i, n] of row[5]) {
      unit.bad.set(i, (unit.bad.get(i) || 0) + n);
      unit.quarantined += n;
    }
  }
  return [...found.values()];
}
/* One drawing a row, one path a status: 90 days cost five nodes. Shapes differ as well as colours. */
function strip(unit, size, focusable) {
  const paths = { o: "", l: "", m: "", r: "", q: "" };
  unit.letters.forEach((letter, i) => {
    const x = i * size,
      s = size - 1.5;
    if (letter === "o") paths.o += `M${x} 2h${s}v12h${-s}z`;
    if (letter === "l") paths.l += `M${x} 8h${s}v6h${-s}z`;
    if (letter === "m") paths.m += `M${x + 0.5} 2.5h${s - 1}v11h${1 - s}z`;
    if (letter === "r") paths.r += `M${x} 2h${s}v12h${-s}zM${x + 1.2} 3.6v1.8l${s - 2.4} 7v-1.8z`;
    if (unit.bad.has(i)) paths.q += `M${x} 16h${s}v2.5h${-s}z`;
  });
  const width = D.board.days.length * size,
    cursor = svg("rect", { width: size, height: 20, x: -99, y: 0, class: "cursor" });
  const picture = svg(
    "svg",
    {
      class: "strip",
      width,
      height: 20,
      viewBox: `0 0 ${width} 20`,
      tabindex: focusable ? 0 : null,
      role: "img",
      "aria-label":
        D.board.units[unit.at][1] + ": " + FAULTS.map((s) => t("status." + s) + " " + unit.count[s]).join(", "),
    },
    ["o", "l", "m", "r", "q"].map((s) =>
      paths[s] ? svg("path", { d: paths[s], class: "s-" + s, "fill-rule": "evenodd" }) : null,
    ),
    cursor,
  );
  let at = -1;
  const point = (i) => {
    at = Math.max(0, Math.min(D.board.days.length - 1, i));
    cursor.setAttribute("x", at * size - 0.75);
    tell(unit, at, picture, (at + 0.5) * size);
  };
  if (focusable) {
    picture.addEventListener("mousemove", (event) => point(Math.floor(event.offsetX / size)));
    picture.addEventListener("mouseleave", () => {
      cursor.setAttribute("x", -99);
      $("tip").hidden = true;
    });
    picture.addEventListener("blur", () => {
      cursor.setAttribute("x", -99);
      $("tip").hidden = true;
    });
    picture.addEventListener("keydown", (event) => {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (step) {
        event.preventDefault();
        point(at < 0 ? (step > 0 ? 0 : D.board.days.length - 1) : at + step);
      }
    });
  }
  return picture;
}
function whatHappened(unit, i) {
  return unit.rows
    .filter((row) => row[3][i] !== ".")
    .map((row) => {
      const reason = row[6].find((x) => x[0] === i),
        bad = row[5].find((x) => x[0] === i);
      return (
        term("dataset", row[2]) +
        " (" +
        D.board.systems[row[1]][1] +
        "): " +
        t("status." + row[3][i]) +
        (reason ? " – " + term("reason", D.board.reasons[reason[1]]) : "") +
        (bad ? ", " + t("board_rows", { n: whole(bad[1]) }) : "")
      );
    });
}
function tell(unit, i, picture, x) {
  const tip = $("tip"),
    lines = whatHappened(unit, i);
  show(
    tip,
    h("strong", {}, day(D.board.days[i])),
    (lines.length ? lines : [t("status.none")]).map((line) => h("div", {}, line)),
  );
  tip.hidden = false;
  const box = picture.getBoundingClientRect(),
    host = $("board").getBoundingClientRect();
  tip.style.left =
    Math.max(0, Math.min(host.width - tip.offsetWidth, box.left - host.left + x - tip.offsetWidth / 2)) + "px";
  tip.style.top = box.bottom - host.top + 6 + "px";
}
function legend() {
  const fake = (letter, bad) =>
    strip(
      { at: 0, letters: [letter], bad: new Map(bad ? [[0, 1]] : []), count: { o: 0, l: 0, m: 0, r: 0 } },
      13,
      false,
    );
  const sample = (node) => {
    node.setAttribute("width", 13);
    node.setAttribute("viewBox", "0 0 13 20");
    node.removeAttribute("aria-label");
    node.setAttribute("aria-hidden", "true");
    return node;
  };
  return h(
    "ul",
    { class: "legend board-legend" },
    ["o", "l", "m", "r"].map((s) => h("li", {}, sample(fake(s)), t("status." + s))),
    h("li", {}, sample(fake("o", true)), t("status.q")),
  );
}
function board() {
  const area = $("board-area"),
    days = D.board.days;
  if (!boardRows().length) {
    show(area, h("p", { class: "hint" }, t("board_none")));
    return;
  }
  const datasets = [...new Set(boardRows().map((row) => row[2]))].sort();
  const units = boardUnits((row) => !state.dataset || row[2] === state.dataset);
  const totals = FAULTS.map((s) => sum(units.map((unit) => unit.count[s]))),
    quarantined = sum(units.map((unit) => unit.quarantined));
  const trouble = (unit) => unit.count.r * 1e6 + unit.count.m * 1e3 + unit.count.l;
  const rows = units
    .filter((unit) => !state.faults || trouble(unit) || unit.quarantined)
    .sort(
      (a, b) =>
        trouble(b) - trouble(a) ||
        b.quarantined - a.quarantined ||
        collator.compare(D.board.units[a.at][1], D.board.units[b.at][1]),
    );
  const size = days.length > 200 ? 4 : days.length > 110 ? 6 : Math.max(7, Math.min(13, Math.floor(620 / days.length)));
  const control = (change) => (event) => {
    change(event.target);
    state.boardLimit = BOARD_PAGE;
    board();
  };
  const axis = svg("svg", {
    width: days.length * size,
    height: 14,
    viewBox: `0 0 ${days.length * size} 14`,
    "aria-hidden": "true",
  });
  let free = 0;
  days.forEach((iso, i) => {
    const starts = i === 0 || iso.slice(0, 7) !== days[i - 1].slice(0, 7);
    if (starts && i * size >= free) {
      axis.append(
        svg(
          "text",
          { x: i * size, y: 11, class: "axis" },
          days.length > 31 ? iso.slice(5, 7) + "/" + iso.slice(0, 4) : day(iso),
        ),
      );
      free = i * size + 62;
    }
  });
  const shown = rows.slice(0, state.boardLimit),
    rest = rows.length - shown.length;
  show(
    area,
    h(
      "div",
      { class: "tools" },
      h(
        "label",
        {},
        t("board_dataset") + " ",
        h(
          "select",
          {
            id: "board-dataset",
            onchange: control((x) => {
              state.dataset = x.value;
            }),
          },
          h("option", { value: "" }, t("board_all")),
          datasets.map((d) => h("option", { value: d, selected: d === state.dataset }, term("dataset", d))),
        ),
      ),
      h(
        "label",
        { class: "check" },
        h("input", {
          type: "checkbox",
          checked: state.faults,
          onchange: control((x) => {
            state.faults = x.checked;
          }),
        }),
        " " + t("board_only_faults"),
      ),
      h(
        "dl",
        { class: "tally" },
        FAULTS.map((s, i) =>
          h("div", {}, h("dt", {}, t("status." + s)), h("dd", { "data-status": s }, whole(totals[i]))),
        ),
        h("div", {}, h("dt", {}, t("kpi_rows")), h("dd", { "data-status": "q" }, whole(quarantined))),
      ),
    ),
    legend(),
    h("p", { class: "hint" }, t("board_intro")),
    h(
      "div",
      { class: "scroll" },
      h(
        "table",
        { class: "board", "aria-labelledby": "h-board" },
        h(
          "thead",
          {},
          h(
            "tr",
            {},
            h("th", { scope: "col" }, t("col_unit")),
            h(
              "th",
              { scope: "col", class: "days" },
              h("span", { class: "sr" }, t("board_days", { from: day(days[0]), to: day(days[days.length - 1]) })),
              axis,
            ),
            FAULTS.map((s) => h("th", { scope: "col", class: "num" }, t("status." + s))),
            h("th", { scope: "col", class: "num" }, t("board_quarantined")),
          ),
        ),
        h(
          "tbody",
          {},
          shown.map((unit) =>
            h(
              "tr",
              {},
              h("th", { scope: "row", class: "unit" }, boardName(unit.at)),
              h("td", { class: "days" }, strip(unit, size, true)),
              FAULTS.map((s) =>
                h(
                  "td",
                  { class: "num" + (s !== "o" && unit.count[s] ? " fault" : "") + (unit.count[s] ? "" : " zero") },
                  whole(unit.count[s]),
                ),
              ),
              h("td", { class: "num" + (unit.quarantined ? "" : " zero") }, whole(unit.quarantined)),
            ),
          ),
        ),
      ),
    ),
    h(
      "p",
      { class: "more" },
      rest > 0
        ? [
            h(
              "button",
              {
                type: "button",
                onclick: () => {
                  state.boardLimit += BOARD_PAGE;
                  board();
                },
              },
              t("show_more", { n: whole(Math.min(BOARD_PAGE, rest)) }),
            ),
            rest <= ALL_AT_ONCE
              ? h(
                  "button",
                  {
                    type: "button",
                    onclick: () => {
                      state.boardLimit = Infinity;
                      board();
                    },
                  },
                  t("show_all"),
                )
              : null,
          ]
        : null,
    ),
    h("div", { id: "tip", class: "tip", hidden: true, role: "status", "aria-live": "polite" }),
  );
}
function boardName(at) {
  const [code, name] = D.board.units[at],
    known = unitByCode.get(code);
  return known === undefined
    ? h("span", { title: code }, name)
    : h("button", { type: "button", class: "link", title: code, onclick: () => openUnit(known) }, name);
}

/* What stands beside a unit's rank: the state of the period, why a unit is not ranked, interval, other methods, change
   and causes, adjustments, peers, objections, data quality, actions. Used by the table, the detail and the sheet. */
const I = { low: 0, high: 1, best: 2, worst: 3, step: 4, apart: 5 };
const signed = (value) => (value > 0 ? "+" : value < 0 ? "−" : "") + points(Math.abs(value));
const rankText = (rank) => (rank === null ? "–" : String(rank));

/* ---- the period ------------------------------------------------------------------------------------------------- */
const finalNow = () => D.finals.find((one) => one.province === state.province && one.method === state.method);
function stateNow() {
  const final = finalNow(),
    found = D.methods.length ? method().state : null;
  if (final)
    return { text: t("state." + final.state, { name: final.name }), title: t("state_final_note"), settled: true };
  if (!found)
    return {
      text: t(D.period.complete ? "complete" : "provisional"),
      title: D.period.complete ? "" : t("provisional_note"),
      settled: D.period.complete,
    };
  return {
    text: t("state." + found.kind, { day: day(found.kind === "late_window" ? found.late : found.objections) }),
    title: t("state_note." + found.kind),
    settled: found.kind === "closed",
  };
}
function movedList(final) {
  return Object.entries(final.moved || {})
    .map(([at, [total, rank]]) => {
      const row = D.ranking[state.method].find((x) => x[R.unit] === Number(at));
      return { at: Number(at), total, rank, row };
    })
    .filter((one) => one.row)
    .sort((a, b) => (a.rank ?? 1e9) - (b.rank ?? 1e9));
}
const officially = (final, total, rank) =>
  t("official", { name: final.name, rank: rankText(rank), total: points(total) });
const byNow = (row) => t("would_be", { rank: rankText(row[R.rank]), total: points(row[R.total]) });
function notice() {
  const final = finalNow(),
    box = $("notice");
  box.hidden = !final && !D.edition;
  if (D.edition && !final) {
    show(box, h("p", {}, t("edition_page", { name: D.edition })));
    return;
  }
  if (!final) return;
  const moved = movedList(final);
  show(
    box,
    h(
      "p",
      {},
      t("approved", { name: final.name, by: final.by, day: day(final.on) }),
      " ",
      h("small", {}, "SHA-256 ", h("code", { title: final.sha256 }, final.sha256.slice(0, 12) + "…")),
    ),
    final.moved === null
      ? h("p", {}, t("moved_unknown"))
      : moved.length
        ? h(
            "details",
            {},
            h("summary", {}, t("moved", { n: whole(moved.length), name: final.name })),
            h(
              "ul",
              { class: "plain" },
              moved.map((one) =>
                h(
                  "li",
                  {},
                  h("b", {}, D.units[one.at][U.name]),
                  ": ",
                  officially(final, one.total, one.rank),
                  " → ",
                  byNow(one.row),
                ),
              ),
            ),
          )
        : h("p", {}, t("moved_none", { name: final.name })),
  );
}

/* ---- one unit in the table ---------------------------------------------------------------------------------------- */
function whyNot(row) {
  const [due, readable, exported, onPortal] = D.completeness[row[R.unit]] || [];
  if (row[R.why] === "incomplete_deliveries" && due)
    return t("why_deliveries", { readable: whole(readable), due: whole(due) });
  if (row[R.why] === "incomplete_coverage" && onPortal)
    return t("why_coverage", { exported: whole(exported), portal: whole(onPortal) });
  return term("null", row[R.why]);
}
const isIncomplete = (row) => row[R.rank] === null && String(row[R.why]).startsWith("incomplete");
const intervalOf = (at) => (D.intervals[state.method] || {})[at];
function rankRange(at) {
  const found = intervalOf(at);
  return !found
    ? null
    : found[I.best] === found[I.worst]
      ? String(found[I.best])
      : found[I.best] + "–" + found[I.worst];
}
const alike = (at) => {
  const found = intervalOf(at);
  return Boolean(found) && found[I.apart] === false;
};
function fewText(row) {
  const least = method().state ? method().state.least : null;
  return least ? t("few_note", { n: whole(row[R.dossiers]), least: whole(least) }) : t("few");
}
/* Columns that a phone has no room for, in one line. */
function phoneLine(row) {
  const n = row[R.change],
    range = row[R.rank] === null ? null : rankRange(row[R.unit]);
  const parts = [
    row[R.rank] === null || n === null ? null : n > 0 ? "▲ " + n : n < 0 ? "▼ " + -n : "=",
    range ? t("sheet_interval", { range }) : null,
    row[R.adjustment] ? t("col_adjustment").toLowerCase() + " " + signed(row[R.adjustment]) : null,
  ].filter(Boolean);
  return parts.length ? h("span", { class: "phone" }, " · " + parts.join(" · ")) : null;
}
/* Marks below a unit's name. */
function marks(row) {
  const final = finalNow(),
    stood = final && final.moved ? final.moved[row[R.unit]] : null;
  return [
    row[R.few] && row[R.why] !== "no_dossiers" ? h("span", { class: "mark few", title: fewText(row) }, t("few")) : null,
    row[R.rank] === null && row[R.why] !== "level_not_ranked"
      ? h("span", { class: "mark why" }, t("rank_missing", { why: whyNot(row) }))
      : null,
    stood ? h("span", { class: "mark official" }, officially(final, ...stood) + " → " + byNow(row)) : null,
  ];
}

/* ---- one unit: sections of its detail ------------------------------------------------------------------------------ */
const section = (key, name, ...content) =>
  h("section", { class: "part", "data-part": name }, h("h3", {}, t(key)), ...content);
const columns = (keys, numbersFrom) =>
  h(
    "thead",
    {},
    h(
      "tr",
      {},
      keys.map((key, i) => h("th", { scope: "col", class: i >= numbersFrom ? "num" : null }, t(key))),
    ),
  );
const plainTable = (head, rows, name) =>
  h("div", { class: "scroll" }, h("table", { class: "plain-table " + (name || "") }, head, h("tbody", {}, rows)));
const periodText = () =>
  ["month", "quarter", "year"].includes(D.period.kind) ? D.period.label : D.period.start + ".." + D.period.end;
/* A command to be copied; where the clipboard is closed it is at least marked. */
function commandLine(command) {
  const code = h("code", { class: "command" }, command);
  const button = h(
    "button",
    {
      type: "button",
      class: "copy",
      onclick: () => {
        if (navigator.clipboard)
          navigator.clipboard.writeText(command).then(
            () => {
              button.textContent = t("copied");
            },
            () => {},
          );
        const range = document.createRange();
        range.selectNodeContents(code);
        getSelection().removeAllRanges();
        getSelection().addRange(range);
      },
    },
    t("copy"),
  );
  return [code, button];
}
function remarks(row) {
  const at = row[R.unit],
    found = intervalOf(at),
    final = finalNow(),
    stood = final && final.moved ? final.moved[at] : null;
  return [
    isIncomplete(row) ? h("li", { "data-part": "why" }, t("incomplete_note", { why: whyNot(row) })) : null,
    row[R.few] && row[R.why] !== "no_dossiers" ? h("li", { "data-part": "few" }, fewText(row)) : null,
    found && row[R.rank] !== null
      ? h(
          "li",
          { "data-part": "interval" },
          found[I.low] === null
            ? t("interval_ranks", { best: found[I.best], worst: found[I.worst] })
            : t("interval_note", {
                best: found[I.best],
                worst: found[I.worst],
                low: points(found[I.low]),
                high: points(found[I.high]),
              }),
          found[I.step] === null ? null : " " + t("interval_step", { points: fmt(found[I.step], 4, 2) }),
          alike(at) ? " " + t("alike_note") : null,
        )
      : null,
    row[R.adjustment]
      ? h(
          "li",
          { "data-part": "adjusted" },
          t("adjusted_note", {
            computed: points(row[R.computed]),
            adjustment: signed(row[R.adjustment]),
            total: points(row[R.total]),
          }),
        )
      : null,
    stood ? h("li", { "data-part": "official" }, officially(final, ...stood) + " → " + byNow(row)) : null,
  ].filter(Boolean);
}
function methodsPart(at) {
  if (D.methods.length < 2) return null;
  return section(
    "by_method",
    "methods",
    plainTable(
      columns(["method", "col_total", "col_percent", "col_rank", "col_band"], 1),
      D.methods.map((one, i) => {
        const row = D.ranking[i].find((x) => x[R.unit] === at);
        return row
          ? h(
              "tr",
              { class: i === state.method ? "chosen" : null },
              h("th", { scope: "row" }, named(one), one.default ? h("small", {}, " " + t("default_method")) : null),
              h("td", { class: "num" }, points(row[R.total]), h("small", {}, " / " + whole(row[R.max]))),
              h("td", { class: "num" }, percentText(row[R.percent], 2)),
              h(
                "td",
                { class: "num" },
                row[R.rank] === null ? "–" : [h("b", {}, row[R.rank]), h("small", {}, " / " + row[R.of])],
              ),
              h("td", { class: "num" }, bandName(row) || "–"),
            )
          : null;
      }),
    ),
  );
}
const changeOf = (at) => (D.changes.units[state.method] || {})[at];
function criterionName(id) {
  if (id === "ADJUSTMENT" || id === "UNEXPLAINED") return term("cause", id.toLowerCase());
  const found = method().criteria.find((one) => one.id === id) || D.changes.names[id];
  return found ? named(found) : id;
}
function causeText(causes, bare) {
  return causes
    .map(([cause, value]) => term("cause", cause) + (causes.length > 1 && !bare ? " " + signed(value) : ""))
    .join(", ");
}
function changeHead(at, row) {
  const found = changeOf(at),
    against = named(D.changes.against);
  const same =
    found[0] === method().id
      ? ""
      : " " + t("change_method", { method: named(D.methods.find((m) => m.id === found[0]) || { id: found[0] }) });
  return (
    t("change_total", {
      against,
      before: points(found[1]),
      after: points(row[R.total]),
      moved: signed(row[R.total] - found[1]),
    }) +
    (found[2] !== null && row[R.rank] !== null
      ? "; " + t("change_rank", { before: found[2], of: found[3], after: row[R.rank], now: row[R.of] })
      : "") +
    same
  );
}
const ratioText = (parts) => (parts ? whole(parts[0]) + "/" + whole(parts[1]) : "–");
const figureNow = (at, id) => {
  const found = D.facts[at].find((x) => D.indicators[x[F.indicator]].id === id);
  return found && found[F.num] !== null ? [found[F.num], found[F.den]] : null;
};
function changeRow(at, [id, before, after, parts, moved, causes]) {
  const isRest = before === null && after === null;
  return h(
    "tr",
    {},
    h("th", { scope: "row" }, criterionName(id), h("small", { class: "cause" }, causeText(causes))),
    h(
      "td",
      { class: "num" },
      isRest
        ? ""
        : [
            points(before) + " → " + points(after),
            h("small", { class: "cause" }, ratioText(parts) + " → " + ratioText(figureNow(at, id))),
          ],
    ),
    h("td", { class: "num " + (moved > 0 ? "rank_up" : "rank_down") }, h("b", {}, signed(moved))),
  );
}
function changePart(at, row) {
  if (!D.changes.against || !row) return null;
  const found = changeOf(at);
  if (!found)
    return section(
      "change",
      "change",
      h("p", { class: "hint" }, t("change_none", { against: named(D.changes.against) })),
    );
  return section(
    "change",
    "change",
    h("p", {}, changeHead(at, row)),
    found[4].length
      ? plainTable(
          columns(["col_criterion", "change_scores", "change_points"], 1),
          found[4].map((line) => changeRow(at, line)),
        )
      : h("p", { class: "hint" }, t("change_nothing")),
  );
}
const adjustmentsOf = (at) => D.adjustments.filter((one) => one[0] === at && one[1] === state.method);
function adjustmentsPart(at) {
  const found = adjustmentsOf(at);
  if (!found.length) return null;
  return section(
    "adjustments",
    "adjustments",
    plainTable(
      columns(["adjustment_reason", "evidence", "approved_by", "change_points"], 3),
      found.map(([, , criterion, value, reason, evidence, by, on, id]) =>
        h(
          "tr",
          {},
          h(
            "th",
            { scope: "row" },
            reason,
            h(
              "small",
              { class: "cause" },
              [id, criterion ? criterionName(criterion) : null].filter(Boolean).join(" · "),
            ),
          ),
          h("td", {}, evidence || "–"),
          h("td", {}, by || "–", h("small", { class: "cause" }, day(on))),
          h("td", { class: "num" }, h("b", {}, signed(value))),
        ),
      ),
    ),
  );
}
const peersOf = (at) => (D.peers[state.method] || {})[at] || [];
function peerText([group, value, rank, of]) {
  const said =
    group === "kind"
      ? term("unit_kind", value)
      : group === "volume"
        ? t("peer_volume", { n: whole(Number(value)) })
        : String(value)
            .split(",")
            .map((code) => (unitByCode.has(code) ? D.units[unitByCode.get(code)][U.name] : code))
            .join(", ");
  return t("peer." + group, { value: said }) + ": " + t("rank_of", { rank, of });
}
function peersPart(at) {
  const found = peersOf(at);
  return found.length
    ? section(
        "peers",
        "peers",
        h(
          "ul",
          { class: "plain" },
          found.map((one) => h("li", {}, peerText(one))),
        ),
      )
    : null;
}
const objectionsOf = (at) => D.objections.filter((one) => one[0] === at);
const objectionText = ([, id, criterion, reason, dossiers, filed, how]) =>
  [
    id,
    criterion ? criterionName(criterion) : null,
    reason,
    dossiers ? t("objection_dossiers", { n: whole(dossiers) }) : null,
    day(filed),
  ]
    .filter(Boolean)
    .join(" · ") +
  " – " +
  term("objection", how);
function objectionsPart(at) {
  const found = objectionsOf(at);
  return found.length
    ? section(
        "objections",
        "objections",
        h(
          "ul",
          { class: "plain" },
          found.map((one) => h("li", {}, objectionText(one))),
        ),
      )
    : null;
}
/* Deliveries and rows of the unit's own files, and what reached us of what was due. */
function qualityText(at) {
  const [due, readable, exported, onPortal] = D.completeness[at] || [],
    mine = boardRows().filter((row) => D.board.units[row[0]][0] === D.units[at][U.code]);
  const held = sum(mine.flatMap((row) => row[5].map((x) => x[1]))),
    read = sum(mine.map((row) => row[4]));
  return [
    due ? t("quality_deliveries", { readable: whole(readable), due: whole(due) }) : null,
    mine.length && mine.every((row) => row[4] !== null)
      ? t("quality_rows", { held: whole(held), read: whole(read) })
      : null,
    onPortal && exported !== null
      ? t("quality_coverage", { exported: whole(exported), portal: whole(onPortal) })
      : null,
  ].filter(Boolean);
}
function actionsPart(at) {
  const found = D.actions[at];
  if (!found) return null;
  const [total, first] = found;
  return section(
    "actions",
    "actions",
    h("p", { class: "hint" }, t("actions_note", { n: whole(first.length), total: whole(total) })),
    plainTable(
      columns(["action", "dossier", "deadline", "points_each"], 3),
      first.map(([action, dossier, until, criterion, value]) =>
        h(
          "tr",
          {},
          h("th", { scope: "row" }, term("action", action), h("small", { class: "cause" }, criterionName(criterion))),
          h("td", {}, h("code", {}, dossier)),
          h(
            "td",
            {},
            until ? day(until.slice(0, 10)) + (until.slice(11) === "23:59" ? "" : " " + until.slice(11)) : "–",
          ),
          h("td", { class: "num" }, "+" + fmt(value, 4, 2)),
        ),
      ),
      "acts",
    ),
    h(
      "p",
      { class: "rest" },
      t("actions_rest") + " ",
      commandLine(`cchc actions --unit ${D.units[at][U.code]} --period ${periodText()} --out actions.csv`),
    ),
  );
}

/* The defence sheet (phiếu giải trình): what a unit stands on, on one A4 page, for print and signature. */
const SHEET_CHANGES = 6,
  SHEET_OBJECTIONS = 3;
const sheetRow = (label, ...content) => h("tr", {}, h("th", { scope: "row" }, label), h("td", {}, ...content));
const more = (all, shown) => (all.length > shown ? [" ", t("and_more", { n: all.length - shown })] : null);

function openSheet(at) {
  state.unit = at;
  sheet(at);
  const box = $("sheet");
  if (!box.open) box.showModal();
  box.scrollTop = 0;
  history.replaceState(null, "", "#sheet=" + encodeURIComponent(D.units[at][U.code]));
}
function editionText() {
  const final = finalNow();
  if (final)
    return (
      t("approved", { name: final.name, by: final.by, day: day(final.on) }) +
      " SHA-256 " +
      final.sha256.slice(0, 16) +
      "…"
    );
  return D.edition ? t("edition_page", { name: D.edition }) : t("no_edition");
}
const printedAt = () =>
  new Intl.DateTimeFormat(lang === "vi" ? "vi-VN" : "en-GB", {
    dateStyle: "short",
    timeStyle: "short",
    timeZone: "Asia/Ho_Chi_Minh",
  }).format(new Date());
/* Legal sources once, numbered; a criterion names the numbers of its own. */
function legalSources() {
  const listed = [];
  const mark = (indicator, criterion) =>
    [...new Set([indicator && indicator.source, criterion.source].filter(Boolean))]
      .map((text) => {
        if (!listed.includes(text)) listed.push(text);
        return listed.indexOf(text) + 1;
      })
      .join(", ");
  return { listed, mark };
}
function sheetCriteria(at, legal) {
  const m = method(),
    mine = groupsOf(at),
    moved = new Map(((changeOf(at) || [])[4] || []).map((line) => [line[0], line[4]]));
  const facts = new Map(D.facts[at].map((fact) => [D.indicators[fact[F.indicator]].id, fact]));
  const against = Boolean(D.changes.against),
    wide = against ? 7 : 6;
  return h(
    "table",
    { class: "sheet-table" },
    h(
      "thead",
      {},
      h(
        "tr",
        {},
        h("th", { scope: "col" }, t("col_criterion")),
        ["sheet_parts", "ratio", "score"].map((key) => h("th", { scope: "col", class: "num" }, t(key))),
        against ? h("th", { scope: "col", class: "num" }, "±") : null,
        h("th", { scope: "col" }, t("data_source")),
        h("th", { scope: "col" }, t("legal")),
      ),
    ),
    h(
      "tbody",
      {},
      m.groups.map((group, g) => {
        const value = mine[2 * g],
          top = mine[2 * g + 1];
        return [
          h(
            "tr",
            { class: "sheet-group" },
            h("th", { colspan: 3, scope: "row" }, named(group)),
            h(
              "td",
              { class: "num" },
              value === null || value === undefined ? t("no_data") : points(value) + " / " + whole(top),
            ),
            h("td", { colspan: wide - 4 }),
          ),
          m.criteria
            .filter((c) => c.group === g)
            .map((c) => {
              const fact = facts.get(c.id),
                known = fact && fact[F.num] !== null,
                score = fact ? fact[F.score + state.method] : null;
              return h(
                "tr",
                {},
                h("th", { scope: "row" }, named(c)),
                h("td", { class: "num" }, known ? whole(fact[F.num]) + " / " + whole(fact[F.den]) : "–"),
                h("td", { class: "num" }, fact && fact[F.ratio] !== null ? percentText(fact[F.ratio] * 100, 2) : "–"),
                h("td", { class: "num" }, points(score) + " / " + whole(c.max)),
                against ? h("td", { class: "num" }, moved.has(c.id) ? signed(moved.get(c.id)) : "") : null,
                h("td", {}, known ? term("source_short", D.sources[fact[F.source]]) : t("sheet_no_figure")),
                h(
                  "td",
                  {},
                  legal.mark(
                    D.indicators.find((x) => x.id === c.id),
                    c,
                  ),
                ),
              );
            }),
        ];
      }),
    ),
  );
}
function sheet(at) {
  const unit = D.units[at],
    row = D.ranking[state.method].find((x) => x[R.unit] === at),
    home = D.provinces[unit[U.province]];
  const legal = legalSources(),
    criteria = sheetCriteria(at, legal),
    found = changeOf(at),
    objected = objectionsOf(at),
    open = objected.filter((one) => one[6] === "open");
  const box = (label, value, note) =>
    h("div", {}, h("span", {}, label), h("strong", {}, value), h("small", {}, note || " "));
  show(
    $("sheet-area"),
    h(
      "div",
      { class: "sheet-tools" },
      h("button", { type: "button", class: "quiet", id: "sheet-print", onclick: () => print() }, t("sheet_print")),
      h("button", { type: "button", class: "close", onclick: () => $("sheet").close(), "aria-label": t("close") }, "✕"),
    ),
    h(
      "article",
      { class: "paper" },
      h(
        "header",
        {},
        h(
          "p",
          {},
          h("span", {}, home ? home[1] || home[0] : ""),
          h("span", {}, [t("level." + unit[U.level]), unit[U.code]].join(" · ")),
        ),
        h("h2", { id: "sheet-name" }, t("sheet_title")),
        h(
          "p",
          { class: "sheet-unit" },
          h("b", {}, unit[U.name]),
          " · ",
          named(D.period),
          " (",
          day(D.period.start),
          " – ",
          day(D.period.end),
          ")",
        ),
        h(
          "p",
          { class: "sheet-state" },
          [finalNow() ? null : stateNow().text, editionText(), named(method())].filter(Boolean).join(" · "),
        ),
      ),
      row
        ? h(
            "div",
            { class: "sheet-boxes" },
            box(
              t("col_rank"),
              row[R.rank] === null ? "–" : row[R.rank] + " / " + row[R.of],
              row[R.rank] !== null && rankRange(at)
                ? t("sheet_interval", { range: rankRange(at) })
                : row[R.rank] === null
                  ? whyNot(row)
                  : "",
            ),
            box(t("col_total"), points(row[R.total]), t("kpi_median_note", { max: whole(row[R.max]) })),
            box(t("col_percent"), percentText(row[R.percent], 2), bandName(row)),
            found
              ? box(
                  t("sheet_change"),
                  signed(row[R.total] - found[1]),
                  named(D.changes.against) +
                    ": " +
                    points(found[1]) +
                    (found[2] === null ? "" : ", " + t("sheet_rank_before", { rank: found[2] })),
                )
              : box(t("sheet_change"), "–", t("sheet_no_before")),
          )
        : null,
      criteria,
      h(
        "table",
        { class: "sheet-notes" },
        h(
          "tbody",
          {},
          found && found[4].length
            ? sheetRow(
                t("change"),
                found[4]
                  .slice(0, SHEET_CHANGES)
                  .map(
                    ([id, , , , moved, causes]) => `${criterionName(id)} ${signed(moved)} (${causeText(causes, true)})`,
                  )
                  .join("; "),
                more(found[4], SHEET_CHANGES),
              )
            : null,
          adjustmentsOf(at).length
            ? sheetRow(
                t("adjustments"),
                adjustmentsOf(at)
                  .map(([, , , value, reason, evidence, by, on]) =>
                    [signed(value), reason, evidence, by, day(on)].filter(Boolean).join(", "),
                  )
                  .join("; "),
              )
            : null,
          row && remarks(row).length
            ? sheetRow(
                t("sheet_remarks"),
                remarks(row)
                  .map((item) => item.textContent)
                  .join(" "),
              )
            : null,
          peersOf(at).length ? sheetRow(t("peers"), peersOf(at).map(peerText).join("; ")) : null,
          sheetRow(
            t("sheet_objections"),
            open.length
              ? [open.slice(0, SHEET_OBJECTIONS).map(objectionText).join("; "), more(open, SHEET_OBJECTIONS)]
              : t("sheet_no_objection"),
          ),
          qualityText(at).length ? sheetRow(t("quality"), qualityText(at).join("; ") + ".") : null,
          sheetRow(t("legal"), legal.listed.map((text, i) => `[${i + 1}] ${text}`).join("; ")),
        ),
      ),
      h("div", { class: "sheet-opinion" }, t("sheet_opinion")),
      h(
        "div",
        { class: "sheet-signs" },
        ["sheet_made_by", "sheet_signed_by"].map((key) =>
          h("div", {}, h("b", {}, t(key)), h("small", {}, t("sheet_sign_hint"))),
        ),
      ),
      h(
        "footer",
        {},
        [
          t("sheet_foot", { day: day(D.period.as_of), version: D.version }),
          t("sheet_printed", { time: printedAt() }),
        ].join(" · "),
      ),
    ),
  );
}

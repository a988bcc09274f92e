/* The page of one period: one unit. */
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
      const max = whole(criterion.max),
        full = whole(criterion.full);
      if (fact[F.den]) {
        const share = criterion.full === 100 ? "" : " ÷ " + full + "%";
        add(
          t("formula"),
          `min(${max}; ${max} × ${whole(fact[F.num])} ÷ ${whole(fact[F.den])}${share}) = `,
          h("b", {}, points(score)),
          criterion.full === 100 ? null : " (" + t("formula_full", { full }) + ")",
        );
      } else if (score !== null) add(t("formula"), t("formula_zero", { score: points(score) }));
    }
    if (fact[F.target]) {
      const [operator, percent] = D.targets[fact[F.target][0]],
        met = fact[F.target][1];
      add(
        t("target"),
        `${{ ">=": "≥", "<=": "≤" }[operator] || operator} ${whole(percent)}%`,
        met === null ? "" : " – " + t(met ? "target_met" : "target_missed"),
      );
    }
  }
  const legal = [...new Set([indicator && indicator.source, criterion && criterion.source].filter(Boolean))];
  if (legal.length) add(t("legal"), h("span", { lang: "vi" }, legal.join("; ")));
  if (fact && fact[F.num] !== null) {
    add(t("data_source"), term("source", D.sources[fact[F.source]]));
    const command = `cchc trail --unit ${D.units[unit][U.code]} --indicator ${indicator.id} --period ${periodText()}`;
    add(
      t("rows_behind"),
      commandLine(command),
      h(
        "small",
        {},
        t({ portal: "rows_hint_portal", declared: "rows_hint_declared" }[D.sources[fact[F.source]]] || "rows_hint"),
      ),
    );
  }
  return h("dl", { class: "rules" }, parts);
}
/* Why a criterion has no ratio; without any figure also that it is no part of the attainable points. */
function reasonOf(fact) {
  if (fact && !fact[F.why]) return null;
  const why = term("null", fact ? fact[F.why] : "nobody_delivered");
  return h(
    "small",
    { "data-part": "reason" },
    fact && (fact[F.num] !== null || fact[F.why] === "suppressed") ? why : why + "; " + t("not_computed"),
  );
}
/* Where the figure comes from; nothing where there is no figure. */
function sourceOf(fact) {
  if (!fact || fact[F.num] === null) return null;
  const source = D.sources[fact[F.source]];
  return h("small", { class: "source s-" + source, "data-part": "source" }, term("source_short", source));
}
function criterionBox(unit, indicator, fact, criterion) {
  const id = criterion ? criterion.id : indicator.id,
    score = fact ? fact[F.score + state.method] : null;
  const label = named(criterion || indicator);
  const line = [
    h("span", { class: "c-name" }, label, reasonOf(fact), sourceOf(fact)),
    h(
      "span",
      { class: "c-parts" },
      fact && fact[F.num] !== null
        ? [
            h("span", { class: "sr" }, t("numerator") + " "),
            h("span", { "data-part": "numerator" }, whole(fact[F.num])),
            h("span", { "aria-hidden": "true" }, " / "),
            h("span", { class: "sr" }, t("denominator") + " "),
            h("span", { "data-part": "denominator" }, whole(fact[F.den])),
          ]
        : "–",
    ),
    h("span", { class: "c-ratio" }, fact && fact[F.ratio] !== null ? percentText(fact[F.ratio] * 100, 2) : "–"),
    h(
      "span",
      { class: "c-score" },
      criterion ? [h("b", { "data-part": "score" }, points(score)), h("small", {}, " / " + whole(criterion.max))] : "",
    ),
  ];
  const box = h(
    "details",
    {
      class: "criterion" + (fact && fact[F.num] !== null ? "" : " absent"),
      "data-indicator": id,
      open: state.open.has(id),
    },
    h("summary", {}, line),
    ruleRows(unit, indicator, fact, criterion),
  );
  box.addEventListener("toggle", () => {
    if (box.open) state.open.add(id);
    else state.open.delete(id);
  });
  return box;
}
function detail() {
  const at = state.unit;
  if (at === null) return;
  const unit = D.units[at],
    m = method(),
    row = D.ranking[state.method].find((x) => x[R.unit] === at);
  const facts = new Map(D.facts[at].map((fact) => [D.indicators[fact[F.indicator]].id, fact]));
  const scored = new Set(m.criteria.map((c) => c.id)),
    mine = groupsOf(at),
    volume = D.volumes.rows[at];
  const shownIndicator = (id) => D.indicators.find((x) => x.id === id) || { id, num: null, den: null, source: null };
  const parts = m.groups.map((group, g) => {
    const value = mine[2 * g],
      top = mine[2 * g + 1],
      none = value === null || value === undefined;
    return h(
      "section",
      { class: "group-box" },
      h(
        "h4",
        { vars: { "--c": COLOURS[g % COLOURS.length], "--p": !none && top ? (value * 100) / top + "%" : "0%" } },
        h("span", {}, named(group)),
        h(
          "span",
          { class: "g-score" },
          none ? t("no_data") : [h("b", {}, points(value)), h("small", {}, " / " + whole(top))],
        ),
        h("i", { class: "bar", "aria-hidden": "true" }),
      ),
      m.criteria.filter((c) => c.group === g).map((c) => criterionBox(at, shownIndicator(c.id), facts.get(c.id), c)),
    );
  });
  const extra = D.facts[at].filter((fact) => !scored.has(D.indicators[fact[F.indicator]].id));
  const mineBoard = boardUnits((r) => D.board.units[r[0]][0] === unit[U.code])[0];
  const close = h(
    "button",
    { type: "button", class: "close", onclick: () => $("detail").close(), "aria-label": t("close") },
    "✕",
  );
  const toggleAll = h(
    "button",
    {
      type: "button",
      class: "quiet",
      onclick: () => {
        const boxes = [...$("detail").querySelectorAll("details")],
          opening = boxes.some((box) => !box.open);
        for (const box of boxes) box.open = opening;
        toggleAll.textContent = t(opening ? "close_all" : "open_all");
      },
    },
    t("open_all"),
  );
  show(
    $("detail-area"),
    h(
      "div",
      { class: "detail-head" },
      h(
        "div",
        {},
        h("p", { class: "eyebrow" }, [t("level." + unit[U.level]), unit[U.code], named(D.period)].join(" · ")),
        h("h2", { id: "detail-name" }, unit[U.name]),
      ),
      h("button", { type: "button", class: "quiet sheet-open", onclick: () => openSheet(at) }, t("sheet_open")),
      close,
    ),
    row
      ? h(
          "div",
          { class: "detail-score" },
          h(
            "div",
            {},
            h("strong", { "data-part": "total" }, points(row[R.total])),
            h("span", {}, t("kpi_median_note", { max: whole(row[R.max]) })),
          ),
          h(
            "div",
            {},
            h("strong", {}, percentText(row[R.percent], 2)),
            h("span", {}, bandName(row) || t("col_percent")),
          ),
          h(
            "div",
            {},
            h("strong", {}, row[R.rank] === null ? "–" : row[R.rank]),
            h(
              "span",
              {},
              row[R.rank] === null
                ? t("rank_missing", { why: whyNot(row) })
                : t("rank_of", { rank: row[R.rank], of: row[R.of] }),
              row[R.change] !== null
                ? " · " +
                    t(row[R.change] > 0 ? "rank_up" : row[R.change] < 0 ? "rank_down" : "rank_same", {
                      n: Math.abs(row[R.change]),
                      before: row[R.before],
                    })
                : "",
            ),
          ),
        )
      : null,
    row && remarks(row).length ? h("ul", { class: "plain remarks" }, remarks(row)) : null,
    methodsPart(at),
    changePart(at, row),
    adjustmentsPart(at),
    peersPart(at),
    objectionsPart(at),
    actionsPart(at),
    volume
      ? [
          h("h3", {}, t("volume")),
          h(
            "dl",
            { class: "tally volume" },
            D.volumes.columns.map((name, i) =>
              h("div", {}, h("dt", {}, term("measure", name)), h("dd", {}, whole(volume[i]))),
            ),
          ),
        ]
      : null,
    h("div", { class: "how" }, h("h3", {}, t("how")), toggleAll),
    h("p", { class: "hint" }, t("how_note")),
    h(
      "div",
      { class: "c-head", "aria-hidden": "true" },
      h("span", {}, t("col_criterion")),
      h("span", {}, t("numerator") + " / " + t("denominator").toLowerCase()),
      h("span", {}, t("ratio")),
      h("span", {}, t("score")),
    ),
    parts,
    extra.length
      ? h(
          "section",
          { class: "group-box" },
          h("h4", {}, h("span", {}, t("extra"))),
          extra.map((fact) => criterionBox(at, D.indicators[fact[F.indicator]], fact, null)),
        )
      : null,
    qualityText(at).length
      ? section(
          "quality",
          "quality",
          h(
            "ul",
            { class: "plain" },
            qualityText(at).map((text) => h("li", {}, text)),
          ),
        )
      : null,
    mineBoard
      ? [
          h("h3", {}, t("unit_deliveries")),
          h(
            "div",
            { class: "scroll" },
            h(
              "table",
              { class: "plain-table" },
              h(
                "thead",
                {},
                h(
                  "tr",
                  {},
                  h("th", { scope: "col" }, t("board_dataset")),
                  h("th", { scope: "col" }, t("board_system")),
                  FAULTS.map((s) => h("th", { scope: "col", class: "num" }, t("status." + s))),
                  h("th", { scope: "col", class: "num" }, t("board_quarantined")),
                ),
              ),
              h(
                "tbody",
                {},
                mineBoard.rows.map((r) =>
                  h(
                    "tr",
                    {},
                    h("th", { scope: "row" }, term("dataset", r[2])),
                    h("td", {}, D.board.systems[r[1]][1]),
                    FAULTS.map((s) => h("td", { class: "num" }, whole(r[3].split(s).length - 1))),
                    h("td", { class: "num" }, whole(sum(r[5].map((x) => x[1])))),
                  ),
                ),
              ),
            ),
          ),
        ]
      : null,
  );
}

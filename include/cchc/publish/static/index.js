/* The start page: periods by kind, deliveries by month, broken rules. */
const numeric = (text) => h("td", { class: "num" }, text);
const head = (...keys) =>
  h(
    "thead",
    {},
    h(
      "tr",
      {},
      keys.map((key, i) => h("th", { scope: "col", class: i ? "num" : null }, t(key))),
    ),
  );

function periodCard(p) {
  return h(
    "li",
    {},
    h(
      "a",
      { href: p.page },
      h("strong", {}, named(p)),
      h("span", { class: "dates" }, day(p.start) + " – " + day(p.end)),
      h(
        "span",
        { class: "state " + (p.complete ? "is-complete" : "is-provisional") },
        p.final
          ? t("state." + p.final[1], { name: p.final[0] })
          : p.complete
            ? t("complete")
            : t("provisional") + " · " + day(p.as_of),
      ),
    ),
  );
}
function render() {
  document.title = t("report");
  const kinds = ["to_date", "quarter", "month", "year", "custom"].filter((kind) =>
    D.periods.some((p) => p.kind === kind),
  );
  show(
    $("period-area"),
    kinds.length
      ? kinds.map((kind) =>
          h(
            "div",
            { class: "period-kind" },
            h("h3", {}, t("kind." + kind)),
            h("ul", { class: "cards" }, D.periods.filter((p) => p.kind === kind).map(periodCard)),
          ),
        )
      : t("index_none"),
  );

  $("deliveries").hidden = !D.deliveries.length;
  show(
    $("delivery-area"),
    h(
      "table",
      { class: "plain-table", "aria-labelledby": "h-deliveries" },
      head(
        "col_month",
        "col_expected",
        "status.o",
        "status.l",
        "status.m",
        "status.r",
        "col_rows_read",
        "col_rows_accepted",
        "col_rows_quarantined",
        "col_rows_duplicate",
      ),
      h(
        "tbody",
        {},
        D.deliveries.map((row) =>
          h(
            "tr",
            {},
            h("th", { scope: "row" }, String(row.month_key).slice(4) + "/" + String(row.month_key).slice(0, 4)),
            [
              "expected",
              "on_time",
              "late",
              "missing",
              "refused",
              "rows_read",
              "rows_accepted",
              "rows_quarantined",
              "rows_duplicate",
            ].map((name) => numeric(whole(row[name]))),
          ),
        ),
      ),
    ),
  );

  $("rules").hidden = !D.rules.length;
  show(
    $("rule-area"),
    h(
      "table",
      { class: "plain-table", "aria-labelledby": "h-rules" },
      h(
        "thead",
        {},
        h(
          "tr",
          {},
          h("th", { scope: "col" }, t("col_rule")),
          h("th", { scope: "col" }, t("col_dataset")),
          ["col_in_force", "col_replaced", "col_days"].map((key) => h("th", { scope: "col", class: "num" }, t(key))),
        ),
      ),
      h(
        "tbody",
        {},
        D.rules.map((row) =>
          h(
            "tr",
            {},
            h("th", { scope: "row" }, term("rule", row.rule), " ", h("code", {}, row.rule)),
            h("td", {}, term("dataset", row.dataset)),
            numeric(whole(row.rows_in_force)),
            numeric(whole(row.rows_replaced)),
            numeric(day(row.first_day) + " – " + day(row.last_day)),
          ),
        ),
      ),
    ),
  );
}
bilingual(render);

/* The page of one period: published figures. */
function checks() {
  const area = $("checks-area"),
    link = document.querySelector('.sections a[href="#checks"]'),
    any = D.published.length || D.portal;
  $("checks").hidden = link.hidden = !any;
  if (!any) return;
  const figureText = (row, value) =>
    value === null ? "–" : fmt(value, row.decimals || 0) + (row.unit_of_measure === "percent" ? "%" : "");
  const criterion = (id) => {
    const found = D.methods
      .flatMap((m) => (id.startsWith("GROUP:") ? m.groups : m.criteria))
      .find((one) => one.id === id.replace("GROUP:", ""));
    return found ? named(found) : id;
  };
  show(
    area,
    D.portal
      ? [
          h("p", {}, t("checks_portal", { equal: whole(D.portal.equal), checked: whole(D.portal.checked) })),
          D.portal.differing.length
            ? h(
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
                      h("th", { scope: "col" }, t("col_unit")),
                      h("th", { scope: "col" }, t("col_criterion")),
                      h("th", { scope: "col", class: "num" }, t("col_published")),
                      h("th", { scope: "col", class: "num" }, t("col_recomputed")),
                    ),
                  ),
                  h(
                    "tbody",
                    {},
                    D.portal.differing.map((row) =>
                      h(
                        "tr",
                        {},
                        h("th", { scope: "row" }, row[1] || row[0]),
                        h("td", {}, criterion(row[2])),
                        h("td", { class: "num" }, points(row[3])),
                        h("td", { class: "num" }, points(row[4])),
                      ),
                    ),
                  ),
                ),
              )
            : null,
        ]
      : null,
    D.published.length
      ? [
          h("h3", {}, t("checks_reports")),
          h(
            "div",
            { class: "scroll" },
            h(
              "table",
              { class: "plain-table", id: "published-table" },
              h(
                "thead",
                {},
                h(
                  "tr",
                  {},
                  ["col_document", "col_unit", "col_scope", "col_measure"].map((key) =>
                    h("th", { scope: "col" }, t(key)),
                  ),
                  ["col_published", "col_recomputed"].map((key) => h("th", { scope: "col", class: "num" }, t(key))),
                  h("th", { scope: "col" }, t("col_verdict")),
                ),
              ),
              h(
                "tbody",
                {},
                D.published.map((row) =>
                  h(
                    "tr",
                    {},
                    h("td", {}, row.source_document),
                    h("th", { scope: "row" }, row.unit_name || row.unit_code),
                    h("td", {}, term("scope", row.scope)),
                    h("td", {}, term("measure", row.measure)),
                    h(
                      "td",
                      { class: "num" },
                      row.operator && row.operator !== "="
                        ? ({ ">=": "≥", "<=": "≤" }[row.operator] || row.operator) + " "
                        : "",
                      row.published_text || figureText(row, row.published_value),
                    ),
                    h(
                      "td",
                      { class: "num" },
                      figureText(row, row.recomputed_value),
                      row.denominator !== null
                        ? h("small", {}, " " + whole(row.numerator) + "/" + whole(row.denominator))
                        : null,
                    ),
                    h(
                      "td",
                      {},
                      h("span", { class: "verdict v-" + row.fit }, term("fit", row.fit)),
                      row.flag
                        ? h(
                            "small",
                            {},
                            " " +
                              term("flag", row.flag) +
                              (row.suggested_value !== null
                                ? ", " + t("suggested", { value: figureText(row, row.suggested_value) })
                                : ""),
                          )
                        : null,
                    ),
                  ),
                ),
              ),
            ),
          ),
        ]
      : null,
  );
}

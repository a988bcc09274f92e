/* The page of one period: headline and summary. */
function headline() {
  const p = D.period,
    home = D.provinces[state.province];
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
  const pick = (key, items, value, change) =>
    h(
      "label",
      {},
      t(key) + " ",
      h(
        "select",
        {
          onchange: (event) => {
            change(Number(event.target.value));
            renderAll();
          },
        },
        items.map((label, i) => h("option", { value: i, selected: i === value }, label)),
      ),
    );
  const boxes = [];
  if (D.provinces.length > 1)
    boxes.push(
      pick(
        "province",
        D.provinces.map((x) => x[1] || x[0]),
        state.province,
        (i) => {
          state.province = i;
          state.level = null;
        },
      ),
    );
  if (D.methods.length > 1)
    boxes.push(
      pick("method", D.methods.map(named), state.method, (i) => {
        state.method = i;
      }),
    );
  $("choices").hidden = !boxes.length;
  show($("choices"), boxes);
  notice();
}
function kpi(label, value, note, small) {
  return h(
    "div",
    { class: "kpi" },
    h("span", { class: "kpi-label" }, label),
    h("strong", { class: small ? "kpi-name" : "kpi-value" }, value),
    note ? h("span", { class: "kpi-note" }, note) : null,
  );
}
function summary() {
  const all = ranked(state.level),
    rows = all.filter((row) => row[R.rank] !== null),
    incomplete = all.filter(isIncomplete).length,
    idle = all.length - rows.length - incomplete;
  const list = rows.length ? rows : all;
  const totals = list.map((row) => row[R.total]),
    best = rows.filter((row) => row[R.rank] === 1);
  const home = boardRows(),
    letters = home.map((row) => row[3]).join("");
  const count = (letter) => letters.split(letter).length - 1;
  const due = ["o", "l", "m", "r"].map(count),
    quarantined = sum(home.flatMap((row) => row[5].map((x) => x[1])));
  const maxima = [...new Set(list.map((row) => row[R.max]))];
  show(
    $("summary"),
    state.level === "other"
      ? null
      : kpi(
          t("kpi_ranked"),
          whole(rows.length),
          [
            incomplete ? t("kpi_incomplete", { n: whole(incomplete) }) : null,
            idle ? t("kpi_ranked_note", { n: whole(idle) }) : null,
          ]
            .filter(Boolean)
            .join("; ") || t("level." + state.level),
        ),
    best.length
      ? kpi(
          t("kpi_top"),
          D.units[best[0][R.unit]][U.name],
          points(best[0][R.total]) + (best.length > 1 ? " · " + t("kpi_top_more", { n: best.length - 1 }) : ""),
          true,
        )
      : null,
    list.length
      ? kpi(
          t("kpi_median"),
          points(median(totals)),
          (maxima.length === 1 ? t("kpi_median_note", { max: whole(maxima[0]) }) + ", " : "") +
            t("kpi_spread", { low: points(Math.min(...totals)), high: points(Math.max(...totals)) }),
        )
      : null,
    sum(due)
      ? kpi(
          t("kpi_delivered"),
          percentText((due[0] * 100) / sum(due)),
          t("kpi_delivered_note", { n: whole(due[0]), of: whole(sum(due)) }),
        )
      : null,
    sum(due) && home.every((row) => row[4] !== null)
      ? kpi(t("kpi_rows"), whole(quarantined), t("kpi_rows_note", { of: whole(sum(home.map((row) => row[4]))) }))
      : null,
  );
}

/* The page of one period: together. */
function renderRanking() {
  tabs();
  summary();
  table();
  charts();
}
function renderAll() {
  headline();
  renderRanking();
  board();
  checks();
  detail();
  if ($("sheet").open) sheet(state.unit);
}

$("search").addEventListener("input", (event) => {
  state.query = event.target.value;
  state.limit = PAGE;
  table();
});
$("sorter").addEventListener("change", (event) =>
  sortBy(event.target.value, !["rank", "unit"].includes(event.target.value)),
);
$("sheet").addEventListener("close", () => {
  openUnit(state.unit);
});
$("detail").addEventListener("close", () => {
  state.unit = null;
  history.replaceState(null, "", location.pathname + location.search);
});
$("detail").addEventListener("click", (event) => {
  if (event.target === $("detail")) $("detail").close();
});
let before = null;
addEventListener("beforeprint", () => {
  before = { limit: state.limit, boardLimit: state.boardLimit };
  if ($("sheet").open) return;
  if (state.unit !== null) {
    for (const box of $("detail").querySelectorAll("details")) box.open = true;
    return;
  }
  state.limit = Infinity;
  table();
});
addEventListener("afterprint", () => {
  if (before) {
    Object.assign(state, before);
    table();
  }
});
bilingual(renderAll);
const asked = /^#(unit|sheet)=(.+)$/.exec(location.hash),
  askedUnit = asked && unitByCode.get(decodeURIComponent(asked[2]));
if (askedUnit !== undefined && askedUnit !== null) (asked[1] === "sheet" ? openSheet : openUnit)(askedUnit);

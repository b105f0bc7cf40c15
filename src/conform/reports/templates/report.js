(function () {
  "use strict";
  const cases = document.querySelector(".cases");
  if (!cases) return;
  const get = (id) => document.getElementById(id);
  const rows = Array.from(cases.querySelectorAll(".row"), (element) => ({
    element,
    marks: element.dataset.v.split(" "),
    suite: element.parentElement.dataset.s,
    level: element.dataset.l,
    text: null,
  }));
  const groups = Array.from(cases.querySelectorAll(".group"));
  const targets = Array.from(get("f-target").options, (option) => option.value).slice(1);
  const fields = ["f-text", "f-target", "f-suite", "f-level", "f-verdict"].map(get);
  const tally = get("tally");
  const showAll = get("show-all");

  function words(row) {
    if (row.text === null) {
      const parts = row.element.querySelectorAll(".name, .panel h4 + p, .steps code, .others");
      row.text = Array.from(parts, (each) => each.textContent).join(" ").toLowerCase();
    }
    return row.text;
  }

  function inView(row) {
    const list = row.element.classList;
    if (get("v-notable") && get("v-notable").checked) return !list.contains("quiet-row");
    if (get("v-differ") && get("v-differ").checked) return list.contains("differs");
    return true;
  }

  function filter() {
    const [text, target, suite, level, verdict] = fields.map((field) => field.value);
    const wanted = text.toLowerCase().split(/\s+/).filter(Boolean);
    const column = targets.indexOf(target);
    let shown = 0;
    let matching = 0;
    for (const row of rows) {
      const marks = column < 0 ? row.marks : [row.marks[column]];
      const fits =
        (!suite || row.suite === suite) &&
        (!level || row.level === level) &&
        (!verdict || marks.includes(verdict)) &&
        (column < 0 || marks[0] !== "none") &&
        wanted.every((word) => words(row).includes(word));
      row.element.hidden = !fits;
      matching += fits;
      shown += fits && inView(row);
    }
    for (const group of groups) {
      group.hidden = !rows.some((row) => row.suite === group.dataset.s && !row.element.hidden && inView(row));
    }
    const count = (number) => number.toLocaleString("en");
    tally.textContent =
      count(shown) + " of " + count(rows.length) + (rows.length === 1 ? " case" : " cases") +
      (shown < matching && matching < rows.length ? "; " + count(matching - shown) + " more match in other views" : "");
    showAll.hidden = shown >= matching || matching === rows.length;
  }

  function open() {
    const row = get(decodeURIComponent(location.hash.slice(1)));
    if (!row || !row.classList.contains("row")) return;
    for (const field of fields) field.value = "";
    if (!inView({ element: row })) get("v-all").checked = true;
    filter();
    row.open = true;
    row.scrollIntoView();
    row.querySelector("summary").focus({ preventScroll: true });
  }

  get("filters").hidden = false;
  for (const field of fields) field.addEventListener("input", filter);
  cases.querySelector(".views").addEventListener("change", filter);
  showAll.addEventListener("click", () => {
    get("v-all").checked = true;
    filter();
  });
  addEventListener("hashchange", open);
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a.tag, a.case");
    if (link && link.hash === location.hash) open();
  });
  filter();
  open();
})();

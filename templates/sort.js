/* Tables that can be sorted: a press on a column's head sorts by it, a second one the other way round, a third one gives
   the order back that the report had. Nothing else needs this script: without it the page is the same, but for that. */
(() => {
  "use strict";
  const { sort, range } = document.currentScript.dataset;
  const digits = "⁰¹²³⁴⁵⁶⁷⁸⁹";
  const form = /^([+−-]?)(\d[\d,]*(?:\.\d+)?|∞)(?:×10(⁻?)([⁰¹²³⁴⁵⁶⁷⁸⁹]+))?%?$/;
  const missing = new Set(["", "—"]);
  const order = new Intl.Collator(document.documentElement.lang, { numeric: true });

  /* What stands in a cell, without the small note behind it. */
  const shown = (cell) => {
    const copy = cell.cloneNode(true);
    copy.querySelectorAll(".note").forEach((note) => note.remove());
    return copy.textContent.trim();
  };

  /* The number that a text says, of an interval its lower end; null where it says none. */
  const number = (text) => {
    const ends = range && text.includes(range) ? text.split(range) : [text];
    const read = ends.map((end) => form.exec(end.trim()));
    if (!read.every(Boolean)) return null;
    const [, sign, size, down, power] = read[0];
    const plain = size === "∞" ? Infinity : Number(size.replaceAll(",", ""));
    const exponent = [...(power || "")].reduce((sum, digit) => 10 * sum + digits.indexOf(digit), 0);
    const value = plain * 10 ** (down ? -exponent : exponent);
    return sign && sign !== "+" ? -value : value;
  };

  const sorted = (rows, index, step) => {
    const texts = rows.map((row) => shown(row.cells[index]));
    const numbers = texts.map(number);
    const plain = texts.every((text, i) => missing.has(text) || numbers[i] !== null);
    const places = rows.map((_, i) => i).sort((a, b) => {
      const gone = missing.has(texts[a]) - missing.has(texts[b]);
      if (gone || missing.has(texts[a])) return gone;
      if (!plain) return step * order.compare(texts[a], texts[b]);
      return numbers[a] === numbers[b] ? 0 : step * (numbers[a] < numbers[b] ? -1 : 1);
    });
    return places.map((i) => rows[i]);
  };

  for (const table of document.querySelectorAll("main .table table")) {
    const body = table.tBodies[0];
    const given = [...body.rows];
    if (given.length < 2) continue;
    const heads = [...table.tHead.rows[0].cells];
    heads.forEach((head, index) => {
      if (head.tagName !== "TH" || given.some((row) => row.cells[index].querySelector("img"))) return;
      const button = document.createElement("button");
      button.type = "button";
      button.title = sort;
      button.append(...head.childNodes);
      head.append(button);
      button.addEventListener("click", () => {
        const next = { ascending: "descending", descending: null }[head.ariaSort];
        const now = next === undefined ? "ascending" : next;
        heads.forEach((other) => other.removeAttribute("aria-sort"));
        if (now) head.setAttribute("aria-sort", now);
        body.append(...(now ? sorted(given, index, now === "ascending" ? 1 : -1) : given));
      });
    });
  }
})();

/* Blocks of cells as spreadsheets put them on the clipboard: tabs, line ends, quotes around what holds either. */
(function () {
  "use strict";

  function quoted(text) {
    return /[\t\n"]/.test(text) ? '"' + text.replaceAll('"', '""') + '"' : text;
  }

  function written(block) {
    return block.map(function (row) { return row.map(quoted).join("\t"); }).join("\n");
  }

  // A quotation mark opens a quoted cell only where the cell begins; one that never ends is taken as it stands.
  function read(text) {
    const rows = [[]];
    let place = 0;
    const source = text.replace(/\r\n?/g, "\n").replace(/\n$/, "");
    while (place <= source.length) {
      const [cell, after] = source[place] === '"' ? quotedCell(source, place) : plainCell(source, place);
      rows[rows.length - 1].push(cell);
      if (source[after] === "\n") { rows.push([]); }
      place = after + 1;
    }
    return rows;
  }

  function plainCell(source, start) {
    const end = source.slice(start).search(/[\t\n]/);
    const after = end < 0 ? source.length : start + end;
    return [source.slice(start, after), after];
  }

  function quotedCell(source, start) {
    let end = start + 1;
    while (end < source.length) {
      if (source[end] !== '"') { end += 1; continue; }
      if (source[end + 1] === '"') { end += 2; continue; }
      if (end + 1 === source.length || /[\t\n]/.test(source[end + 1])) {
        return [source.slice(start + 1, end).replaceAll('""', '"'), end + 1];
      }
      break;
    }
    return plainCell(source, start);
  }

  window.lpoGrid = { written, read };
})();

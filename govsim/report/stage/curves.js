// Small line charts and dot charts on a canvas; series differ by colour, by dashes and by the shape of their marks.
"use strict";
var Curves = (function () {
  var STYLE = {
    left: { colour: "#0b57a4", dash: [], mark: "circle" },
    right: { colour: "#b3541e", dash: [7, 4], mark: "square" }
  };
  var LEAST = 0.04; // what an axis spans at least, as a share of the values

  // A chart is as high as so many of its letters, so that both grow together.
  function prepare(canvas, lines) {
    var ratio = Math.min(window.devicePixelRatio || 1, 2), wide = canvas.clientWidth || 320, size = letters(canvas), high = lines * size;
    canvas.width = Math.round(wide * ratio);
    canvas.height = Math.round(high * ratio);
    canvas.style.height = high + "px";
    var c = canvas.getContext("2d");
    c.setTransform(ratio, 0, 0, ratio, 0, 0);
    c.clearRect(0, 0, wide, high);
    c.font = size + "px system-ui, 'Noto Sans CJK SC', 'Microsoft YaHei', sans-serif";
    return { c: c, wide: wide, high: high, size: size };
  }

  function mark(c, kind, x, y, r) {
    c.beginPath();
    if (kind === "square") { c.rect(x - r, y - r, 2 * r, 2 * r); } else { c.arc(x, y, r, 0, 2 * Math.PI); }
    c.fill();
  }

  function short(value) {
    var size = Math.abs(value);
    if (size >= 1000) { return Math.round(value).toLocaleString("en"); }
    if (size >= 10 || value === Math.round(value)) { return String(Math.round(value * 10) / 10); }
    return String(size >= 1 ? Math.round(value * 100) / 100 : Math.round(value * 1000) / 1000);
  }

  // Height of letters in CSS pixels; Stage has the same.
  function letters(canvas) { return Math.max(12, Math.round(parseFloat(getComputedStyle(canvas).fontSize) * 0.8)); }

  // A text that becomes smaller where it would not fit.
  function caption(c, text, x, y, room, size) {
    while (size > 9 && c.measureText(text).width > room) {
      size -= 1;
      c.font = c.font.replace(/^\d+px/, size + "px");
    }
    c.textAlign = "center";
    c.fillText(text, x, y);
  }

  // Round steps (1, 2, 2.5 or 5 times a power of ten), about `most` of them, that enclose what lies from low to high;
  // steps of things that are counted are whole.
  function ticks(low, high, most, counted) {
    if (!(high > low)) { high = low > 0 ? low : low + 1; low = Math.min(0, low); }
    var raw = Math.max((high - low) / most, counted ? 1 : 0), power = Math.floor(Math.log10(raw) + 1e-9), unit = Math.pow(10, power);
    var times = [1, 2, 2.5, 5, 10].filter(function (n) { return n * unit >= raw * (1 - 1e-9) && !(counted && n * unit % 1); })[0], step = times * unit;
    var digits = Math.max(0, (times === 2.5 ? 1 : 0) - power - (times === 10 ? 1 : 0));
    var first = Math.floor(low / step + 1e-9), last = Math.ceil(high / step - 1e-9), at = [], k;
    for (k = first; k <= last; k += 1) { at.push(k * step); }
    return { low: first * step, high: last * step, at: at, say: function (v) { return v.toLocaleString("en", { minimumFractionDigits: digits, maximumFractionDigits: digits }); } };
  }

  function whole(value) { return value === null || value % 1 === 0; }

  // Least and largest of some values; a null is none.
  function ends(values) {
    var here = values.filter(function (v) { return v !== null; });
    return here.length ? [Math.min.apply(null, here), Math.max.apply(null, here)] : [0, 1];
  }

  // Ends that are so far apart that a change of a thousandth does not look like a cliff.
  function apart(reach) {
    return [Math.min(reach[0], reach[1] - LEAST * Math.abs(reach[1])), reach[1]];
  }

  // given: {xs, left, right, upTo, at, xLabel, marks}; a null is a gap. What comes after upTo counts for the scale.
  function lines(canvas, given) {
    var area = prepare(canvas, 13), c = area.c, size = area.size, right = 1.2 * size, top = 0.9 * size, bottom = 3 * size, k;
    var from = given.xs[0], to = given.xs[given.xs.length - 1], across = ticks(from, to, 6, given.xs.every(whole)), reach = apart(ends(given.left.concat(given.right)));
    var up = ticks(reach[0] > 0 && reach[0] < 0.6 * reach[1] ? 0 : reach[0], reach[1], 4, given.left.concat(given.right).every(whole)); // from zero, unless all is far from it
    var left = 10 + Math.max.apply(null, up.at.map(function (v) { return c.measureText(up.say(v)).width; }));
    function along(v) { return left + (area.wide - left - right) * (v - from) / ((to - from) || 1); }
    function x(k) { return along(given.xs[k]); }
    function y(v) { return top + (area.high - top - bottom) * (1 - (v - up.low) / (up.high - up.low)); }
    c.fillStyle = "#22303f";
    c.strokeStyle = "#c9d1dc";
    c.textAlign = "right";
    up.at.forEach(function (v) {
      c.beginPath(); c.moveTo(left, y(v)); c.lineTo(area.wide - right, y(v)); c.stroke();
      c.fillText(up.say(v), left - 5, y(v) + size * 0.35);
    });
    c.textAlign = "center";
    across.at.forEach(function (v) {
      if (v < from || v > to) { return; }
      c.beginPath(); c.moveTo(along(v), area.high - bottom); c.lineTo(along(v), area.high - bottom + 4); c.stroke();
      c.fillText(across.say(v), along(v), area.high - bottom + 4 + size);
    });
    caption(c, given.xLabel, left + (area.wide - left - right) / 2, area.high - 0.3 * size, area.wide - left - right, size);
    ["left", "right"].forEach(function (side) {
      var style = STYLE[side], values = given[side], open = false, end = Math.min(given.upTo, values.length);
      c.strokeStyle = style.colour;
      c.fillStyle = style.colour;
      c.lineWidth = 2.2;
      c.setLineDash(style.dash);
      c.beginPath();
      for (k = 0; k < end; k += 1) {
        if (values[k] === null) { open = false; } else if (open) { c.lineTo(x(k), y(values[k])); } else { c.moveTo(x(k), y(values[k])); open = true; }
      }
      c.stroke();
      c.setLineDash([]);
      var every = given.marks || Math.max(1, Math.ceil(values.length / 8)), shift = side === "right" ? Math.floor(every / 2) : 0;
      for (k = 0; k < end; k += 1) {
        if (values[k] !== null && ((k + shift) % every === 0 || k === end - 1)) { mark(c, style.mark, x(k), y(values[k]), k === end - 1 ? 4.5 : 3.2); }
      }
    });
    if (given.at !== undefined && given.at !== null) {
      c.strokeStyle = "#111111";
      c.setLineDash([2, 3]);
      c.beginPath(); c.moveTo(x(given.at), top); c.lineTo(x(given.at), area.high - bottom); c.stroke();
      c.setLineDash([]);
    }
  }

  // given: {left, right, all, xLabel, newest, names}: one mark a run, stacked in bins over the range of all runs,
  // each side below its name.
  function dots(canvas, given) {
    var area = prepare(canvas, 20), c = area.c, size = area.size;
    var left = 2 * size, right = 2 * size, reach = ends(given.all), across = ticks(reach[0], reach[1], 6), low = across.low, high = across.high, bins = 40;
    function bin(v) { return Math.max(0, Math.min(bins - 1, Math.floor((v - low) / (high - low) * bins))); }
    var wide = (area.wide - left - right) / bins, middle = (area.high - 2.6 * size) / 2;
    ["left", "right"].forEach(function (side, row) {
      var style = STYLE[side], counts = [], k, base = middle * (row + 1), most = 1;
      for (k = 0; k < bins; k += 1) { counts.push(0); }
      given[side].forEach(function (v) { if (v !== null) { counts[bin(v)] += 1; most = Math.max(most, counts[bin(v)]); } });
      var step = Math.min(wide, (middle - 1.6 * size) / most), r = Math.max(1.2, Math.min(5, step / 2 - 0.4));
      c.strokeStyle = "#c9d1dc";
      c.beginPath(); c.moveTo(left, base); c.lineTo(area.wide - right, base); c.stroke();
      c.textAlign = "left";
      c.fillStyle = "#22303f";
      c.fillText(given.names[side], left, base - middle + 1.2 * size);
      c.fillStyle = style.colour;
      mark(c, style.mark, left - 0.8 * size, base - middle + 0.85 * size, 0.35 * size);
      for (k = 0; k < bins; k += 1) { counts[k] = 0; }
      given[side].forEach(function (v, n) {
        if (v === null) { return; }
        var b = bin(v), at = left + wide * (b + 0.5), y = base - step * (counts[b] + 0.5);
        counts[b] += 1;
        mark(c, style.mark, at, y, r);
        if (n === given[side].length - 1 && given.newest) {
          c.strokeStyle = "#111111"; c.lineWidth = 2; c.beginPath(); c.arc(at, y, r + 3, 0, 2 * Math.PI); c.stroke(); c.lineWidth = 1;
        }
      });
    });
    c.fillStyle = "#22303f";
    c.textAlign = "center";
    across.at.forEach(function (v) { c.fillText(across.say(v), left + (area.wide - left - right) * (v - low) / (high - low), area.high - 1.4 * size); });
    caption(c, given.xLabel, area.wide / 2, area.high - 0.3 * size, area.wide - 8, size);
  }

  // The sign of a side beside its name.
  function sign(canvas, side) {
    var c = canvas.getContext("2d"), style = STYLE[side];
    c.setTransform(canvas.width / 40, 0, 0, canvas.height / 24, 0, 0);
    c.clearRect(0, 0, 40, 24);
    c.strokeStyle = c.fillStyle = style.colour;
    c.lineWidth = 3;
    c.setLineDash(style.dash);
    c.beginPath(); c.moveTo(1, 12); c.lineTo(39, 12); c.stroke();
    c.setLineDash([]);
    mark(c, style.mark, 20, 12, 6);
  }

  return { lines: lines, dots: dots, sign: sign, short: short, ticks: ticks };
})();

// Small line charts and dot charts on a canvas; series differ by colour, by dashes and by the shape of their marks.
"use strict";
var Curves = (function () {
  var STYLE = {
    left: { colour: "#0b57a4", dash: [], mark: "circle" },
    right: { colour: "#b3541e", dash: [7, 4], mark: "square" }
  };

  function prepare(canvas, high) {
    var ratio = Math.min(window.devicePixelRatio || 1, 2), wide = canvas.clientWidth || 320;
    canvas.width = Math.round(wide * ratio);
    canvas.height = Math.round(high * ratio);
    canvas.style.height = high + "px";
    var c = canvas.getContext("2d");
    c.setTransform(ratio, 0, 0, ratio, 0, 0);
    c.clearRect(0, 0, wide, high);
    return { c: c, wide: wide, high: high };
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

  function letters(canvas) {
    return Math.max(12, Math.round(parseFloat(getComputedStyle(canvas).fontSize) * 0.8)) + "px system-ui, 'Noto Sans CJK SC', 'Microsoft YaHei', sans-serif";
  }

  // A text that becomes smaller where it would not fit.
  function caption(c, text, x, y, room, size) {
    while (size > 9 && c.measureText(text).width > room) {
      size -= 1;
      c.font = c.font.replace(/^\d+px/, size + "px");
    }
    c.textAlign = "center";
    c.fillText(text, x, y);
  }

  // given: {xs, left, right, upTo, low, high, at, xLabel}; a null is a gap.
  function lines(canvas, given) {
    var area = prepare(canvas, given.tall || 170), c = area.c, font = letters(canvas);
    var size = parseInt(font, 10), left = 3.6 * size, right = 1.2 * size, top = 0.9 * size, bottom = 2.5 * size, k;
    var low = given.low, high = given.high;
    if (!(high > low)) { high = low + 1; }
    function x(k) { return left + (area.wide - left - right) * (given.xs[k] - given.xs[0]) / ((given.xs[given.xs.length - 1] - given.xs[0]) || 1); }
    function y(v) { return top + (area.high - top - bottom) * (1 - (v - low) / (high - low)); }
    c.font = font;
    c.fillStyle = "#22303f";
    c.strokeStyle = "#c9d1dc";
    c.textAlign = "right";
    [low, (low + high) / 2, high].forEach(function (v) {
      c.beginPath(); c.moveTo(left, y(v)); c.lineTo(area.wide - right, y(v)); c.stroke();
      c.fillText(short(v), left - 5, y(v) + size * 0.35);
    });
    c.textAlign = "left";
    c.fillText(short(given.xs[0]), left, area.high - bottom + 1.3 * size);
    c.textAlign = "right";
    c.fillText(short(given.xs[given.xs.length - 1]), area.wide - right, area.high - bottom + 1.3 * size);
    caption(c, given.xLabel, left + (area.wide - left - right) / 2, area.high - 0.5 * size, area.wide - left - right, size);
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

  // given: {left: [..], right: [..], low, high, xLabel, newest: {left, right}}: one mark a run, stacked in bins.
  function dots(canvas, given) {
    var area = prepare(canvas, given.tall || 240), c = area.c, font = letters(canvas), size = parseInt(font, 10);
    var left = size, right = size, low = given.low, high = given.high, bins = 40;
    if (!(high > low)) { low -= 0.5; high += 0.5; }
    function bin(v) { return Math.max(0, Math.min(bins - 1, Math.floor((v - low) / (high - low) * bins))); }
    var wide = (area.wide - left - right) / bins, middle = (area.high - 2.6 * size) / 2;
    c.font = font;
    ["left", "right"].forEach(function (side, row) {
      var style = STYLE[side], counts = [], k, base = middle * (row + 1), most = 1;
      for (k = 0; k < bins; k += 1) { counts.push(0); }
      given[side].forEach(function (v) { if (v !== null) { counts[bin(v)] += 1; most = Math.max(most, counts[bin(v)]); } });
      var step = Math.min(wide, (middle - 6) / most), r = Math.max(1.2, Math.min(5, step / 2 - 0.4));
      c.strokeStyle = "#c9d1dc";
      c.beginPath(); c.moveTo(left, base); c.lineTo(area.wide - right, base); c.stroke();
      c.fillStyle = style.colour;
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
    c.textAlign = "left"; c.fillText(short(low), left, area.high - 1.3 * size);
    c.textAlign = "right"; c.fillText(short(high), area.wide - right, area.high - 1.3 * size);
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

  return { lines: lines, dots: dots, sign: sign, short: short };
})();

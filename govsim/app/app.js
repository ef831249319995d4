// The canvases of the live app. The server calls it and waits for the answer before it sends the next week.
"use strict";
var GovApp = (function () {
  var SIDES = ["left", "right"], stages = {}, last = null, language = "en", words = {};
  var QUARTER = 13; // weeks that the curves have room for from the beginning

  function canvas(side) { return document.getElementById("view-" + side); }

  function attach(setting, given) {
    words = given;
    language = given.language;
    SIDES.forEach(function (side) {
      var node = canvas(side);
      stages[side] = new Stage(node, setting, language);
      node.onclick = function (event) {
        var found = stages[side].pick(event);
        if (!found) { return; }
        choose(found.household);
        emitEvent("picked", { side: side, what: found.problem !== undefined ? "case" : "resident", number: found.problem !== undefined ? found.problem : found.resident });
      };
      Curves.sign(document.getElementById("sign-" + side), side);
    });
    document.querySelectorAll("canvas[data-sign]").forEach(function (node) { Stage.sign(node, node.dataset.sign); });
    if (last) { show(last); }
    return true;
  }

  function choose(household) {
    SIDES.forEach(function (side) { stages[side].chosen = household; stages[side].draw(stages[side].frame); });
  }

  function text(template, values) {
    return template.replace(/\{(\w+)\}/g, function (whole, name) { return values[name] !== undefined ? values[name] : whole; });
  }

  function show(week) {
    last = week;
    var label = document.getElementById("week");
    label.textContent = text(words.week, { n: week.week, all: week.weeks });
    label.dataset.week = String(week.week);
    SIDES.forEach(function (side) {
      var frame = week.frames[side], n = [0, 0, 0, 0, 0], k;
      for (k = 3; k < frame.problems.length; k += 4) { n[frame.problems[k]] += 1; }
      stages[side].draw(frame);
      canvas(side).setAttribute("aria-label", text(words.alt, { name: words[side], n: week.week, active: frame.active.length, hidden: n[0], known: n[1], work: n[2], resolved: n[3], explained: n[4] }));
    });
    if (week.curves) { Object.keys(words.columns).forEach(function (name) { curve(name, week); }); }
    return true;
  }

  function curve(name, week) {
    var node = document.getElementById("curve-" + name), left = week.curves.left[name], right = week.curves.right[name];
    var xs = [], shown = Math.min(week.weeks, Math.max(QUARTER, left.length)), k;
    for (k = 1; k <= shown; k += 1) { xs.push(k); }
    Curves.lines(node, { xs: xs, left: left, right: right, upTo: left.length, xLabel: words.axis });
    var now = SIDES.map(function (side) {
      var series = week.curves[side][name], value = series.length ? series[series.length - 1] : null;
      var cell = document.getElementById("now-" + side + "-" + name);
      cell.textContent = value === null ? "–" : Curves.short(value);
      cell.dataset.value = value === null ? "" : String(value);
      return words[side] + " " + cell.textContent;
    });
    node.setAttribute("aria-label", [words.columns[name], text(words.week, { n: week.week, all: week.weeks })].concat(now).join(", "));
  }

  function keys(event) {
    var tag = event.target.tagName;
    if (event.ctrlKey || event.metaKey || event.altKey || tag === "INPUT" || tag === "TEXTAREA" || event.target.closest("[role=slider]")) { return; }
    var press = event.key.toLowerCase(), id = { f: "projector", arrowright: "step", home: "reset" }[press];
    if (press === " " && tag !== "BUTTON") { id = "play"; }
    if (id) { event.preventDefault(); document.getElementById(id).click(); }
  }

  document.addEventListener("keydown", keys);
  var later = null;
  window.addEventListener("resize", function () {
    clearTimeout(later);
    later = setTimeout(function () { SIDES.forEach(function (side) { if (stages[side]) { stages[side].fit(); } }); if (last) { show(last); } }, 150);
  });
  function projector() {
    document.documentElement.classList.toggle("projector");
    SIDES.forEach(function (side) { stages[side].fit(); });
    if (last) { show(last); }
  }
  return { attach: attach, show: show, choose: choose, projector: projector };
})();

// A community on a canvas. Lessons and the live app give it the same two things:
// a setting (places, ties, offices; see layout.py) and one frame a week (see frames.py).
"use strict";
var Stage = (function () {
  var WIDTH = 1000, HEIGHT = 600;
  var HIDDEN = 0, KNOWN = 1, WORKED_ON = 2, RESOLVED = 3;
  var COLOURS = {
    ground: "#ffffff", box: "#f3f5f8", edge: "#c9d1dc", tie: "rgba(70,85,110,0.10)", home: "#b9c3d1",
    person: "#8593a6", member: "#8a5a00", active: "#00664f", hidden: "#8a2b2b", known: "#b3261e",
    worked: "#0b57a4", resolved: "#00664f", explained: "#5b4b8a", office: "#22303f", text: "#22303f", mark: "#111111"
  };

  function Stage(canvas, setting, language) {
    this.canvas = canvas;
    this.setting = setting;
    this.language = language || "en";
    this.frame = { active: [], gone: [], problems: [], work: [] };
    this.chosen = null;
    this.back = document.createElement("canvas");
    this.fit();
  }

  Stage.prototype.fit = function () {
    var wide = this.canvas.clientWidth || WIDTH, ratio = Math.min(window.devicePixelRatio || 1, 2);
    this.canvas.width = Math.round(wide * ratio);
    this.canvas.height = Math.round(wide * HEIGHT / WIDTH * ratio);
    this.back.width = this.canvas.width;
    this.back.height = this.canvas.height;
    this.scale = this.canvas.width / WIDTH;
    // Letters keep their size on the screen as far as two lines of them fit above the ground.
    this.letter = Math.min(28, Math.max(12, Math.round(0.8 * parseFloat(getComputedStyle(this.canvas).fontSize))) * WIDTH / wide);
    this.zoom = Math.max(1, 0.6 * WIDTH / wide);
    this.drawBack();
    this.draw(this.frame);
  };

  Stage.prototype.speak = function (language) {
    this.language = language;
    this.drawBack();
    this.draw(this.frame);
  };

  Stage.prototype.radius = function () {
    return Math.max(1.3, Math.min(5, this.setting.spread * 0.28));
  };

  Stage.prototype.size = function () {
    return Math.max(3.4, Math.min(9, this.setting.spread * 0.6)) * Math.sqrt(this.zoom);
  };

  Stage.prototype.drawBack = function () {
    var c = this.back.getContext("2d"), s = this.setting, k, p = s.people;
    c.setTransform(this.scale, 0, 0, this.scale, 0, 0);
    c.fillStyle = COLOURS.ground;
    c.fillRect(0, 0, WIDTH, HEIGHT);
    c.strokeStyle = COLOURS.edge;
    s.communities.forEach(function (area) {
      c.fillStyle = COLOURS.box;
      c.fillRect(area.box[0], area.box[1], area.box[2], area.box[3]);
      c.strokeRect(area.box[0], area.box[1], area.box[2], area.box[3]);
    });
    c.strokeStyle = COLOURS.tie;
    c.lineWidth = 0.7;
    c.beginPath();
    for (k = 0; k < s.ties.length; k += 2) {
      c.moveTo(p[2 * s.ties[k]], p[2 * s.ties[k] + 1]);
      c.lineTo(p[2 * s.ties[k + 1]], p[2 * s.ties[k + 1] + 1]);
    }
    c.stroke();
    var r = this.radius(), member = {};
    s.member.forEach(function (row) { member[row] = true; });
    for (k = 0; k < p.length / 2; k += 1) {
      c.fillStyle = member[k] ? COLOURS.member : COLOURS.person;
      if (member[k]) { c.fillRect(p[2 * k] - r, p[2 * k + 1] - r, 2 * r, 2 * r); } else { dot(c, p[2 * k], p[2 * k + 1], r); }
    }
    this.drawOffices(c);
  };

  Stage.prototype.drawOffices = function (c) {
    var language = this.language, letter = this.letter;
    var above = this.setting.offices.filter(function (office) { return office.level > 0; });
    var room = above.length ? WIDTH / above.length - 8 : WIDTH;
    function font(size) { c.font = size + "px system-ui, 'Noto Sans CJK SC', 'Microsoft YaHei', sans-serif"; }
    c.textAlign = "center";
    c.fillStyle = COLOURS.office;
    this.setting.offices.forEach(function (office) {
      var x = office.at[0], y = office.at[1], size = letter, lines;
      font(size);
      if (office.level > 0) {
        lines = halves(office.name[language]);
        while (size > 6 && lines.some(function (line) { return c.measureText(line).width > room; })) { font(size -= 1); }
        c.fillRect(x - 9, y - 24, 18, 18);
        lines.forEach(function (line, k) { c.fillText(line, x, y - 4 + (k + 1) * size); });
        office.door = [x, y + lines.length * size];
      } else {
        var half = c.measureText(office.name[language]).width / 2;
        c.fillText(office.name[language], x + 12, y + size * 0.35);
        c.fillRect(x - half - 8, y - 7, 14, 14);
        office.door = [x - half - 1, y + 6];
      }
    });
  };

  // A name of two words on two lines.
  function halves(name) {
    var gap = name.indexOf(" ", Math.floor(name.length / 2) - 2);
    if (gap < 0) { gap = name.lastIndexOf(" "); }
    return gap < 0 ? [name] : [name.slice(0, gap), name.slice(gap + 1)];
  }

  Stage.prototype.draw = function (frame) {
    this.frame = frame;
    var c = this.canvas.getContext("2d"), s = this.setting, p = s.people, h = s.households, k, x, y;
    var r = this.radius(), size = this.size();
    c.setTransform(1, 0, 0, 1, 0, 0);
    c.drawImage(this.back, 0, 0);
    c.setTransform(this.scale, 0, 0, this.scale, 0, 0);
    c.fillStyle = COLOURS.box;
    frame.gone.forEach(function (row) { dot(c, p[2 * row], p[2 * row + 1], r + 0.4); });
    for (k = 0; k < frame.work.length; k += 3) {
      var office = s.offices[frame.work[k]], place = frame.work[k + 1];
      if (!office) { continue; }
      var from = office.door || office.at;
      c.strokeStyle = COLOURS.worked;
      c.lineWidth = 1.3;
      c.setLineDash(frame.work[k + 2] < 2 ? [] : [5, 4]);
      c.beginPath();
      c.moveTo(from[0], from[1]);
      c.lineTo(h[2 * place], h[2 * place + 1]);
      c.stroke();
    }
    c.setLineDash([]);
    c.strokeStyle = COLOURS.active;
    frame.active.forEach(function (row) {
      c.fillStyle = "#ffffff";
      c.lineWidth = 2;
      dot(c, p[2 * row], p[2 * row + 1], r + 2);
      c.stroke();
      c.fillStyle = COLOURS.active;
      dot(c, p[2 * row], p[2 * row + 1], r * 0.8);
    });
    for (k = 0; k < frame.problems.length; k += 4) {
      place = frame.problems[k];
      x = h[2 * place];
      y = h[2 * place + 1] - size * 0.4;
      problem(c, x, y, size, frame.problems[k + 3]);
    }
    if (this.chosen !== null) {
      x = h[2 * this.chosen];
      y = h[2 * this.chosen + 1];
      c.strokeStyle = COLOURS.mark;
      c.lineWidth = 2.5;
      c.beginPath();
      c.arc(x, y, size * 1.9, 0, 2 * Math.PI);
      c.stroke();
    }
  };

  // The household, resident and problem nearest to a click, or null.
  Stage.prototype.pick = function (event) {
    var box = this.canvas.getBoundingClientRect(), s = this.setting, h = s.households, p = s.people, k, far;
    var x = (event.clientX - box.left) * WIDTH / box.width, y = (event.clientY - box.top) * HEIGHT / box.height;
    var best = Math.pow(2.2 * this.size() + 6, 2), found = null, problems = this.frame.problems;
    for (k = 0; k < problems.length; k += 4) {
      far = Math.pow(h[2 * problems[k]] - x, 2) + Math.pow(h[2 * problems[k] + 1] - y, 2);
      if (far < best) { best = far; found = { household: problems[k], problem: problems[k + 1] }; }
    }
    if (found) { return found; }
    for (k = 0; k < p.length / 2; k += 1) {
      far = Math.pow(p[2 * k] - x, 2) + Math.pow(p[2 * k + 1] - y, 2);
      if (far < best) { best = far; found = { household: s.home[k], resident: k }; }
    }
    return found;
  };

  function dot(c, x, y, r) {
    c.beginPath();
    c.arc(x, y, r, 0, 2 * Math.PI);
    c.fill();
  }

  function problem(c, x, y, size, mark) {
    c.lineWidth = Math.max(1.4, size * 0.26);
    c.beginPath();
    if (mark === HIDDEN || mark === KNOWN) {
      c.moveTo(x, y - size);
      c.lineTo(x + size, y + size * 0.8);
      c.lineTo(x - size, y + size * 0.8);
      c.closePath();
      c.fillStyle = mark === HIDDEN ? "#ffffff" : COLOURS.known;
      c.strokeStyle = mark === HIDDEN ? COLOURS.hidden : COLOURS.known;
      c.fill();
      c.stroke();
    } else if (mark === WORKED_ON) {
      c.moveTo(x, y - size * 1.2);
      c.lineTo(x + size * 1.1, y);
      c.lineTo(x, y + size * 1.2);
      c.lineTo(x - size * 1.1, y);
      c.closePath();
      c.fillStyle = COLOURS.worked;
      c.strokeStyle = "#ffffff";
      c.fill();
      c.stroke();
    } else if (mark === RESOLVED) {
      c.lineWidth = Math.max(2, size * 0.45);
      c.strokeStyle = COLOURS.resolved;
      c.moveTo(x - size, y);
      c.lineTo(x - size * 0.2, y + size * 0.8);
      c.lineTo(x + size * 1.1, y - size);
      c.stroke();
    } else {
      c.lineWidth = Math.max(2, size * 0.45);
      c.strokeStyle = COLOURS.explained;
      c.moveTo(x - size * 0.8, y - size * 0.8);
      c.lineTo(x + size * 0.8, y + size * 0.8);
      c.moveTo(x + size * 0.8, y - size * 0.8);
      c.lineTo(x - size * 0.8, y + size * 0.8);
      c.stroke();
    }
  }

  // One entry of a legend, drawn with the same strokes.
  Stage.sign = function (canvas, kind) {
    var c = canvas.getContext("2d");
    c.clearRect(0, 0, canvas.width, canvas.height);
    c.setTransform(canvas.width / 24, 0, 0, canvas.height / 24, 0, 0);
    if (kind === "person" || kind === "active" || kind === "member") {
      c.fillStyle = kind === "member" ? COLOURS.member : COLOURS.person;
      if (kind === "member") { c.fillRect(8, 8, 8, 8); } else if (kind === "person") { dot(c, 12, 12, 4); } else {
        c.strokeStyle = COLOURS.active; c.lineWidth = 2; c.fillStyle = "#ffffff"; dot(c, 12, 12, 7); c.stroke();
        c.fillStyle = COLOURS.active; dot(c, 12, 12, 3.4);
      }
    } else if (kind === "office") {
      c.fillStyle = COLOURS.office;
      c.fillRect(6, 6, 12, 12);
    } else if (kind === "staff" || kind === "helpers") {
      c.strokeStyle = COLOURS.worked; c.lineWidth = 2;
      c.setLineDash(kind === "staff" ? [] : [5, 3]);
      c.beginPath(); c.moveTo(1, 12); c.lineTo(23, 12); c.stroke();
    } else {
      problem(c, 12, 12, 7, ["hidden", "known", "worked", "resolved", "explained"].indexOf(kind));
    }
  };
  Stage.WIDTH = WIDTH;
  Stage.HEIGHT = HEIGHT;
  return Stage;
})();

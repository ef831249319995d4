"use strict";
(function () {
  var root = document.documentElement;
  root.classList.add("scripted");
  var mains = Array.prototype.slice.call(document.querySelectorAll("main"));

  function choose(language) {
    mains.forEach(function (main) { main.hidden = main.lang !== language; });
    root.lang = language;
    document.querySelectorAll("[data-language]").forEach(function (button) {
      button.setAttribute("aria-pressed", String(button.dataset.language === language));
    });
    var shown = document.querySelector("main[lang='" + language + "'] h1");
    if (shown) { document.title = shown.textContent; }
  }
  if (mains.length > 1) {
    var wanted = (navigator.language || "en").slice(0, 2) === "zh" ? "zh" : "en";
    choose(wanted);
    document.querySelectorAll("[data-language]").forEach(function (button) {
      button.addEventListener("click", function () { choose(button.dataset.language); });
    });
  }

  document.querySelectorAll("[data-arm]").forEach(function (box) {
    box.addEventListener("change", function () {
      document.querySelectorAll("[data-arm='" + box.dataset.arm + "']").forEach(function (twin) {
        twin.checked = box.checked;
      });
      root.classList.toggle("off-" + box.dataset.arm, !box.checked);
    });
  });

  document.querySelectorAll("select[data-light]").forEach(function (select) {
    select.addEventListener("change", function () {
      select.querySelectorAll("option").forEach(function (option) {
        root.classList.toggle("light-" + option.value, option.value === select.value);
      });
      document.querySelectorAll("select[data-light]").forEach(function (twin) { twin.value = select.value; });
    });
  });

  document.querySelectorAll("select[data-pick]").forEach(function (select) {
    var choices = select.closest("section").querySelectorAll(".choice");
    function show() {
      choices.forEach(function (choice) { choice.hidden = choice.dataset.choice !== select.value; });
    }
    select.addEventListener("change", show);
    show();
  });

  document.querySelectorAll("[data-hover]").forEach(function (svg) {
    var data = JSON.parse(svg.dataset.hover);
    var cursor = svg.querySelector(".cursor");
    var out = svg.closest("figure").querySelector("output");
    var names = JSON.parse(svg.dataset.names);
    var crowd = svg.classList.contains("crowd");
    var at = -1;
    // Of many lines: the first one, the one pointed at, the highest and the lowest.
    function shown(y) {
      if (!crowd) { return data.lines; }
      var known = data.lines.filter(function (line) {
        return typeof line.y[at] === "number" && !root.classList.contains("off-" + line.arm);
      });
      known.sort(function (a, b) { return a.y[at] - b.y[at]; });
      var near = known.filter(function (line) { return line.picked; })[0];
      if (y !== undefined) {
        near = known.slice().sort(function (a, b) { return Math.abs(a.y[at] - y) - Math.abs(b.y[at] - y); })[0];
      }
      data.lines.forEach(function (line) {
        line.picked = line === near;
        var drawn = svg.querySelector(".line.arm-" + line.arm);
        if (drawn) { drawn.classList.toggle("picked", line.picked); }
      });
      return known.filter(function (line, place) {
        return line.picked || line.arm === 0 || !place || place === known.length - 1;
      });
    }
    function move(index, y) {
      at = Math.max(0, Math.min(data.x.length - 1, index));
      cursor.setAttribute("d", "M" + data.x[at] + " " + data.top + "V" + data.bottom);
      cursor.style.visibility = "visible";
      out.textContent = "";
      var head = document.createElement("b");
      head.textContent = svg.dataset.at.replace("{n}", data.at[at]);
      out.appendChild(head);
      shown(y).forEach(function (line) {
        var part = document.createElement("span");
        part.className = "arm-" + line.arm;
        part.textContent = names[line.arm] + " " + (line.values[at] || "\u2013");
        out.appendChild(part);
      });
    }
    function nearest(event) {
      var box = svg.getBoundingClientRect();
      var x = (event.clientX - box.left) * svg.viewBox.baseVal.width / box.width;
      var best = 0;
      data.x.forEach(function (place, index) {
        if (Math.abs(place - x) < Math.abs(data.x[best] - x)) { best = index; }
      });
      move(best, (event.clientY - box.top) * svg.viewBox.baseVal.height / box.height);
    }
    svg.addEventListener("pointermove", nearest);
    svg.addEventListener("pointerdown", nearest);
    svg.addEventListener("keydown", function (event) {
      var step = { ArrowLeft: -1, ArrowRight: 1, PageUp: 13, PageDown: -13, Home: -1e6, End: 1e6 }[event.key];
      if (step !== undefined) { event.preventDefault(); move((at < 0 ? 0 : at) + (at < 0 && step === 1 ? 0 : step)); }
    });
  });
}());
